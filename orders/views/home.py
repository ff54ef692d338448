"""Home: what cannot wait, then the day at a glance (H1, H2)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_skeleton
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import calendars, clock, counting, moments
from accounts.locales import babel_locale
from accounts.models import Right, Seller
from accounts.rights import SellerRequest
from orders import attention, counts
from orders.attention import Attention
from orders.counts import Day
from orders.desk import Question
from orders.states import Tab

DAYS = 14


@login_required
@require_safe
def home(request: SellerRequest) -> HttpResponse:
    """Warnings first, each leading to the list that it counts; a friendly page for who may not see orders."""
    if request.membership is None or not request.membership.may(Right.VIEW):
        return render(request, "orders/home_bare.html")
    seller, now = request.seller, clock.now()
    today = calendars.local_date(now, seller.marketplace.time_zone)
    held, waiting = counts.by_tab(seller), attention.count(seller, now)
    days = counts.by_day(seller, today - timedelta(days=DAYS - 1), today)
    context = {
        "seller": seller,
        "warnings": list(_warnings(seller, waiting, now)),
        "ship_today": counting.written_capped(waiting[Attention.SHIP_TODAY]),
        "ship_today_url": Question(attention=Attention.SHIP_TODAY).url(),
        "tabs": [
            {"label": tab.label, "count": counting.written(held[tab]), "url": Question(tab=tab).url()}
            for tab in Tab
        ],
        "is_new": not any(held.values()),
        **_picture(days),
    }
    return render(request, "orders/home.html", context)


def _warnings(seller: Seller, waiting: Mapping[str, int], now: datetime) -> Iterator[dict[str, Any]]:
    """A banner for each kind that has orders, the most urgent kind first (O10, O17, O18)."""
    for kind, (tone, title, body) in _words(seller).items():
        number = waiting[kind]
        if number:
            yield {
                "tone": tone,
                "title": title(number) % {"n": counting.written_capped(number)},
                "body": body,
                "url": Question(attention=kind).url(),
                "nearest": _nearest(seller, now) if kind == Attention.ABOUT_TO_CANCEL else None,
            }


def _words(seller: Seller) -> dict[Attention, tuple[str, Any, str]]:
    """Tone, title by number, and what it means, of each warning."""
    days = seller.marketplace.confirm_business_days
    return {
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


def _picture(days: list[Day]) -> dict[str, Any]:
    """What was ordered on each of the days, for the bars and for the table beside them."""
    top = max(day.sold for day in days)
    return {
        "days": [
            {
                "day": _day(day.day),
                "sold": counting.written(day.sold),
                "canceled": counting.written(day.canceled),
            }
            for day in days
        ],
        "bars": [_bar(day, place) for place, day in enumerate(reversed(days))][::-1],
        "top": max(top, 1),
        "top_text": counting.written(top),
        "sold": counting.written(sum(day.sold for day in days)),
    }


def _bar(day: Day, days_ago: int) -> dict[str, Any]:
    """One bar; every second one has its day below it, today among them."""
    return {
        "label": _day(day.day),
        "tick": "" if days_ago % 2 else _written(day.day, "Md"),
        "value": day.sold,
        "text": ngettext("%(n)s order", "%(n)s orders", day.sold) % {"n": counting.written(day.sold)},
    }


def _day(day: date) -> str:
    """The day with its weekday, as the reader writes it: "Fri, Nov 20"."""
    return _written(day, "MMMEd")


def _written(day: date, skeleton: str) -> str:
    return str(format_skeleton(skeleton, day, locale=babel_locale()))
