"""What a member changes about how they are told: kinds, addresses, times (N2)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import team
from accounts.models import Membership
from accounts.nudge import nudge
from notifications import asking, recipients
from notifications.asking import AddressRefused
from notifications.models import Notice, Recipient
from notifications.states import Kind, State, Way

MOST = 5
"""Addresses of one member beside their own."""

PATIENCE = timedelta(minutes=1)


def place(recipient: Recipient) -> str:
    """The recipient as the pages name it: "portal", "own", or its number."""
    if recipient.way == Way.PORTAL:
        return "portal"
    return "own" if recipient.is_own else str(recipient.pk)


@transaction.atomic
def choose(member: Membership, kinds: Mapping[str, Sequence[str]], now: datetime) -> None:
    """Be told of these kinds at these places and of no others; places that are not named stay as they are."""
    for recipient in _held(member, now):
        if place(recipient) in kinds:
            recipient.kinds = list(kinds[place(recipient)])
            recipient.save(update_fields=["kinds"])


@transaction.atomic
def set_times(
    member: Membership,
    at: str,
    *,
    time_zone: str,
    quiet_from: time | None,
    quiet_until: time | None,
    digest_at: time | None,
    now: datetime,
) -> None:
    """When mail may come to this address. Raises Recipient.DoesNotExist for a place that is not the member's."""
    found = [each for each in _held(member, now) if place(each) == at and each.way == Way.MAIL]
    if not found:
        raise Recipient.DoesNotExist
    (recipient,) = found
    recipient.time_zone, recipient.digest_at = time_zone, digest_at
    recipient.quiet_from, recipient.quiet_until = quiet_from, quiet_until
    recipient.save(update_fields=["time_zone", "quiet_from", "quiet_until", "digest_at"])


@transaction.atomic
def add(member: Membership, email: str, now: datetime) -> Recipient:
    """Ask another mailbox whether it wants the notices; it gets none before it has confirmed.

    Added again, it is asked again. Raises AddressRefused for the member's own address, one too many, or one
    that was asked too often.
    """
    team.lock(member.seller)
    held = _held(member, now)
    if email == member.user.email:
        raise AddressRefused(_("This is your own address; notices go there already."))
    others = {each.email: each for each in held if each.email}
    if email not in others and len(others) >= MOST:
        raise AddressRefused(_("At most %(most)d more addresses can be added.") % {"most": MOST})
    zone = member.seller.marketplace.time_zone
    recipient = others.get(email) or Recipient.objects.create(membership=member, email=email, time_zone=zone)
    if recipient.confirmed_at is None:
        mail(recipient, Kind.CONFIRM_ADDRESS, now)
    return recipient


@transaction.atomic
def remove(member: Membership, pk: int) -> None:
    """No more to this address. The account's own can only be switched off; raises Recipient.DoesNotExist for it."""
    Recipient.objects.exclude(email="").get(membership=member, pk=pk).delete()


def confirm(recipient: Recipient, now: datetime) -> None:
    """The address may get notices from now on."""
    Recipient.objects.filter(pk=recipient.pk, confirmed_at=None).update(confirmed_at=now)


@transaction.atomic
def test(member: Membership, now: datetime, pk: int | None = None) -> Notice:
    """Send a test mail to another confirmed address of the member's, else to the account's own; one a minute."""
    held = [each for each in _held(member, now) if each.way == Way.MAIL and each.confirmed_at]
    recipient = next((each for each in held if each.pk == pk), None) or next(
        each for each in held if each.is_own
    )
    return mail(recipient, Kind.TEST, now)


def mail(recipient: Recipient, kind: Kind, now: datetime) -> Notice:
    """Queue a mail that was asked for this very moment; the last one again where that was just now.

    Raises AddressRefused for a question to an address that was asked too often.
    """
    own = Notice.objects.filter(recipient=recipient, kind=kind).order_by("pk")
    last = own.filter(created_at__gt=now - PATIENCE).exclude(state__in=[State.FAILED, State.BOUNCED]).last()
    return last or _queued(recipient, kind, now)


def _queued(recipient: Recipient, kind: Kind, now: datetime) -> Notice:
    key = f"{kind}:{recipient.pk}:{uuid.uuid4()}"
    if kind == Kind.CONFIRM_ADDRESS:
        asking.check(recipient.membership.seller, recipient.email, now)
        key = asking.new_key(recipient.email)
    nudge("notifications.tasks.send")
    return Notice.objects.create(
        key=key,
        kind=kind,
        seller_id=recipient.membership.seller_id,
        recipient=recipient,
        created_at=now,
        next_try_at=now,
    )


def _held(member: Membership, now: datetime) -> list[Recipient]:
    """The member's recipients, held until the caller commits; made where there were none."""
    Membership.objects.select_for_update(of=("self",)).get(pk=member.pk)
    recipients.ensure([member.seller_id], now)
    rows = Recipient.objects.filter(membership=member).order_by("pk").select_for_update(of=("self",))
    return list(rows.select_related("membership__user", "membership__seller__marketplace"))
