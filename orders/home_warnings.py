"""The warnings of the home page: what cannot wait, each leading to the list that it counts (H1)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import counting, moments
from accounts.models import Seller
from orders.lists import attention
from orders.lists.attention import Attention
from orders.lists.desk import Question
from orders.slots import Filling

TEMPLATE = "orders/home_warning.html"
OVERSOLD = "oversold"


def count(seller: Seller, now: datetime) -> dict[str, int]:
    """How much each warning counts, up to the cap, in one query."""
    oversold = seller.listings.filter(reserved__gt=F("on_hand"))
    return counting.capped({**attention.lists(seller, now), OVERSOLD: oversold})


def of(seller: Seller, waiting: Mapping[str, int], now: datetime) -> Iterator[Filling]:
    """A banner for each kind that has something, the most urgent kind first (I4, O10, O15, O17, O18)."""
    for kind, (tone, title, body) in _words(seller).items():
        number = waiting[kind]
        if number:
            nearest = _nearest(seller, now) if kind == Attention.ABOUT_TO_CANCEL else None
            yield warning(tone, title, number, body, Question(attention=kind).url(), nearest)
    if number := waiting[OVERSOLD]:
        yield _oversold(number)


def warning(
    tone: str, title: Any, number: int, body: str, url: str, nearest: moments.Countdown | None = None
) -> Filling:
    """A banner; `title` gives the words for a number, with a place for it."""
    words = title(number) % {"n": counting.written_capped(number)}
    return Filling(TEMPLATE, {"tone": tone, "title": words, "body": body, "url": url, "nearest": nearest})


def _oversold(number: int) -> Filling:
    return warning(
        "bad",
        lambda n: ngettext("%(n)s listing is oversold", "%(n)s listings are oversold", n),
        number,
        _("Orders hold more units than there are. Decide which orders cannot be met, and tell their buyers."),
        f"{reverse('inventory:list')}?{urlencode({'status': OVERSOLD})}",
    )


def _words(seller: Seller) -> dict[Attention, tuple[str, Any, str]]:
    """Tone, title by number, and what it means, of each warning."""
    days = seller.marketplace.confirm_business_days
    return {
        Attention.CHARGE_REFUSED: (
            "bad",
            lambda n: ngettext("%(n)s charge was refused", "%(n)s charges were refused", n),
            _(
                "The shipments of these orders are not confirmed. Confirm each one again to charge the buyer, "
                "or the order is canceled at its deadline and you are not paid."
            ),
        ),
        Attention.ABOUT_TO_CANCEL: (
            "bad",
            lambda n: ngettext(
                "%(n)s order is about to be canceled", "%(n)s orders are about to be canceled", n
            ),
            _(
                "Orders not confirmed within %(days)d business days after their ship-by date are canceled: "
                "the buyer is not charged and you are not paid, even if the parcel has left."
            )
            % {"days": days},
        ),
        Attention.LATE: (
            "bad",
            lambda n: ngettext("%(n)s shipment is late", "%(n)s shipments are late", n),
            _("They are past their ship-by date. Confirm each shipment as soon as the parcel leaves."),
        ),
        Attention.HOLD_ENDING: (
            "bad",
            lambda n: ngettext("%(n)s payment hold ends", "%(n)s payment holds end", n),
            _(
                "The hold on the buyer's card could not be renewed. Ship before it ends: "
                "a later charge may be declined, and then the shipment isn't confirmed."
            ),
        ),
        Attention.DISPUTED: (
            "bad",
            lambda n: ngettext("%(n)s charge is disputed", "%(n)s charges are disputed", n),
            _(
                "The buyer's bank asks for the money back. Send the marketplace's customer service your proof of "
                "delivery; without a response the dispute is lost."
            ),
        ),
        Attention.CANCEL_REQUESTED: (
            "warn",
            lambda n: ngettext("%(n)s buyer asks to cancel", "%(n)s buyers ask to cancel", n),
            _(
                "Accept or decline before you ship. "
                "Accepted requests do not count against your cancellation rate."
            ),
        ),
    }


def _nearest(seller: Seller, now: datetime) -> moments.Countdown | None:
    """The countdown to the first of the cancellations."""
    deadlines = seller.orders.about_to_be_canceled(now).order_by("warn_at", "pk")
    deadline = deadlines.values_list("confirm_deadline", flat=True).first()
    return moments.countdown(deadline, now) if deadline else None
