"""Writing between a buyer and a seller about an order (C1, C2, C5): the only writer of threads and messages.

Each operation locks the order, then the thread, checks, writes the message and its event as one. Texts and files
are judged before any lock, since that takes its time and depends on nothing that others change.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import digests
from accounts.actors import Actor, ActorKind
from messaging import attachments, plain, screening, waits
from messaging.attachments import Checked, Upload
from messaging.models import Attachment, Message, Thread
from messaging.models.message import LONGEST
from messaging.refusals import FilesRefused, KeyReused, NotNow, TextRefused
from messaging.states import Reason, Way, Who, reasons
from orders import history, personal_data_end
from orders.models import Order
from orders.states import EventKind, OrderStatus

REPLY_WITHIN = timedelta(hours=24)
WRITERS = {ActorKind.BUYER: Who.BUYER, ActorKind.SELLER: Who.SELLER, ActorKind.MARKETPLACE: Who.MARKETPLACE}


@dataclass(frozen=True)
class Draft:
    """A message that was judged and may be written; `came_as` is the Message-ID of the mail that brought it."""

    text: str
    files: Sequence[Checked]
    key: UUID
    came_as: str = ""

    def fingerprint(self, reason: str) -> str:
        """A digest of the content, the same for the same content."""
        told = [reason, self.text, [file.digest for file in self.files]]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def write(
    order: Order,
    text: str,
    *,
    reason: str,
    files: Sequence[Upload] = (),
    key: UUID,
    actor: Actor,
    now: datetime,
    came_as: str = "",
) -> Message:
    """Write to the other side about this, in the order's thread of that reason, which begins where there is none.

    The same key with the same content is the same message again.

    Raises NotNow while the order is Pending or once it is canceled, or for a reason not offered in its state (C2);
    TextRefused and FilesRefused for what may not be sent (C5); KeyReused.
    """
    draft = Draft(judge(order, text), judge_files(order, files), key, came_as)
    with attachments.stored(draft.files) as rows, transaction.atomic():
        return _write(order, reason, draft, rows, actor, now)


def reply(
    thread: Thread,
    text: str,
    *,
    files: Sequence[Upload] = (),
    key: UUID,
    actor: Actor,
    now: datetime,
    came_as: str = "",
) -> Message:
    """Write on in a thread, whichever side the actor is on; raises what `write` raises.

    A seller's message ends the buyer's wait for an answer; a buyer's begins it.
    """
    return write(
        thread.order, text, reason=thread.reason, files=files, key=key, actor=actor, now=now, came_as=came_as
    )


def receive(
    order: Order,
    text: str,
    *,
    reason: str,
    files: Sequence[Upload] = (),
    key: UUID,
    now: datetime,
) -> Message:
    """The buyer writes on their order page; raises what `write` raises."""
    return write(order, text, reason=reason, files=files, key=key, actor=Actor.buyer(), now=now)


@transaction.atomic
def no_reply_needed(thread: Thread, *, actor: Actor, now: datetime) -> Thread:
    """The seller says that the buyer's last message asks for no answer: its clock stops (C5).

    Done again it changes nothing. The buyer's next message starts the clock anew.
    """
    thread = Thread.objects.lock(thread.pk)
    if thread.reply_due_at is None:
        return thread
    thread.reply_due_at, thread.no_reply_needed_at, thread.no_reply_needed_by = None, now, actor.user
    thread.save(update_fields=["reply_due_at", "no_reply_needed_at", "no_reply_needed_by"])
    waits.end(thread, now)
    return thread


@transaction.atomic
def mark_read(thread: Thread, *, seen: int) -> Thread:
    """The seller has read the thread up to the message of this pk; what came since stays unread."""
    thread = Thread.objects.lock(thread.pk)
    thread.unread = min(thread.unread, thread.messages.filter(who=Who.BUYER, pk__gt=seen).count())
    thread.save(update_fields=["unread"])
    return thread


def judge(order: Order, text: str) -> str:
    """The text as it is kept. Raises TextRefused with the passages that may not stand in it (C5)."""
    text = plain.clean(text)
    if not text:
        raise TextRefused(_("Write a message."))
    if len(text) > LONGEST:
        words = {"most": LONGEST, "length": len(text)}
        raise TextRefused(_("A message has at most %(most)d characters; this one has %(length)d.") % words)
    if passages := _screened(order, text):
        raise TextRefused.of(passages)
    return text


def judge_files(order: Order, files: Sequence[Upload]) -> list[Checked]:
    """The files as they are kept. Raises FilesRefused; plain text may hold no more than a message may (C5)."""
    checked = attachments.check(files)
    for file in checked:
        if file.content_type == "text/plain" and (passages := _screened(order, file.content.decode())):
            words = {"name": file.name, "why": screening.sentence_about(passages)}
            raise FilesRefused(_("%(name)s: %(why)s") % words)
    return checked


def _screened(order: Order, text: str) -> list[screening.Passage]:
    service = order.seller.marketplace.service_email
    return screening.find(text, known=known_numbers(order), addresses=[service])


def known_numbers(order: Order) -> set[str]:
    """The order's own numbers, which may look like a phone's."""
    items = order.items.values_list("number", "sku", "asin")
    parcels = order.packages.values_list("tracking_number", flat=True)
    return {order.number, *(each for item in items for each in item), *parcels} - {""}


def offered(order: Order, who: str) -> list[Reason]:
    """What a new thread of this side can be about now; none where nobody can write (C2)."""
    return [] if refusal(order) else reasons(order.status, who)


def refusal(order: Order) -> str:
    """Why nobody can write about this order now, in a sentence; empty where they can (C2)."""
    if order.personal_data_deleted_at:
        return personal_data_end.sentence(order)
    if order.status == OrderStatus.PENDING:
        return _("The payment of this order is still being authorised; messages are possible after that.")
    if order.status == OrderStatus.CANCELED:
        marketplace = order.seller.marketplace
        words = {"service": marketplace.service_name, "email": marketplace.service_email}
        return (
            _(
                "This order is canceled, so no message can be sent about it. %(service)s helps with what is left: "
                "%(email)s"
            )
            % words
        )
    return ""


def _write(
    order: Order, reason: str, draft: Draft, rows: Sequence[Attachment], actor: Actor, now: datetime
) -> Message:
    order = Order.objects.lock(order.pk)
    fingerprint = draft.fingerprint(f"{order.pk} {reason} {actor.kind}")
    if earlier := Message.objects.filter(key=draft.key).select_related("thread__order").first():
        return _same(earlier, fingerprint, draft)
    who = WRITERS[ActorKind(actor.kind)]
    thread = _thread(order, reason, who, now)
    message = Message.objects.create(
        seller_id=order.seller_id,
        thread=thread,
        who=who,
        by=actor.user,
        source=Way.MAIL if draft.came_as else Way.PAGE,
        text=draft.text,
        at=now,
        key=draft.key,
        fingerprint=digests.keyed(fingerprint),
        came_as=draft.came_as,
        in_reply_to=thread.messages.order_by("pk").last(),
    )
    for row in rows:
        row.message = message
        row.save()
    _tell(order, thread, message, actor, now)
    return message


def _same(earlier: Message, fingerprint: str, draft: Draft) -> Message:
    """What the form wrote the first time. A mail is known by its Message-ID alone."""
    if not draft.came_as and not digests.is_same(fingerprint, earlier.fingerprint):
        raise KeyReused
    return earlier


def _thread(order: Order, reason: str, who: Who, now: datetime) -> Thread:
    """The order's thread of this reason, held; a new one only for a reason that is offered now."""
    if why := refusal(order):
        raise NotNow(why)
    if found := Thread.objects.filter(order=order, reason=reason).first():
        return Thread.objects.lock(found.pk)
    if reason not in reasons(order.status, who if who != Who.MARKETPLACE else Who.SELLER):
        raise NotNow(_("Choose what your message is about."))
    return Thread.objects.create(
        seller_id=order.seller_id,
        order=order,
        reason=reason,
        opened_by=who,
        opened_at=now,
        last_message_at=now,
        last_who=who,
    )


def _tell(order: Order, thread: Thread, message: Message, actor: Actor, now: datetime) -> None:
    """The thread's clock and counters, and the event of which notices are made."""
    thread.last_message_at, thread.last_who = now, message.who
    if message.who == Who.BUYER:
        if thread.reply_due_at is None:  # writing once more does not give the seller more time
            thread.reply_due_at = now + REPLY_WITHIN
            waits.begin(thread, until=thread.reply_due_at, now=now)
        thread.no_reply_needed_at = thread.no_reply_needed_by = None
        Thread.objects.filter(pk=thread.pk).update(unread=F("unread") + 1)
    elif message.who == Who.SELLER:
        thread.reply_due_at = None
        waits.end(thread, now)
    clock = ["last_message_at", "last_who", "reply_due_at", "no_reply_needed_at", "no_reply_needed_by"]
    thread.save(update_fields=clock)
    kind = EventKind.MESSAGE_RECEIVED if message.who == Who.BUYER else EventKind.MESSAGE_SENT
    history.write([history.event(order, kind, actor=actor, now=now, message=message.pk)])
