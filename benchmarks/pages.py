"""Which pages are timed, for a seller: the lists at three places, the searches, one order, home, and the floor."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from accounts.keyset import SIZE, Cursor, Turn
from benchmarks.market import Trader
from benchmarks.timing import Probe
from inventory.models import Fulfilment
from orders.forms.desk import Noted, Printed, ShipBy, Sort
from orders.lists.attention import Attention
from orders.lists.desk import NEWEST, Question
from orders.models import Order, OrderItem
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
    """What a page should cost at most, by its work: times the floor, or as another page, or `most` times that."""

    times_floor: float | None = None
    as_work: str | None = None
    is_list: bool = False
    most: float | None = None


def name(tab: str, place: str) -> str:
    """What a page of a list is called in the tables."""
    return f"{Tab(tab).label}, {place}"


FIRST, FAR, LAST = "page 1", f"page {FAR_PAGE}", "last page"
EXACT, PREFIX = "search, whole number", "search, its beginning"
DETAIL, HOME = "order detail", "home"
NOWHERE = tuple(f"999-0000000-000000{place}" for place in range(4))
# What is typed into the search box, by what it is taken for; each on the list of shipped orders.
SEARCHES: dict[str, Callable[[Order, OrderItem], str]] = {
    "search, last digits": lambda order, _item: order.number[-5:],
    "search, five numbers": lambda order, _item: f"{order.number} " + " ".join(NOWHERE),
    "search, channel's reference": lambda order, _item: order.reference,
    "search, tracking number": lambda order, _item: f"1Z{order.pk:016d}",
    "search, SKU": lambda _order, item: item.sku,
    "search, SKU's beginning": lambda _order, item: item.sku[:-1],
    "search, ASIN": lambda _order, item: item.asin,
    "search, buyer": lambda order, _item: order.buyer_name,
    "search, part of a name": lambda order, _item: f"buyer:{order.buyer_name[-4:]}",
    "search, word of few titles": lambda _order, item: f"title:{item.title.split(',')[0][-3:]}",
    "search, word of all titles": lambda _order, _item: "title:dishwasher",
    "search, nothing": lambda _order, _item: "zzzz nothing",
}
# Filters and sorts of the unshipped orders, alone and together.
NARROWED: dict[str, Question] = {
    "filter, channel": Question(channels=("bench",)),
    "filter, another channel": Question(channels=("nowhere",)),
    "filter, fulfilment": Question(fulfilment=Fulfilment.AFN),
    "filter, service": Question(service="Standard"),
    "filter, service without orders": Question(service="None such"),
    "filter, ship by this week": Question(ship_by=ShipBy.WEEK),
    "filter, late": Question(ship_by=ShipBy.LATE),
    "filter, not printed": Question(printed=Printed.NO),
    "filter, printed": Question(printed=Printed.YES),
    "filter, with a note": Question(note=Noted.YES),
    "filter, cancel requested": Question(attention=Attention.CANCEL_REQUESTED),
    "filter, fulfilment, service, printed": Question(
        fulfilment=Fulfilment.AFN, service="Standard", printed=Printed.YES
    ),
    "filter, shipped, printed": Question(tab=Tab.SHIPPED, printed=Printed.YES),
    "sort, oldest": Question(sort=Sort.OLDEST),
    "sort, ship-by date": Question(sort=Sort.SHIP_BY),
    "sort, ship-by date, latest": Question(sort=Sort.SHIP_BY_LAST),
    "a page of 100": Question(size=100),
}
AIMS: dict[str, Aim] = {
    **{name(tab, FIRST): Aim(times_floor=2.5, is_list=True) for tab in Tab.values},
    **{
        name(tab, place): Aim(as_work=name(tab, FIRST), is_list=True)
        for tab in Tab.values
        for place in (FAR, LAST)
    },
    EXACT: Aim(as_work=name(Tab.SHIPPED, FIRST)),
    PREFIX: Aim(as_work=name(Tab.SHIPPED, FIRST)),
    **{work: Aim(as_work=name(Tab.SHIPPED, FIRST), most=2.0) for work in SEARCHES},
    **{work: Aim(as_work=name(Tab.UNSHIPPED, FIRST), most=2.0) for work in NARROWED},
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
    yield from _searches(trader, numbers)
    for work, question in NARROWED.items():
        yield work, [question.url()]
    yield DETAIL, [f"/orders/{number}/" for number in numbers]
    yield HOME, ["/"]


def _searches(trader: Trader, numbers: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Each search for what different orders say."""
    found = OrderItem.objects.filter(order__number__in=numbers, seller=trader.seller).select_related("order")
    items = {item.order_id: item for item in found}
    for work, typed in SEARCHES.items():
        texts = [typed(item.order, item) for item in items.values()]
        yield work, [Question(tab=Tab.SHIPPED, text=text).url() for text in texts]


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
