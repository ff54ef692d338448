"""The figures of a period as pictures and ready texts, the same on a page and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_interval, format_skeleton
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import counting
from accounts.locales import babel_locale
from accounts.money import Money
from reports.figures import Day, Part

MOST_BARS = 92
MOST_TICKS = 8


@dataclass(frozen=True)
class Picture:
    """Bars for `components/bar_chart.html`, and the table that says the same."""

    title: str
    bars: list[dict[str, Any]]
    top: int
    top_text: str


@dataclass(frozen=True)
class Share:
    """A row with a bar: `width` is its part of the largest, in hundredths."""

    name: str
    more: str
    count: str
    amount: str
    width: int


def period(first: date, last: date) -> str:
    """The days as the reader writes them: "Nov 1 – 20, 2026"."""
    if first == last:
        return str(format_skeleton("yMMMEd", first, locale=babel_locale()))
    return str(format_interval(first, last, "yMMMd", locale=babel_locale()))


def orders(days: Sequence[Day]) -> Picture:
    """How many orders each day had; of a long period, each few days together."""
    title = _("Orders, without canceled ones")
    return _picture(title, days, [day.orders for day in days], _orders, counting.written)


def sales(days: Sequence[Day], currency: str) -> Picture:
    """What the orders of each day cost their buyers."""

    def money(amount: int) -> str:
        return str(Money(amount, currency))

    return _picture(_("Sales, without canceled orders"), days, [day.amount for day in days], money, money)


def shares(parts: Sequence[Part], currency: str) -> list[Share]:
    """Each part with its bar, the largest first."""
    top = max((part.amount for part in parts), default=0) or 1
    return [
        Share(
            part.name or "–",
            part.more,
            counting.written(part.count),
            str(Money(part.amount, currency)),
            round(1000 * part.amount / top),
        )
        for part in parts
    ]


def _picture(title: str, days: Sequence[Day], values: Sequence[int], text: Any, top_text: Any) -> Picture:
    step = -(-len(days) // MOST_BARS)
    places = range(0, len(days), step)
    every = -(-len(places) // MOST_TICKS)
    bars = []
    for number, place in enumerate(places):
        last, value = min(place + step, len(days)) - 1, sum(values[place : place + step])
        bars.append(
            {
                "label": period(days[place].day, days[last].day),
                "tick": _tick(days[place].day) if number % every == every // 2 else "",
                "value": value,
                "text": text(value),
            }
        )
    if step > 1:
        title = _("%(title)s; each bar is %(days)s days") % {"title": title, "days": step}
    top = max(bar["value"] for bar in bars)
    return Picture(title, bars, max(top, 1), top_text(top))


def _tick(day: date) -> str:
    return str(format_skeleton("Md", day, locale=babel_locale()))


def _orders(number: int) -> str:
    return ngettext("%(n)s order", "%(n)s orders", number) % {"n": counting.written(number)}


def day_rows(days: Sequence[Day]) -> list[dict[str, str]]:
    """The days as a table, the newest first."""
    return [
        {
            "day": period(day.day, day.day),
            "orders": counting.written(day.orders),
            "canceled": counting.written(day.canceled),
        }
        for day in reversed(days)
    ]
