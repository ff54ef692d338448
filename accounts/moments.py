"""Points in time in words: with their zone, and how long it is until then."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel.units import format_unit

from accounts.locales import babel_locale

UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
URGENT = timedelta(days=1)


@dataclass(frozen=True)
class Countdown:
    """A deadline as components/deadline.html shows it: the time left, or the time since once it is past."""

    moment: datetime
    left: str
    is_past: bool
    is_urgent: bool


def countdown(moment: datetime, now: datetime, urgent: timedelta = URGENT) -> Countdown:
    """How a deadline stands at this moment; the deadline itself is still inside."""
    is_past = now > moment
    return Countdown(
        moment=moment,
        left=left(abs(moment - now)),
        is_past=is_past,
        is_urgent=not is_past and moment - now < urgent,
    )


def left(time: timedelta) -> str:
    """The two largest units, "2d 4h" or "12m 30s", in the reader's language, as countdown.js writes them."""
    seconds = max(int(time.total_seconds()), 0)
    first = next((place for place, (_unit, size) in enumerate(UNITS) if seconds >= size), len(UNITS) - 1)
    locale = babel_locale()
    # Babel has no narrow units for Chinese; its short ones are what a browser writes as narrow.
    length: Literal["narrow", "short"] = "narrow" if locale == "en" else "short"
    words = []
    for unit, size in UNITS[first : first + 2]:
        amount, seconds = divmod(seconds, size)
        words.append(format_unit(amount, f"duration-{unit}", length=length, locale=locale))
    return " ".join(words)


def text(moment: datetime, zone: str) -> str:
    """The moment on a clock of that zone, and the zone: "2026-11-20 12:00 EST"."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"
