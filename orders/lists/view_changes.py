"""Saving, changing and sharing views, and choosing how the list looks: what a member does with their desk (O19).

A view belongs to one member, or to the team; the team's are changed with the right to settings. Each change names
the version that its page showed: what somebody changed meanwhile, also in another window, is not overwritten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, Seller
from orders.lists import saved_views
from orders.models import DeskPreference, SavedView
from orders.models.saved_view import LONGEST_QUERY
from orders.refusals import Refused


class ViewRefused(Refused):
    """The views stay as they were."""


class ViewChanged(ViewRefused):
    """Somebody changed it since the page was made; `version` is the one that is there now."""

    def __init__(self, sentence: str, version: int) -> None:
        super().__init__(sentence)
        self.version = version


@dataclass(frozen=True)
class Wanted:
    """What a view is to hold."""

    name: str
    query: str
    days: int | None
    columns: Sequence[str] | None = None


@transaction.atomic
def create(wanted: Wanted, *, membership: Membership, is_shared: bool = False) -> SavedView:
    """A new view, the last of the member's, or of the team's. Raises ViewRefused: a name twice, too many, too long."""
    _check_length(wanted)
    found = _held(membership, is_shared)
    if len(found) >= saved_views.MOST:
        raise ViewRefused(_("There are %(most)d saved views; delete one first.") % {"most": saved_views.MOST})
    view = SavedView(
        seller=membership.seller,
        owner=None if is_shared else membership,
        made_by=membership.user,
        place=1 + max((each.place for each in found), default=0),
        **vars(wanted),
    )
    return _saved(view)


@transaction.atomic
def rename(view: SavedView, name: str, *, version: int) -> SavedView:
    """The same view under another name. Raises ViewRefused, ViewChanged."""
    view = _locked(view, version)
    view.name = name
    return _saved(view, "name")


@transaction.atomic
def update(view: SavedView, wanted: Wanted, *, version: int) -> SavedView:
    """The view asks for this from now on; its name stays. Raises ViewChanged, ViewRefused."""
    _check_length(wanted)
    view = _locked(view, version)
    view.query, view.days = wanted.query, wanted.days
    return _saved(view, "query", "days")


@transaction.atomic
def set_columns(view: SavedView, columns: Sequence[str] | None, *, version: int) -> SavedView:
    """The view has columns of its own; None takes them from it. Raises ViewChanged."""
    view = _locked(view, version)
    view.columns = None if columns is None else list(columns)
    return _saved(view, "columns")


@transaction.atomic
def share(view: SavedView, *, membership: Membership, is_shared: bool) -> SavedView:
    """The team's from now on, or this member's own. Raises ViewRefused where the name is taken there, or it is full."""
    found = _held(membership, is_shared)
    view = SavedView.objects.select_for_update(no_key=True, of=("self",)).get(pk=view.pk)
    if view.is_shared == is_shared:
        return view
    if len(found) >= saved_views.MOST:
        raise ViewRefused(_("There are %(most)d saved views; delete one first.") % {"most": saved_views.MOST})
    view.owner = None if is_shared else membership
    view.place = 1 + max((each.place for each in found), default=0)
    return _saved(view, "owner", "place")


@transaction.atomic
def move(view: SavedView, by: int, *, membership: Membership) -> None:
    """One place up (-1) or down (1) among the member's, or the team's; at the end it stays."""
    found = _held(membership, view.is_shared)
    here = next((place for place, each in enumerate(found) if each == view), None)
    if here is None or not 0 <= here + by < len(found):
        return
    found[here], found[here + by] = found[here + by], found[here]
    for place, each in enumerate(found, start=1):
        each.place = place
    SavedView.objects.bulk_update(found, ["place"])


def delete(view: SavedView) -> None:
    """Gone, and no longer anybody's start page; the orders stay as they are."""
    view.delete()


@transaction.atomic
def start_with(view: SavedView | None, *, membership: Membership) -> DeskPreference:
    """Manage Orders opens with this view; without one with the unshipped orders."""
    preference = _preference(membership)
    preference.start_view = view
    preference.save(update_fields=["start_view"])
    return preference


@transaction.atomic
def prefer(values: dict[str, Any], *, membership: Membership, version: int) -> DeskPreference:
    """The list looks like this for the member from now on. Raises ViewChanged."""
    preference = _preference(membership)
    if preference.version != version:
        raise ViewChanged(_("The table was changed in another window meanwhile."), preference.version)
    for name, value in values.items():
        setattr(preference, name, value)
    preference.version += 1
    preference.save(update_fields=[*values, "version"])
    return preference


def _check_length(wanted: Wanted) -> None:
    """Written as an address, a letter may become nine. Raises ViewRefused."""
    if len(wanted.query) > LONGEST_QUERY:
        raise ViewRefused(_("This search is too long for a saved view."))


def _preference(membership: Membership) -> DeskPreference:
    """The member's row, held; made where there is none."""
    DeskPreference.objects.get_or_create(membership=membership)
    return DeskPreference.objects.select_for_update(no_key=True).get(membership=membership)


def _held(membership: Membership, is_shared: bool) -> list[SavedView]:
    """The member's views in their order, or the team's; nobody adds or moves one before this transaction ends."""
    if is_shared:
        Seller.objects.select_for_update(no_key=True, of=("self",)).get(pk=membership.seller_id)
    else:
        Membership.objects.select_for_update(no_key=True, of=("self",)).get(pk=membership.pk)
    found: QuerySet[SavedView] = SavedView.objects.filter(
        seller=membership.seller, owner=None if is_shared else membership
    )
    return list(found.order_by("place", "pk"))


def _locked(view: SavedView, version: int) -> SavedView:
    """The view as it is now, held. Raises ViewChanged when that is not what the page showed."""
    found = SavedView.objects.select_for_update(no_key=True, of=("self",)).filter(pk=view.pk).first()
    if found is None:
        raise ViewRefused(_("This view was deleted meanwhile."))
    if found.version != version:
        words = {"name": found.name}
        sentence = _("“%(name)s” was changed in another window meanwhile; nothing was overwritten.") % words
        raise ViewChanged(sentence, found.version)
    return found


def _saved(view: SavedView, *fields: str) -> SavedView:
    """Write it, with the next version. Raises ViewRefused where the name is taken."""
    try:
        with transaction.atomic():
            if fields:
                view.version += 1
                view.save(update_fields=[*fields, "version"])
            else:
                view.save()
    except IntegrityError:
        words = {"name": view.name}
        raise ViewRefused(_("There is a view of the name “%(name)s” already.") % words) from None
    return view
