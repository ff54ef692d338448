"""Home: what cannot wait, then the day at a glance (H1, H2)."""

from datetime import date, timedelta
from typing import Any

from babel.dates import format_skeleton
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import calendars, clock, counting
from accounts.locales import babel_locale
from accounts.models import Right
from accounts.rights import SellerRequest
from orders import counts, home_warnings, slots
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
    held, waiting = counts.by_tab(seller), home_warnings.count(seller, now)
    days = counts.by_day(seller, today - timedelta(days=DAYS - 1), today)
    context = {
        "seller": seller,
        "warnings": [
            *home_warnings.of(seller, waiting, now),
            *slots.fill("home", seller, request.membership, now),
        ],
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
