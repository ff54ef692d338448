"""Who works for a seller and what they may do: each change is made under a lock on the seller's row."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Right, Seller

SHOWS_ORDERS = {Right.SHIP, Right.CANCEL, Right.REFUND, Right.MESSAGE}


class TeamRefused(Exception):
    """The team stays as it was. `str()` is the sentence for the person who asked."""


def complete(rights: Iterable[str]) -> list[str]:
    """These rights in their order, and to see orders with any that is done on an order's page."""
    wanted = set(rights)
    if wanted & SHOWS_ORDERS:
        wanted.add(Right.VIEW)
    return [right for right in Right.values if right in wanted]


@transaction.atomic
def set_rights(membership: Membership, rights: Iterable[str]) -> Membership:
    """The member has these rights, made complete, from their next request on.

    Raises TeamRefused when they are no longer a member, or when nobody would be left to manage the team.
    """
    membership = _locked(membership)
    manages = membership.may(Right.SETTINGS)
    membership.rights = complete(rights)
    membership.save(update_fields=["rights"])
    if manages and not membership.may(Right.SETTINGS):
        _check_managed(membership.seller)
    return membership


@transaction.atomic
def remove(membership: Membership) -> None:
    """From their next request on they no longer work for the seller. Raises TeamRefused as `set_rights`."""
    membership = _locked(membership)
    seller, manages = membership.seller, membership.may(Right.SETTINGS)
    membership.delete()
    if manages:
        _check_managed(seller)


def lock(seller: Seller) -> Seller:
    """Hold the seller's row: changes of one team come one after the other."""
    return Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)


def _locked(membership: Membership) -> Membership:
    """The membership as it is now, under the lock of its seller."""
    seller = lock(membership.seller)
    found = (
        Membership.objects.filter(pk=membership.pk, seller=seller).select_related("user", "seller").first()
    )
    if found is None:
        raise TeamRefused(_("This person is no longer in the team."))
    return found


def _check_managed(seller: Seller) -> None:
    """Raise unless an active member can still manage the team; the change is then undone."""
    managers = Membership.objects.filter(seller=seller, rights__contains=[Right.SETTINGS])
    if not managers.filter(user__is_active=True).exists():
        raise TeamRefused(
            _("Somebody must be able to manage the team: give that right to a colleague first.")
        )
