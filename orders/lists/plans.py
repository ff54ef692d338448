"""By which index the orders of a question are walked: the one that leaves the least to be passed over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from accounts.models import Seller
from orders.forms.desk import Printed, Question
from orders.lists import attention, filters
from orders.lists.filters import Facet
from orders.lists.kinds import OF_BUYERS, OF_PRODUCTS, Find, Kind
from orders.lists.walks import Listed, Merged, Source, Wanted, rows_of
from orders.states import OPEN, TAB_STATUSES, OrderStatus, Tab

OWN = "seller_id = %(seller)s"
OPEN_ONLY = f"status IN ('{OrderStatus.UNSHIPPED}', '{OrderStatus.PARTIALLY_SHIPPED}')"
# Nothing is walked that was placed before all orders of the list.
SINCE = f"AND placed_at >= (SELECT min(placed_at) FROM orders_order WHERE {OWN} AND {{tab}})"  # noqa: S608


@dataclass(frozen=True)
class Plan:
    """The wanted orders, and the source that is walked for them."""

    source: Source
    wanted: Wanted
    is_descending: bool


@dataclass(frozen=True)
class Asked:
    """A question with all that is needed to answer it."""

    question: Question
    seller: Seller
    now: datetime
    find: Find | None
    facets: Sequence[Facet]

    @property
    def is_by_words(self) -> bool:
        """Whether the orders of a few products or names are walked, and are all that the text names."""
        return bool(self.find and self.find.kind in OF_PRODUCTS | OF_BUYERS and not self.find.is_broad)

    @property
    def is_pasted(self) -> bool:
        """Whether the numbers themselves were named: then each is shown, whatever list it stands on."""
        return bool(self.find and self.find.kind == Kind.NUMBERS)

    @property
    def wanted(self) -> Wanted:
        """Exactly the orders that the list shows over all its pages."""
        return self.narrowed.filter(filters.named(self.find)) if self.find else self.narrowed

    @property
    def walked(self) -> Wanted:
        """What is still to be asked of an order that its source gave: of those of a word not the word again."""
        if not self.is_by_words or self.find is None:
            return self.wanted
        hidden = {"status": OrderStatus.PENDING} if self.find.kind in OF_BUYERS else {"pk": 0}
        return self.narrowed.exclude(**hidden)

    @property
    def narrowed(self) -> Wanted:
        """The orders of the tab or the warning that suit all filters but the text; of pasted numbers, of any tab."""
        question = self.question
        if question.attention:
            found = attention.orders(self.seller, question.attention, self.now)
        elif question.tab and not self.is_pasted:
            found = self.seller.orders.on_tab(question.tab)
        else:
            found = self.seller.orders.all()
        return found.filter(filters.conditions(question, self.seller, self.now))


def of(asked: Asked) -> Plan:
    """How the question is answered at a cost that does not grow with the number of orders."""
    key = filters.sorting(asked.question)
    return Plan(_source(asked, key.removeprefix("-")), asked.walked, key.startswith("-"))


def wider(asked: Asked) -> Iterable[Asked]:
    """Where else the same text is looked for, when nothing under the tab suits."""
    return _each_list(asked) if asked.find and asked.find.is_broad else [_everywhere(asked)]


def _everywhere(asked: Asked) -> Asked:
    """The same search on all lists and days, without any filter."""
    question = asked.question
    plain = Question(tab="", text=question.text, size=question.size, turn=question.turn)
    return replace(asked, question=plain)


def _each_list(asked: Asked) -> Iterator[Asked]:
    """The same search on each list by itself: all of them together stand in no index."""
    plain = _everywhere(asked)
    for tab in Tab.values:
        yield replace(plain, question=replace(plain.question, tab=tab))


def _source(asked: Asked, key: str) -> Source:
    question, find = asked.question, asked.find
    if find and asked.is_by_words:
        return _words(asked, find)
    if find:
        return Listed(asked.wanted, key) if not find.is_broad else _list(asked, key)
    if question.note:
        return _walk(asked, "orders_ordernote", "order_id", OWN, {}, 1)
    if question.attention:
        found = attention.orders(asked.seller, question.attention, asked.now)
        return Listed(found, key, _is_only(question, "attention"))
    if question.ship_by:
        due = filters.ship_by(question.ship_by, asked.seller, asked.now)
        return Listed(asked.seller.orders.filter(due), key, _is_only(question, "ship_by"))
    if key == "ship_by":
        return _by_ship_date(asked)
    return _facets(asked) if filters.is_narrow(question) else _list(asked, key)


def _list(asked: Asked, key: str) -> Source:
    """The list of the tab on the chosen days; of those not printed where they are still to be."""
    question = asked.question
    found = asked.seller.orders.on_tab(question.tab) if question.tab else asked.seller.orders.all()
    days = filters.conditions(
        Question(first_day=question.first_day, last_day=question.last_day), asked.seller, asked.now
    )
    if question.tab == Tab.UNSHIPPED and question.printed == Printed.NO:
        found = found.filter(printed_at=None)
        return Listed(found.filter(days), key, not asked.find)
    return Listed(found.filter(days), key, not asked.find and _is_only(question, ""))


def _words(asked: Asked, find: Find) -> Source:
    """The orders of each product or name, merged."""
    table, column = ("productorder", "product_id") if find.kind in OF_PRODUCTS else ("buyerorder", "buyer_id")
    each, values = rows_of(["word"], ["bigint"]), {"word": list(find.keys)}
    where = f"{column} = each.word"
    return _walk(asked, f"orders_{table}", "order_id", where, values, len(find.keys), each)


def _facets(asked: Asked) -> Source:
    """The orders of each channel, fulfilment, service and status that suit, merged."""
    question = asked.question
    chosen = [
        (facet.channel, facet.fulfilment, facet.service, status)
        for facet in asked.facets
        if (not question.channels or facet.slug in question.channels)
        and question.fulfilment in ("", facet.fulfilment)
        and question.service in ("", facet.service)
        for status in TAB_STATUSES[question.tab]
    ]
    names = ["channel", "carried", "service", "status"]
    columns = [list(column) for column in zip(*chosen, strict=True)] or [[], [], [], []]
    where = (
        f"{OWN} AND channel_id = each.channel AND fulfilment = each.carried"
        " AND service = each.service AND orders_order.status = each.status"
    )
    each = rows_of(names, ["bigint", "text", "text", "text"])
    values = dict(zip(names, columns, strict=True))
    walked = _walk(asked, "orders_order", "id", where, values, len(chosen), each, is_since=False)
    return replace(walked, is_exact=not (question.printed or question.note))


def _by_ship_date(asked: Asked) -> Source:
    """The unshipped orders by their ship-by date: those of the seller and of the marketplace, merged."""
    return Merged(
        key="ship_by",
        table="orders_order",
        pk="id",
        each=rows_of(["carried"], ["text"]),
        where=f"{OWN} AND fulfilment = each.carried AND {OPEN_ONLY}",
        values={"seller": asked.seller.pk, "carried": sorted({facet.fulfilment for facet in asked.facets})},
        width=2,
        is_exact=not (asked.question.printed or asked.question.first_day or asked.question.last_day),
    )


def _walk(
    asked: Asked,
    table: str,
    pk: str,
    where: str,
    values: Mapping[str, Any],
    width: int,
    each: str = "(SELECT 1) AS each",
    *,
    is_since: bool = True,
) -> Merged:
    """A walk by the moment of placing, within the chosen days and not before all orders of the list."""
    after, until = filters.bounds(asked.question, asked.seller)
    limits = {"after": after, "until": until}
    within = " AND placed_at > %(after)s" * bool(after) + " AND placed_at <= %(until)s" * bool(until)
    if is_since and asked.question.tab:
        within += " " + SINCE.format(tab=_tab(asked.question.tab))
    own = {"seller": asked.seller.pk}
    return Merged(
        "placed_at", table, pk, each, where, {**own, **values, **limits}, max(width, 1), within=within
    )


def _tab(tab: str) -> str:
    """The condition of the tab's index, word for word."""
    return f"status IN ({', '.join(repr(str(status)) for status in TAB_STATUSES[Tab(tab)])})"


def _is_only(question: Question, name: str) -> bool:
    """Whether no other filter narrows the list: then all that its index gives is wanted."""
    others = ("channels", "fulfilment", "service", "ship_by", "printed", "note", "attention")
    days = name and (question.first_day or question.last_day)
    return not days and not any(getattr(question, other) for other in others if other != name)


assert set(TAB_STATUSES[Tab.UNSHIPPED]) == set(OPEN)  # noqa: S101
