"""Feeds, the read side: the list of uploads, and what a feed's page says about it (F5)."""

import uuid
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import counting, keyset
from accounts.keyset import Cursor, Page, Turn
from accounts.models import Membership, Seller
from batches.models import Batch
from reports.feeds import kinds, turns
from reports.feeds.files.kinds import FeedKind
from reports.feeds.models import Feed
from reports.feeds.states import FeedState

NEWEST = "-uploaded_at"
SIZE = 20
S = FeedState
TONES = {
    S.UPLOADED: "info",
    S.CHECKING: "info",
    S.REFUSED: "bad",
    S.CHECKED: "accent",
    S.PROCESSING: "info",
    S.DONE: "good",
    S.STOPPED: "warn",
    S.FAILED: "bad",
}


@dataclass(frozen=True)
class Row:
    """An upload as the list shows it."""

    name: str
    url: str
    kind: str
    uploaded: str
    who: str
    state: str
    tone: str
    counts: str
    awaited: str
    awaited_url: str


def turn(address: Any) -> Turn:
    """The page of the list that the address asks for; nonsense is the first."""
    return Turn(below=_cursor(address.get("before")), above=_cursor(address.get("after")))


def page(seller: Seller, offered: list[FeedKind], asked: Turn) -> Page[Feed]:
    """Return some of the seller's uploads of these kinds, newest first."""
    found = Feed.objects.filter(seller=seller, kind__in=offered).select_related("actor", "batch", "trial")
    return keyset.page(found, NEWEST, asked, SIZE)


def pager(found: Page[Feed]) -> dict[str, str]:
    """The steps from this page of the list to its neighbours."""
    url = reverse("feeds:list")
    steps: dict[str, str] = {}
    if found.previous:
        steps |= {"first_url": url, "previous_url": f"{url}?after={found.previous}"}
    if found.next:
        steps["next_url"] = f"{url}?before={found.next}"
    return steps


def rows(feeds: list[Feed], zone: str) -> list[Row]:
    """The rows of a page; two queries at most, where some of them wait."""
    awaited = turns.awaited(feeds)
    return [_row(feed, ZoneInfo(zone), awaited.get(feed.pk)) for feed in feeds]


def awaited(feed: Feed) -> Feed | None:
    """The earlier file that has to have had its turn before this one is processed; None where it waits for none."""
    return turns.awaited([feed]).get(feed.pk)


def tone(feed: Feed) -> str:
    """How the stage looks: good only when every row was done."""
    counts = feed.at_work or feed
    if feed.stage == S.DONE and counts.refused_count:
        return "warn"
    return TONES[feed.stage]


def results_of(feed: Feed) -> Batch | None:
    """The batch whose results the page shows: what was done, else what a dry run found."""
    return feed.at_work


def sentence(feed: Feed) -> str:
    """What the stage means for the seller, and what comes next."""
    counts = feed.at_work or feed
    words = {"done": counting.written(counts.done_count), "total": counting.written(counts.total)}
    told = {
        S.UPLOADED: _("The file is waiting to be checked. You can leave this page."),
        S.CHECKING: _("Each row is tried and taken back again. Nothing is changed."),
        S.REFUSED: _("The file was not taken, and nothing was changed."),
        S.CHECKED: _("%(done)s of %(total)s rows would be done. Nothing is changed yet.") % words,
        S.PROCESSING: _("The rows are done one after the other. You can leave this page."),
        S.DONE: _("%(done)s of %(total)s rows were done.") % words,
        S.STOPPED: _("It was stopped. %(done)s of %(total)s rows were done, and stay done.") % words,
        S.FAILED: _("It could not be finished."),
    }
    if feed.stage == S.STOPPED and not (feed.is_asked and counts.done_count):
        return _("It was stopped before any row was done. Nothing was changed.")
    return told[feed.stage]


def may(feed: Feed, membership: Membership) -> bool:
    """Whether the member may do what the rows ask for."""
    return membership.may(kinds.RIGHTS[FeedKind(feed.kind)])


def facts(feed: Feed) -> list[dict[str, object]]:
    """Name and value of what is known about the file."""
    return [
        {"label": _("Kind"), "value": feed.get_kind_display()},
        {"label": _("Rows"), "value": counting.written(feed.total)},
        {"label": _("Size"), "value": filesizeformat(feed.size)},
        {"label": _("Read as"), "value": feed.encoding},
        {"label": _("Uploaded by"), "value": str(feed.actor or _("the marketplace"))},
    ]


def find(seller: Seller, key: uuid.UUID) -> Feed | None:
    """The seller's feed of this key; another seller's is none."""
    found = Feed.objects.select_related("actor", "batch", "trial", "first")
    feed = found.filter(seller=seller, key=key).first()
    if feed:
        feed.seller = seller
    return feed


def _row(feed: Feed, zone: ZoneInfo, awaited: Feed | None) -> Row:
    return Row(
        name=feed.name,
        url=reverse("feeds:feed", args=[feed.key]),
        kind=feed.get_kind_display(),
        uploaded=f"{feed.uploaded_at.astimezone(zone):%Y-%m-%d %H:%M %Z}",
        who=str(feed.actor or _("the marketplace")),
        state=str(feed.stage.label),
        tone=tone(feed),
        counts=_counts(feed),
        awaited=awaited.name if awaited else "",
        awaited_url=reverse("feeds:feed", args=[awaited.key]) if awaited else "",
    )


def _counts(feed: Feed) -> str:
    """How many rows there are, and what became of them; of a dry run, what would."""
    counts = feed.at_work or feed
    total = ngettext("%(n)s row", "%(n)s rows", counts.total) % {"n": counting.written(counts.total)}
    told = [total]
    if counts.done_count and feed.stage in (S.PROCESSING, S.DONE, S.STOPPED, S.FAILED):
        told.append(_("%(n)s done") % {"n": counting.written(counts.done_count)})
    if counts.refused_count:
        told.append(_("%(n)s refused") % {"n": counting.written(counts.refused_count)})
    return " · ".join(told)


def _cursor(text: str | None) -> Cursor | None:
    try:
        return Cursor.read(text) if text else None
    except (ValueError, OverflowError, ValidationError):
        return None
