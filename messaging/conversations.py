"""What the two sides of an order wrote, as its pages show it, to either of them (C1, C5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from messaging.models import Attachment, Message, Thread
from messaging.states import Reason, Who
from orders.models import Order

AT_ONCE = 50
"""So many messages are shown at once; the earlier ones are a link away."""

Written = TypeVar("Written", bound=Model)


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
    """Messages of threads, the newest last; `before` is where those before them end, if there are any."""

    messages: list[Shown]
    before: int | None

    @property
    def newest(self) -> int:
        """The pk of the last one."""
        return self.messages[-1].pk if self.messages else 0


def threads(order: Order) -> list[Thread]:
    """The order's threads: those whose buyer waits first, then the newest."""
    found: list[Thread] = list(order.threads.all())
    return sorted(found, key=lambda each: (not each.is_waiting, -each.last_message_at.timestamp()))


def stretch(order: Order, found: Sequence[Thread], reader: Who, before: int | None = None) -> Stretch:
    """The newest messages of these threads together, or those before the message of this pk."""
    topics = {thread.pk: thread.reason for thread in found}
    messages, earlier = last(_written_in(topics), before)
    return Stretch([_shown(order, each, topics[each.thread_id], reader) for each in messages], earlier)


def latest(order: Order, found: Sequence[Thread], reader: Who, count: int) -> list[Shown]:
    """The newest messages of all these threads together, the newest last."""
    topics = {thread.pk: thread.reason for thread in found}
    messages = list(_written_in(topics).order_by("-pk")[:count])[::-1]
    return [_shown(order, each, topics[each.thread_id], reader) for each in messages]


def last(found: QuerySet[Written], before: int | None = None) -> tuple[list[Written], int | None]:
    """The last of these or of those before this pk, the newest last; and where those before them end, if any."""
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: AT_ONCE + 1])
    kept = rows[:AT_ONCE][::-1]
    return kept, kept[0].pk if len(rows) > AT_ONCE else None


def place(text: str) -> int | None:
    """The pk that an address names as `before`; None where it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _written_in(pks: Iterable[int]) -> QuerySet[Message]:
    return Message.objects.filter(thread__in=pks).select_related("by").prefetch_related("attachments")


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
        text=message.text or _("This message was deleted with the buyer's personal data."),
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
