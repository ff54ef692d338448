"""Messages, the read side: what the address asks for, and the page of threads that answers it (C5)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import counting, keyset, moments
from accounts.keyset import FIRST, Page, Turn
from accounts.models import Seller
from messaging.models import Message, Thread, ThreadBuyer
from messaging.models.thread import ThreadQuerySet
from messaging.states import Reason, Who
from orders.lists import search
from orders.models import Order

URGENT = timedelta(hours=6)
"""So long before it is over, the reply clock is shown as urgent."""

LONGEST_WORDS = 160


class Show(models.TextChoices):
    """The lists of threads, as the tabs name them."""

    NEEDED = "needed", gettext_lazy("Response needed")
    OVERDUE = "overdue", gettext_lazy("Over 24 hours")
    UNREAD = "unread", gettext_lazy("Unread")
    ALL = "all", gettext_lazy("All")


NEEDED = Show.NEEDED
KEYS = {Show.NEEDED: "reply_due_at", Show.OVERDUE: "reply_due_at"}


@dataclass(frozen=True)
class Question:
    """All that the address of the list says; `url()` says it again with something changed."""

    show: Show = NEEDED
    text: str = ""
    turn: Turn = FIRST

    def url(self, **changes: Any) -> str:
        """The address of the same list with these changes, from its first page on."""
        asked = replace(self, **{"turn": FIRST, **changes})
        values = {
            "show": "" if asked.show == NEEDED else asked.show.value,
            "q": asked.text,
            "before": asked.turn.below or "",
            "after": asked.turn.above or "",
            "end": "1" if asked.turn.at_end else "",
        }
        given = urlencode({name: value for name, value in values.items() if value})
        return f"{reverse('messaging:list')}?{given}" if given else reverse("messaging:list")


@dataclass(frozen=True)
class Row:
    """One thread as the list shows it."""

    url: str
    buyer: str
    number: str
    reason: str
    words: str
    who: str
    at: str
    unread: int
    clock: moments.Countdown | None
    is_done: bool


def page(question: Question, seller: Seller, now: datetime) -> Page[Thread]:
    """The page that the question asks for: those that wait the longest first, of the other lists the newest."""
    found = _listed(question, seller, now)[question.show].select_related("order")
    return keyset.page(found, KEYS.get(question.show, "-last_message_at"), question.turn)


def counts(question: Question, seller: Seller, now: datetime) -> dict[str, int]:
    """How many threads each tab holds of what is searched for, up to the cap, in one query."""
    return counting.capped(_listed(question, seller, now))


def overdue(seller: Seller, now: datetime) -> int:
    """How many buyers wait for more than 24 hours, up to the cap (H1)."""
    return counting.capped({"": seller.threads.overdue(now)})[""]


def unread(seller: Seller) -> int:
    """How many threads hold something that nobody has opened, up to the cap."""
    return counting.capped({"": seller.threads.unread()})[""]


def rows(threads: list[Thread], zone: str, now: datetime) -> list[Row]:
    """The rows of a page, with the last message of each thread in one query."""
    newest = Message.objects.filter(thread__in=threads).order_by("thread_id", "-pk").distinct("thread_id")
    last = {message.thread_id: message for message in newest}
    return [_row(thread, last.get(thread.pk), zone, now) for thread in threads]


def clock(thread: Thread, now: datetime) -> moments.Countdown | None:
    """How the thread's 24 hours stand; None where nobody waits, or on a canceled order (C2, C5)."""
    if thread.reply_due_at is None or not thread.is_waiting:
        return None
    return moments.countdown(thread.reply_due_at, now, URGENT)


def _listed(question: Question, seller: Seller, now: datetime) -> dict[str, ThreadQuerySet]:
    """Each list, of what is searched for."""
    found = _matching(seller, question.text)
    return {
        Show.NEEDED: found.waiting(),
        Show.OVERDUE: found.overdue(now),
        Show.UNREAD: found.unread(),
        Show.ALL: found,
    }


def _matching(seller: Seller, text: str) -> ThreadQuerySet:
    """Threads of an order number or its beginning, or whose buyer's name or messages hold the words.

    Each is looked for by its own index; together in one condition none of them would serve.
    """
    found: ThreadQuerySet = seller.threads.all()
    if not text:
        return found
    said = Message.objects.filter(seller=seller, text__icontains=text).order_by().values("thread_id")
    named = ThreadBuyer.objects.filter(thread__seller=seller, name__icontains=text).values("thread_id")
    wanted: list[models.QuerySet[Any, Any]] = [said, named]
    if number := search.number(text):
        orders = Order.objects.filter(seller=seller, number__startswith=number)
        wanted.append(found.filter(order__in=orders.order_by()).order_by().values("pk"))
    return found.filter(pk__in=wanted[0].union(*wanted[1:]))


def _row(thread: Thread, last: Message | None, zone: str, now: datetime) -> Row:
    order = thread.order
    words = " ".join(last.text.split()) if last else ""
    return Row(
        url=address(thread),
        buyer=order.buyer_name or _("Buyer"),
        number=order.number,
        reason=str(Reason(thread.reason).label),
        words=f"{words[:LONGEST_WORDS]}…" if len(words) > LONGEST_WORDS else words,
        who="" if thread.last_who == Who.BUYER else _writer(thread),
        at=moments.text(thread.last_message_at, zone),
        unread=thread.unread,
        clock=clock(thread, now),
        is_done=thread.no_reply_needed_at is not None,
    )


def _writer(thread: Thread) -> str:
    """Who wrote last, where it was not the buyer."""
    return _("You") if thread.last_who == Who.SELLER else str(Who(thread.last_who).label)


def address(thread: Thread, order: Order | None = None) -> str:
    """The page of the thread's order, with this thread open."""
    page = reverse("messaging:order", args=[(order or thread.order).number])
    return f"{page}?{urlencode({'about': thread.reason})}"
