"""What happened to a team: who joined, whose permissions were changed by whom, who was invited and removed.

The rows are written by triggers of the database, with each change and whatever made it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F, QuerySet, Value, Window
from django.db.models.functions import Lag
from django.utils.translation import gettext as _

from accounts.models import Invitation, Membership, Right, Seller, User

CHANGES: Any = Membership.pgh_event_model  # type: ignore[attr-defined]
INVITATIONS: Any = Invitation.pgh_event_model  # type: ignore[attr-defined]
MEMBER, INVITED = "member", "invited"
COLUMNS = ("pgh_created_at", "pgh_id", "of", "pgh_label", "rights", "before", "about", "by", "withdrawn")


@dataclass(frozen=True)
class Entry:
    """One change: when, what, whom it was about, who made it, and the names of the permissions before and after."""

    at: datetime
    what: str
    about: str
    by: str
    before: list[str]
    after: list[str]


def rows(seller: Seller) -> QuerySet[Any, dict[str, Any]]:
    """Return the changes of the seller's team and its invitations, newest first, as rows for `entries`."""
    before = Window(Lag("rights"), partition_by="pgh_obj_id", order_by="pgh_id")
    by = F("pgh_context__metadata__user")
    members = CHANGES.objects.filter(seller=seller).annotate(
        of=Value(MEMBER),
        before=before,
        about=F("user__email"),
        by=by,
        withdrawn=Value(None, output_field=DateTimeField()),
    )
    invited = INVITATIONS.objects.filter(seller=seller, accepted_at=None).annotate(
        of=Value(INVITED), before=before, about=F("email"), by=by, withdrawn=F("revoked_at")
    )
    found: QuerySet[Any, dict[str, Any]] = members.values(*COLUMNS).union(invited.values(*COLUMNS), all=True)
    return found.order_by("-pgh_created_at", "-pgh_id")


def entries(found: Iterable[dict[str, Any]]) -> list[Entry]:
    """Return the rows in words."""
    kept = list(found)
    people = User.objects.in_bulk([row["by"] for row in kept if row["by"]])
    return [_entry(row, people.get(row["by"])) for row in kept]


def entry_of(change: Any) -> Entry:
    """Return one change of a membership in words."""
    earlier = CHANGES.objects.filter(pgh_obj_id=change.pgh_obj_id, pgh_id__lt=change.pgh_id)
    previous = earlier.order_by("-pgh_id").first()
    context = change.pgh_context
    row = {
        "pgh_created_at": change.pgh_created_at,
        "pgh_label": change.pgh_label,
        "of": MEMBER,
        "rights": change.rights,
        "before": previous.rights if previous else None,
        "about": change.user.email,
        "by": context.metadata.get("user") if context else None,
        "withdrawn": None,
    }
    return entries([row])[0]


def labels(rights: Iterable[str] | None) -> list[str]:
    """Return the permissions' names in their order."""
    held = set(rights or ())
    return [str(right.label) for right in Right if right in held]


def _entry(row: dict[str, Any], by: User | None) -> Entry:
    return Entry(
        at=row["pgh_created_at"],
        what=_what(row),
        about=row["about"] or "",
        by=str(by) if by else "",
        before=labels(row["before"]) if row["of"] == MEMBER else [],
        after=[] if row["pgh_label"] == "delete" else labels(row["rights"]),
    )


def _what(row: dict[str, Any]) -> str:
    if row["withdrawn"]:
        return _("Invitation withdrawn")
    if row["of"] == INVITED:
        return _("Invited") if row["pgh_label"] == "insert" else _("Invitation sent again")
    if row["pgh_label"] == "insert":
        return _("Joined")
    return _("Removed") if row["pgh_label"] == "delete" else _("Permissions changed")
