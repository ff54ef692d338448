"""Events become notices, here and nowhere else (N1, N4).

What is owed is a row that came with its event. One transaction takes it, writes the notices of it and removes it:
killed before the commit nothing has happened, after it nothing is left to do; two workers pass over each other's
rows, and the key of a notice is unique.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actors import ActorKind
from inventory.models import Fulfilment
from messaging.models import Message
from notifications import digests, recipients
from notifications.models import InboxItem, Notice, Owed, Recipient
from notifications.states import Kind, Way
from orders.models import OrderEvent
from orders.states import EventKind

BATCH = 100
FAULTS = 5
PAUSE = timedelta(minutes=1)

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class News:
    """Something that a seller's members may want to be told of; the same key is told once."""

    key: str
    kind: Kind
    seller: int
    at: datetime
    order: int | None = None
    listing: int | None = None
    event: int | None = None


def write_due(now: datetime) -> int:
    """Make the notices that some events still owe; returns how many events. Repeat it until that is none."""
    try:
        return _write(now, BATCH)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("notices_not_written")
    # One event that breaks holds up no other: what the batch could not do, each tries by itself.
    return sum(_write_alone(pk, now) for pk in _due(now).values_list("pk", flat=True)[:BATCH])


def _due(now: datetime) -> QuerySet[Owed]:
    waiting = Q(next_try_at=None) | Q(next_try_at__lte=now)
    return Owed.objects.filter(waiting, faults__lt=FAULTS).order_by("pk")


@transaction.atomic(durable=True)
def _write(now: datetime, limit: int) -> int:
    owed = list(_due(now).select_for_update(skip_locked=True)[:limit])
    _settle(owed, now)
    return len(owed)


def _write_alone(pk: int, now: datetime) -> bool:
    """Make the notices of one event; one that breaks is tried again later, five times."""
    try:
        with transaction.atomic(durable=True):
            _settle(Owed.objects.filter(pk=pk).select_for_update(skip_locked=True), now)
        return True
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("notice_not_written", order_event=pk)
    with transaction.atomic(durable=True):
        for row in Owed.objects.filter(pk=pk).select_for_update(skip_locked=True):
            row.faults += 1
            row.next_try_at = now + PAUSE * row.faults
            row.save(update_fields=["faults", "next_try_at"])
    return False


def _settle(owed: Iterable[Owed], now: datetime) -> None:
    """Write what these rows stand for, and remove them. The caller holds them."""
    pks = [row.pk for row in owed]
    events = list(OrderEvent.objects.filter(pk__in=pks).select_related("order").order_by("pk"))
    tell([news for event in events for news in _to_members(event)], now)
    Notice.objects.bulk_create(
        (_to_buyer(event, kind, now) for event in events for kind in _to_buyers(event)), ignore_conflicts=True
    )
    Owed.objects.filter(pk__in=pks).delete()


def tell(news: Sequence[News], now: datetime) -> None:
    """Tell the members who want to know, by mail and in the portal; in the caller's transaction.

    Told twice it is told once: the key says what was told.
    """
    if not news:
        return
    sellers = {each.seller for each in news}
    recipients.ensure(sellers, now)
    known = defaultdict(list)
    found = Recipient.objects.filter(membership__seller__in=sellers).order_by("pk")
    for recipient in found.select_related("membership__user"):
        known[recipient.membership.seller_id].append(recipient)
    told = [(each, to) for each in news for to in recipients.told_of(each.kind, known[each.seller])]
    InboxItem.objects.bulk_create(
        (_item(each, to) for each, to in told if to.way == Way.PORTAL), ignore_conflicts=True
    )
    mails = [_mail(each, to, now) for each, to in told if to.way == Way.MAIL]
    Notice.objects.bulk_create(mails, ignore_conflicts=True)


def _item(news: News, to: Recipient) -> InboxItem:
    return InboxItem(
        key=f"{news.key}:{to.membership_id}",
        membership_id=to.membership_id,
        kind=news.kind,
        order_id=news.order,
        listing_id=news.listing,
        event_id=news.event,
        at=news.at,
    )


