"""Who works for a seller and what they may do: each change is made under a lock on the seller's row."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import permission_mail
from accounts.models import Membership, Right, Seller, User

SHOWS_ORDERS = {Right.SHIP, Right.CANCEL, Right.REFUND, Right.MESSAGE}


class TeamRefused(Exception):
    """The team stays as it was. `str()` is the sentence for the person who asked."""


def complete(rights: Iterable[str]) -> list[str]:
    """Return these rights in their order, with those that they bring: an owner has every right.

    Whatever is done on an order's page brings the right to see orders.
    """
    wanted = set(rights)
    if wanted & SHOWS_ORDERS:
        wanted.add(Right.VIEW)
    return [right for right in Right.values if right in wanted or Right.OWNER in wanted]


def grantable(seller: Seller, by: User) -> frozenset[str]:
    """Return the rights that this person can give and take: their own if they manage the team, else none.

    A superuser of the marketplace can give every right to members of every seller.
    """
    if by.is_active and by.is_staff and by.is_superuser:
        return frozenset(Right.values)
    membership = Membership.objects.filter(seller=seller, user=by, user__is_active=True).first()
    return frozenset(membership.rights if membership and membership.may(Right.SETTINGS) else ())


@transaction.atomic
def set_rights(membership: Membership, rights: Iterable[str], *, by: User, now: datetime) -> Membership:
    """Give the member these rights, made complete, from their next request on. They and the owners get an email.

    Raises:
        TeamRefused: they are no longer a member, `by` gives or takes what they don't have themselves, or the
            team would lose its last owner.
    """
    membership = _locked(membership)
    before, wanted = set(membership.rights), complete(rights)
    check_can_give(membership.seller, before ^ set(wanted), by=by)
    if before == set(wanted):
        return membership
    membership.rights = wanted
    membership.save(update_fields=["rights"])
    if Right.OWNER in before:
        check_owned(membership.seller)
    permission_mail.owe(membership, now=now)
    return membership


@transaction.atomic
def remove(membership: Membership, *, by: User, now: datetime) -> None:
    """Take the member out of the team: from their next request on they no longer work for the seller.

    They and the owners get an email.

    Raises:
        TeamRefused: as `set_rights`. Only an owner removes an owner; everyone may leave.
    """
    membership = _locked(membership)
    seller, pk, is_owner = membership.seller, membership.pk, membership.may(Right.OWNER)
    if membership.user_id != by.pk:
        check_can_give(seller, {Right.OWNER} if is_owner else set(), by=by)
    membership.delete()
    if is_owner:
        check_owned(seller)
    membership.pk = pk
    permission_mail.owe(membership, now=now)


def lock(seller: Seller) -> Seller:
    """Hold the seller's row: changes of one team come one after the other."""
    return Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)


def check_can_give(seller: Seller, rights: Iterable[str], *, by: User) -> None:
    """Raise TeamRefused unless this person manages the team and has these rights; call it under the seller's lock."""
    own = grantable(seller, by)
    if not own:
        raise TeamRefused(_("You no longer manage this team. Nothing was changed."))
    beyond = [str(Right(right).label) for right in Right.values if right in set(rights) - own]
    if beyond:
        words = {"permissions": ", ".join(beyond)}
        raise TeamRefused(
            _("You can only change permissions that you have yourself, not “%(permissions)s”.") % words
        )


def check_owned(seller: Seller) -> None:
    """Raise TeamRefused unless an active member is the seller's owner; the change is then undone."""
    owners = Membership.objects.filter(seller=seller, rights__contains=[Right.OWNER])
    if not owners.filter(user__is_active=True).exists():
        raise TeamRefused(_("A team needs an owner. Make a colleague an owner first."))


def _locked(membership: Membership) -> Membership:
    """Return the membership as it is now, under the lock of its seller."""
    seller = lock(membership.seller)
    found = (
        Membership.objects.filter(pk=membership.pk, seller=seller).select_related("user", "seller").first()
    )
    if found is None:
        raise TeamRefused(_("This person is no longer in the team."))
    return found
