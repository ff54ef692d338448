"""Which pages are timed, for a seller: the lists at three places, the searches, one order, home, and the floor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accounts.keyset import SIZE, Cursor, Turn
from benchmarks.market import Trader
from benchmarks.timing import Probe
from orders.desk import NEWEST, Question
from orders.models import Order
from orders.states import Tab

FAR_PAGE = 1_000
# A search by the beginning of a number finds about so many orders, whoever searches.
FOUND_BY_PREFIX = 100
DIFFERENT_ORDERS = 30
FLOOR = "the floor: a bare page of 50 orders"
FLOOR_INSIDE = "the same behind the portal's middleware"
FLOORS = (FLOOR, FLOOR_INSIDE)


@dataclass(frozen=True)
class Aim:
    """What a page should cost at most, by its work: times the floor, or as another page."""

    times_floor: float | None = None
    as_work: str | None = None
    is_list: bool = False


def name(tab: str, place: str) -> str:
    """What a page of a list is called in the tables."""
    return f"{Tab(tab).label}, {place}"


FIRST, FAR, LAST = "page 1", f"page {FAR_PAGE}", "last page"
EXACT, PREFIX = "search, whole number", "search, its beginning"
DETAIL, HOME = "order detail", "home"
AIMS: dict[str, Aim] = {
    **{name(tab, FIRST): Aim(times_floor=2.5, is_list=True) for tab in Tab.values},
    **{
        name(tab, place): Aim(as_work=name(tab, FIRST), is_list=True)
        for tab in Tab.values
        for place in (FAR, LAST)
    },
    EXACT: Aim(as_work=name(Tab.SHIPPED, FIRST)),
    PREFIX: Aim(as_work=name(Tab.SHIPPED, FIRST)),
    DETAIL: Aim(times_floor=2.5),
    HOME: Aim(times_floor=2.5),
}


def probes(trader: Trader, site: str, floor: str) -> Iterator[Probe]:
    """Every page of this seller that is timed, and the floor on its data."""
    for work, paths in _pages(trader):
        yield Probe(work, trader.name, site, trader.cookie, paths, shows=trader.seller.name)
    for work, address in zip(FLOORS, (floor, site), strict=True):
        path = f"/floor/{trader.seller.pk}/"
        yield Probe(work, trader.name, address, trader.cookie, [path], shows="<td>shipped")


def _pages(trader: Trader) -> Iterator[tuple[str, Sequence[str]]]:
    for tab in Tab.values:
        yield name(tab, FIRST), [Question(tab=tab).url()]
        yield name(tab, FAR), [Question(tab=tab, turn=Turn(below=_far(trader, tab))).url()]
        yield name(tab, LAST), [Question(tab=tab, turn=Turn(at_end=True)).url()]
    numbers = _numbers(trader)
    yield EXACT, [Question(tab=Tab.SHIPPED, text=number).url() for number in numbers]
    length = _prefix_length(trader.orders)
    yield PREFIX, [Question(tab=Tab.SHIPPED, text=number[:length]).url() for number in numbers]
    yield DETAIL, [f"/orders/{number}/" for number in numbers]
    yield HOME, ["/"]


def _far(trader: Trader, tab: str) -> Cursor | None:
    """Where the far page begins: the 1,000th, or the middle one of a shorter list."""
    found = trader.seller.orders.on_tab(tab).order_by(NEWEST, "-id")
    pages = found.count() // SIZE
    page = FAR_PAGE if pages > FAR_PAGE else pages // 2
    last = list(found.values_list("placed_at", "pk")[page * SIZE - 1 : page * SIZE] if page else [])
    return Cursor(*last[0]) if last else None


def _numbers(trader: Trader) -> list[str]:
    """Numbers of shipped orders from all over the year."""
    found = trader.seller.orders.on_tab(Tab.SHIPPED).order_by("pk")
    step = max(found.count() // DIFFERENT_ORDERS, 1)
    keys = list(found.values_list("pk", flat=True))[::step][:DIFFERENT_ORDERS]
    return list(Order.objects.filter(pk__in=keys).order_by("pk").values_list("number", flat=True))


def _prefix_length(orders: int) -> int:
    """How many characters of a number so many orders share; the dash after the third is not worth typing."""
    digits = 1
    while orders / (9 * 10 ** (digits - 1)) > FOUND_BY_PREFIX * 2:
        digits += 1
    return digits if digits <= 3 else digits + 1
