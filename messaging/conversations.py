"""What the two sides of an order wrote, as its pages show it, to either of them (C1, C5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from messaging.models import Attachment, Message, Thread
from messaging.states import Reason, Who
from orders.models import Order

AT_ONCE = 50
"""So many messages of a thread are shown at once; the earlier ones are a link away."""


@dataclass(frozen=True)
class Shown:
    """A message as one of the sides reads it; `name` never tells an address."""

    pk: int
    name: str
    is_mine: bool
    is_marketplace: bool
    topic: str
    text: str
    at: datetime
    files: list[Attachment]


@dataclass(frozen=True)
class Stretch:
    """Messages of a thread, the newest last; `before` is where those before them end, if there are any."""

    messages: list[Shown]
    before: int | None

    @property
    def newest(self) -> int:
        """The pk of the last one."""
        return self.messages[-1].pk if self.messages else 0


def threads(order: Order) -> list[Thread]:
    """The order's threads: those whose buyer waits first, then the newest."""
    found = Thread.objects.filter(order=order)
    return sorted(found, key=lambda each: (each.reply_due_at is None, -each.last_message_at.timestamp()))


def stretch(order: Order, thread: Thread, reader: Who, before: int | None = None) -> Stretch:
    """The newest messages of the thread, or those before the message of this pk."""
    found = thread.messages.select_related("by").prefetch_related("attachments").order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    messages = list(found[: AT_ONCE + 1])
    kept = messages[:AT_ONCE][::-1]
    has_more = len(messages) > AT_ONCE
    shown = [_shown(order, message, thread.reason, reader) for message in kept]
    return Stretch(shown, kept[0].pk if has_more else None)


def latest(order: Order, found: Sequence[Thread], reader: Who, count: int) -> list[Shown]:
    """The newest messages of all these threads together, the newest last."""
    topics = {thread.pk: thread.reason for thread in found}
    newest = Message.objects.filter(thread__in=topics).select_related("by").prefetch_related("attachments")
    messages = list(newest.order_by("-pk")[:count])[::-1]
    return [_shown(order, message, topics[message.thread_id], reader) for message in messages]


def buyer_name(order: Order) -> str:
    """How the buyer is called; they may be forgotten by now."""
    return order.buyer_name or _("Buyer")


def _shown(order: Order, message: Message, reason: str, reader: Who) -> Shown:
    return Shown(
        pk=message.pk,
        name=_name(order, message, reader),
        is_mine=message.who == reader,
        is_marketplace=message.who == Who.MARKETPLACE,
        topic=str(Reason(reason).label),
        text=message.text,
        at=message.at,
        files=list(message.attachments.all()),
    )


def _name(order: Order, message: Message, reader: Who) -> str:
    """The writer's name; the buyer is told of the seller, not of their people."""
    if message.who == Who.MARKETPLACE:
        return order.seller.marketplace.service_name
    if message.who == Who.BUYER:
        return _("You") if reader == Who.BUYER else buyer_name(order)
    member = message.by.name if message.by and reader == Who.SELLER else ""
    return member or order.seller.name
