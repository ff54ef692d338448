"""Today's work on the home page: calm tiles, each leading to the list that it counts (H2).

The apps above give theirs in the slot "home_work" (ADR 10): a Filling of TEMPLATE with a list of tiles.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts import counting
from orders.slots import Filling

TEMPLATE = "orders/home_tiles.html"


@dataclass(frozen=True)
class Tile:
    """How much of one kind waits, and where."""

    label: str
    count: str
    url: str
    icon: str
    is_done: bool


def tile(label: str, number: int, url: str, icon: str) -> Tile:
    """A tile of a number that was counted up to the cap."""
    return Tile(label, counting.written_capped(number), url, icon, number == 0)


def tiles(of: Iterable[Tile]) -> Filling:
    """What an app gives to the slot."""
    return Filling(TEMPLATE, {"tiles": list(of)})
