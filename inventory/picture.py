"""The quantity over time as bars: what is on hand, the part of it that orders hold, and what they hold beyond it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inventory.ledger import Day

HEIGHT = 160
EVERY = 7


@dataclass(frozen=True)
class Bar:
    """One day: its parts from the ground up, in the picture's own units, and its words."""

    free: int
    held: int
    beyond: int
    label: str
    tick: str

    @property
    def held_and_free(self) -> int:
        """How high the bar stands without what is missing."""
        return self.held + self.free


@dataclass(frozen=True)
class Picture:
    """The bars, and the figure that the highest line stands for."""

    bars: Sequence[Bar]
    top: int


def of(days: Sequence[Day]) -> Picture:
    """Scaled to the highest day."""
    top = max(max(day.on_hand, day.reserved) for day in days) or 1
    last = len(days) - 1
    bars = [_bar(day, top, is_named=(last - place) % EVERY == 0) for place, day in enumerate(days)]
    return Picture(bars, top)


def _bar(day: Day, top: int, *, is_named: bool) -> Bar:
    held = round(min(day.reserved, day.on_hand) * HEIGHT / top)
    whole = round(day.on_hand * HEIGHT / top)
    highest = round(max(day.on_hand, day.reserved) * HEIGHT / top)
    words = {"day": day.day, "on_hand": day.on_hand, "reserved": day.reserved}
    return Bar(
        free=whole - held,
        held=held,
        beyond=highest - whole,
        label=_("%(day)s: on hand %(on_hand)d, reserved %(reserved)d") % words,
        tick=f"{day.day:%m-%d}" if is_named else "",
    )
