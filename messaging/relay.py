"""The addresses behind which buyer and seller write to each other, and what keeps their mails together (C1).

Each thread has two addresses, one for each side: the buyer's mails come from, and are answered to, the one that
only the buyer knows. Whoever learns it learns nothing about the other side, and writes as the buyer only from the
buyer's own mailbox.

An order has an address too, for the buyer's answers to the mails about it. It is computed, so that an order nobody
writes about costs nothing; the first mail to it opens a thread.
"""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from messaging.models import Message, Thread
from messaging.models.thread import FOR_BUYER, FOR_SELLER
from messaging.states import Reason, Who
from orders.mails import one_line
from orders.models import Order

WORKS_FOR = timedelta(days=90)
"""How long after a thread's last message its addresses still take mail; its pages have no such limit."""

LOOP = "X-Shipby-Relay"
MOST_REFERENCES = 10
ALIASES = {FOR_BUYER: "buyer_alias", FOR_SELLER: "seller_alias"}
OF_ORDER = "o"
DIGITS, SIGNATURE = 17, 14
"""An order's alias is the letter, the digits of its number and a signature: as long as a thread's."""


@dataclass(frozen=True)
class Line:
    """What an address leads to: `side` is who writes to it, `thread` is None before an order's first mail.

    `key` stays the same for one address, whether the thread exists or not.
    """

    order: Order
    reason: str
    side: Who
    thread: Thread | None
    key: str


class NoSuchAddress(Exception):
    """Neither a thread nor an order has this address."""


class Expired(Exception):
    """Nothing happened in the thread, or to the order, for a long time; `thread` says in which, if there is one."""

    def __init__(self, thread: Thread | None) -> None:
        super().__init__()
        self.thread = thread


def address(thread: Thread, side: Who) -> str:
    """Where this side of the thread writes to."""
    alias = thread.buyer_alias if side == Who.BUYER else thread.seller_alias
    return f"{alias}@{settings.RELAY_DOMAIN}"


def is_ours(recipient: str) -> bool:
    """Whether mail to this address is the relay's to judge."""
    return recipient.rpartition("@")[2].strip("<> .").lower() == settings.RELAY_DOMAIN


def order_address(order: Order) -> str:
    """Return where the buyer answers the mails about an order; what they write is their thread about it."""
    return f"{_order_alias(order.number)}@{settings.RELAY_DOMAIN}"


def find(recipient: str, now: datetime) -> Line:
    """The thread and side of an address, however its letters are written. Raises NoSuchAddress or Expired."""
    alias = recipient.strip().strip("<>").rpartition("@")[0].lower()
    if not is_ours(recipient) or not alias.isascii() or not alias.isalnum():
        raise NoSuchAddress
    if alias[:1] == OF_ORDER:
        return _of_order(alias, now)
    if alias[:1] not in ALIASES:
        raise NoSuchAddress
    found = Thread.objects.select_related("order__seller__marketplace").filter(**{ALIASES[alias[0]]: alias})
    thread = found.first()
    if thread is None:
        raise NoSuchAddress
    if now - thread.last_message_at > WORKS_FOR:
        raise Expired(thread)
    side = Who.BUYER if alias[0] == FOR_BUYER else Who.SELLER
    return Line(thread.order, thread.reason, side, thread, str(thread.pk))


def _of_order(alias: str, now: datetime) -> Line:
    """The line of an order's address, which works as long after the order's last event as a thread's."""
    digits = alias[1 : 1 + DIGITS]
    number = f"{digits[:3]}-{digits[3:10]}-{digits[10:]}"
    order = Order.objects.select_related("seller__marketplace").filter(number=number).first()
    if order is None or not any(constant_time_compare(alias, known) for known in _order_aliases(number)):
        raise NoSuchAddress
    thread = order.threads.filter(reason=Reason.OTHER).first()
    last = order.events.order_by("-pk").values_list("at", flat=True).first()
    if order.personal_data_deleted_at or last is None or now - last > WORKS_FOR:
        raise Expired(thread)
    return Line(order, Reason.OTHER, Who.BUYER, thread, f"order {order.pk}")


def _order_alias(number: str) -> str:
    return _order_aliases(number)[0]


def _order_aliases(number: str) -> list[str]:
    """The alias by each secret key that still counts, the one in use first."""
    found = []
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        digest = salted_hmac("messaging.relay.order", number, secret=secret, algorithm="sha256").digest()
        signature = base64.b32encode(digest).decode().lower()[:SIGNATURE]
        found.append(f"{OF_ORDER}{number.replace('-', '')}{signature}")
    return found


def sender(message: Message, to: Who) -> str:
    """From whom the mail of a message comes: the writer's name, and the address where `to` answers."""
    order = message.thread.order
    names = {Who.BUYER: order.buyer_name, Who.SELLER: order.seller.name}
    name = one_line(names.get(Who(message.who), order.seller.marketplace.service_name))
    shown = f"{name} ({one_line(order.seller.marketplace.name)})".replace("@", " ")
    return formataddr((shown, address(message.thread, to)))


def headers(message: Message, to: Who) -> dict[str, str]:
    """What makes the mail of a message to this side one of a conversation, in any mail program."""
    thread = message.thread
    root = f"<{address(thread, to).replace('@', '.thread@')}>"
    known = [root, *_known_to(to, message)]
    told = {"Message-ID": message.message_id, "References": " ".join(known), LOOP: thread.reason}
    return {**told, "In-Reply-To": known[-1]}


def _known_to(side: Who, message: Message) -> list[str]:
    """The Message-IDs that this side's mail program has seen before this message, the oldest first."""
    before = message.thread.messages.filter(pk__lt=message.pk).order_by("-pk")[:MOST_REFERENCES]
    known = [each.came_as if each.who == side else each.message_id for each in reversed(before)]
    return [each for each in known if each]