def _mail(news: News, to: Recipient, now: datetime) -> Notice:
    return Notice(
        key=f"{news.key}:{to.pk}",
        kind=news.kind,
        seller_id=news.seller,
        order_id=news.order,
        listing_id=news.listing,
        event_id=news.event,
        recipient=to,
        part_of=digests.of(to, news.seller, now) if to.digest_at else None,
        created_at=now,
        next_try_at=recipients.suits_at(to, now),
    )


def _to_buyer(event: OrderEvent, kind: Kind, now: datetime) -> Notice:
    # A message leaves under its own Message-ID, which the mails that answer it will name.
    named = {"message_id": _message(event).message_id} if kind == Kind.BUYER_MESSAGE else {}
    return Notice(
        **named,
        key=f"event:{event.pk}:{kind}",
        kind=kind,
        seller_id=event.seller_id,
        order=event.order,
        event=event,
        created_at=now,
        next_try_at=now,
    )


def _message(event: OrderEvent) -> Message:
    return Message.objects.only("message_id").get(pk=event.details["message"])


MEMBERS: dict[str, Kind] = {
    EventKind.AUTHORISED: Kind.SOLD,
    EventKind.CANCEL_REQUESTED: Kind.CANCEL_REQUESTED,
    EventKind.CANCELED: Kind.CANCELED,
    EventKind.UNITS_CANCELED: Kind.CANCELED,
    EventKind.DEADLINE_NEAR: Kind.ABOUT_TO_BE_CANCELED,
    EventKind.CAPTURE_REFUSED: Kind.CHARGE_REFUSED,
    EventKind.REFUND_DONE: Kind.REFUND,
    EventKind.REFUND_FAILED: Kind.REFUND,
    EventKind.RETURN_REQUESTED: Kind.RETURN,
    EventKind.RETURN_REOPENED: Kind.RETURN,
    EventKind.MESSAGE_RECEIVED: Kind.MESSAGE,
    EventKind.HOLD_NOT_RENEWED: Kind.HOLD,
    EventKind.DISPUTE_OPENED: Kind.DISPUTE,
    EventKind.DISPUTE_WON: Kind.DISPUTE,
    EventKind.DISPUTE_LOST: Kind.DISPUTE,
}
BUYERS: dict[str, Kind] = {
    EventKind.CANCELED: Kind.BUYER_CANCELED,
    EventKind.UNITS_CANCELED: Kind.BUYER_UNITS_CANCELED,
    EventKind.REQUEST_DECLINED: Kind.BUYER_REQUEST_DECLINED,
    EventKind.SHIPMENT_CONFIRMED: Kind.BUYER_SHIPPED,
    EventKind.REFUND_DONE: Kind.BUYER_REFUND,
    EventKind.MESSAGE_SENT: Kind.BUYER_MESSAGE,
    EventKind.HOLD_NOT_RENEWED: Kind.BUYER_HOLD,
}
THE_SELLERS_TO_ACT = (Kind.SOLD, Kind.CANCEL_REQUESTED, Kind.CHARGE_REFUSED, Kind.HOLD)


def _to_members(event: OrderEvent) -> list[News]:
    """What the seller is told of an event: not that they canceled, and not to ship what the marketplace ships."""
    kind = MEMBERS.get(event.kind)
    if kind is None or (kind == Kind.CANCELED and event.actor_kind == ActorKind.SELLER):
        return []
    if kind == Kind.CHARGE_REFUSED and not event.details.get("is_later"):
        return []  # whoever confirmed has read it on the page
    if kind in THE_SELLERS_TO_ACT and event.order.fulfilment == Fulfilment.AFN:
        return []
    key = f"event:{event.pk}:{kind}"
    return [News(key, kind, event.seller_id, event.at, order=event.order_id, event=event.pk)]


def _to_buyers(event: OrderEvent) -> list[Kind]:
    kind = BUYERS.get(event.kind)
    return [kind] if kind else []
