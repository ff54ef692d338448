"""The addresses behind which buyer and seller write to each other, and what keeps their mails together (C1).

Each thread has two addresses, one for each side: the buyer's mails come from, and are answered to, the one that
only the buyer knows. Whoever learns it learns nothing about the other side, and writes as the buyer only from the
buyer's own mailbox.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr

from django.conf import settings

from messaging.models import Message, Thread
from messaging.models.thread import FOR_BUYER, FOR_SELLER
from messaging.states import Who
from orders.mails import one_line

WORKS_FOR = timedelta(days=90)
"""How long after a thread's last message its addresses still take mail; its pages have no such limit."""

LOOP = "X-Shipby-Relay"
MOST_REFERENCES = 10
ALIASES = {FOR_BUYER: "buyer_alias", FOR_SELLER: "seller_alias"}


@dataclass(frozen=True)
class Line:
    """A thread by one of its addresses: `side` is who writes to it."""

    thread: Thread
    side: Who


class NoSuchAddress(Exception):
    """No thread has this address."""


class Expired(Exception):
    """Nothing was written in the thread for a long time; `thread` says in which."""

    def __init__(self, thread: Thread) -> None:
        super().__init__()
        self.thread = thread


def address(thread: Thread, side: Who) -> str:
    """Where this side of the thread writes to."""
    alias = thread.buyer_alias if side == Who.BUYER else thread.seller_alias
    return f"{alias}@{settings.RELAY_DOMAIN}"


def is_ours(recipient: str) -> bool:
    """Whether mail to this address is the relay's to judge."""
    return recipient.rpartition("@")[2].strip("<> .").lower() == settings.RELAY_DOMAIN


def find(recipient: str, now: datetime) -> Line:
    """The thread and side of an address, however its letters are written. Raises NoSuchAddress or Expired."""
    alias = recipient.strip().strip("<>").rpartition("@")[0].lower()
    if not is_ours(recipient) or alias[:1] not in ALIASES or not alias.isascii() or not alias.isalnum():
        raise NoSuchAddress
    found = Thread.objects.select_related("order__seller__marketplace").filter(**{ALIASES[alias[0]]: alias})
    thread = found.first()
    if thread is None:
        raise NoSuchAddress
    if now - thread.last_message_at > WORKS_FOR:
        raise Expired(thread)
    return Line(thread, Who.BUYER if alias[0] == FOR_BUYER else Who.SELLER)


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
