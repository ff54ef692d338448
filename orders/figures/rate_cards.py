"""Performance rates as pages show them: figure, target, whether it is met, and its course as a picture (H2)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_percent
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import counting
from accounts.locales import babel_locale
from orders.figures import rates, sales, tallies
from orders.figures.rates import ONE_DAY, Rate, Tally

WIDTH, HEIGHT = 300, 40
TONES = {True: "good", False: "bad", None: ""}


@dataclass(frozen=True)
class Point:
    """The rate of the days up to this one; `text` is the share in words, `of` how many of how many."""

    day: date
    share: Fraction | None
    text: str
    of: str


@dataclass(frozen=True)
class Card:
    """A rate over so many days, every part of it a ready text; `points` is its course, the oldest first."""

    slug: str
    label: str
    means: str
    days: int
    share: str
    of: str
    target: str
    standing: str
    tone: str
    icon: str
    url: str
    points: tuple[Point, ...]
    course: str
    line: str
    target_at: int

    @property
    def is_known(self) -> bool:
        """Whether there was anything to judge."""
        return bool(self.tone)


def of(asked: rates.Period) -> list[Card]:
    """Every rate over its first span, of a period of the longest span."""
    return [card(rate, rate.spans[0], rate.by_day(asked), asked.last) for rate in rates.all_rates()]


def card(rate: Rate, days: int, by_day: Mapping[date, Tally], last: date) -> Card:
    """A rate over so many days up to the last."""
    points = tuple(_point(rate, days, by_day, day) for day in _course(days, last))
    now = points[-1]
    is_met = None if now.share is None else rate.is_met(now.share)
    shown = [float(point.share) for point in points if point.share is not None]
    low, high = _range(rate, shown)
    return Card(
        slug=rate.slug,
        label=str(rate.label),
        means=str(rate.means),
        days=days,
        share=now.text,
        of=now.of,
        target=_target(rate),
        standing=_standing(is_met),
        tone=TONES[is_met],
        icon="info-circle" if is_met is None else "circle-check" if is_met else "alert-triangle",
        url=url(rate.slug, days),
        points=points,
        course=_told([point for point in points if point.share is not None]),
        line=_line(points, low, high),
        target_at=_height(float(rate.limit), low, high),
    )


def url(slug: str, days: int) -> str:
    """The page of a rate, with the orders behind it."""
    return f"{reverse('performance')}?{urlencode({'rate': slug, 'days': days})}"


def percent(share: Fraction, *, is_good: bool) -> str:
    """A share with at most two decimals, as the reader writes it, and never beyond a target that it meets."""
    cut = (math.ceil if is_good else math.floor)(share * 10_000)
    return format_percent(Decimal(cut) / 10_000, format="0.##%", locale=babel_locale())


def _course(days: int, last: date) -> list[date]:
    """The days for which all the days of the rate lie within the longest span; the last alone where it fills it."""
    return tallies.days(last - (rates.LONGEST - days) * ONE_DAY, last)


def _point(rate: Rate, days: int, by_day: Mapping[date, Tally], day: date) -> Point:
    tally = rates.together(by_day, day, days)
    share = rate.share(tally)
    written = {"against": counting.written(_counted(rate, tally)), "of": counting.written(tally.of)}
    told = rate.figures(tally.of) % written
    if tally.against and not tally.of:
        told = _("%(against)s, with no orders to compare with") % written
    return Point(day, share, "–" if share is None else percent(share, is_good=rate.is_good), told)


def _counted(rate: Rate, tally: Tally) -> int:
    return max(tally.of - tally.against, 0) if rate.is_good else tally.against


def _target(rate: Rate) -> str:
    words = {"limit": percent(rate.limit, is_good=rate.is_good)}
    return _("Target: over %(limit)s") % words if rate.is_good else _("Target: under %(limit)s") % words


def _standing(is_met: bool | None) -> str:
    if is_met is None:
        return _("No figure yet")
    return _("On target") if is_met else _("Off target")


def _told(points: list[Point]) -> str:
    """The course in words, for those who do not see the picture."""
    if len(points) < 2:
        return ""
    words: dict[str, Any] = {"first": points[0].text, "last": points[-1].text}
    words["day"] = sales.written(points[0].day, "MMMd")
    return _("From %(first)s on %(day)s to %(last)s today") % words


def _range(rate: Rate, shown: list[float]) -> tuple[float, float]:
    """From what to what the picture reaches: the target always lies inside."""
    limit = float(rate.limit)
    if rate.is_good:
        return min([*shown, limit - (1 - limit)]), 1.0
    return 0.0, max([*shown, 2 * limit])


def _height(share: float, low: float, high: float) -> int:
    return round(HEIGHT - (share - low) / (high - low) * HEIGHT)


def _line(points: tuple[Point, ...], low: float, high: float) -> str:
    """The points of a polyline; a day without a share is passed over."""
    steps = max(len(points) - 1, 1)
    return " ".join(
        f"{round(place / steps * WIDTH)},{_height(float(point.share), low, high)}"
        for place, point in enumerate(points)
        if point.share is not None
    )
