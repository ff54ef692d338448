"""Private notes of the seller on their orders: history says that one was changed, never what it says."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from orders import history, personal_data_end
from orders.models import Order, OrderNote
from orders.states import EventKind


@transaction.atomic
def set(order: Order, text: str, actor: Actor, now: datetime) -> OrderNote | None:  # noqa: A001 - notes.set(…)
    """The order's note says this from now on; nothing takes it away. The same words again change nothing.

    Every order may have one, whatever its status: it is the seller's own and does nothing to the order. Raises
    DataDeleted once the buyer's data was deleted: nothing would delete the note any more.
    """
    order = Order.objects.lock(order.pk)
    personal_data_end.check_kept(order)
    text = text.strip()
    note = OrderNote.objects.filter(order=order).first()
    if text == (note.text if note else ""):
        return note
    history.write([history.event(order, EventKind.NOTE_CHANGED, actor=actor, now=now, is_removed=not text)])
    if not text:
        OrderNote.objects.filter(order=order).delete()
        return None
    said = {"seller_id": order.seller_id, "text": text, "by": actor.user, "at": now}
    note, _created = OrderNote.objects.update_or_create(
        order=order, defaults={**said, "placed_at": order.placed_at}
    )
    return note
