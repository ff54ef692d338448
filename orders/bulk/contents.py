"""What is in many orders, in a few words each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext

from accounts.models import Seller
from accounts.money import Money
from orders.models import Order, OrderItem

SHOWN = 50
"""Rows of a page that asks before many orders are changed; the others are counted."""


@dataclass(frozen=True)
class Told:
    """An order of such a page."""

    number: str
    buyer: str
    title: str
    more: str
    units: int
    total: str


def items_of(orders: Iterable[Order]) -> dict[int, list[OrderItem]]:
    """{order pk: its items}, in one query."""
    found: dict[int, list[OrderItem]] = {order.pk: [] for order in orders}
    for item in OrderItem.objects.filter(order__in=list(found)).order_by("pk"):
        found[item.order_id].append(item)
    return found


def units_open(orders: Iterable[Order]) -> dict[int, int]:
    """{order pk: units that are still to be shipped}, in one query."""
    found = items_of(orders)
    return {pk: sum(item.units_open for item in items) for pk, items in found.items()}


def named(items: Sequence[OrderItem]) -> tuple[str, str]:
    """The first item's title, and how many more there are."""
    more = len(items) - 1
    words = ngettext("+%(n)d more item", "+%(n)d more items", more) % {"n": more} if more > 0 else ""
    return (items[0].title, words) if items else ("", "")


def told(seller: Seller, pks: Sequence[int]) -> list[Told]:
    """The first orders of those to be changed, as a person knows them again."""
    orders = seller.orders.in_bulk(list(pks[:SHOWN]))
    found = [orders[pk] for pk in pks[:SHOWN] if pk in orders]
    items = items_of(found)
    return [
        Told(
            order.number,
            order.buyer_name,
            *named(items[order.pk]),
            sum(item.units_kept for item in items[order.pk]),
            str(Money(order.total, order.currency)),
        )
        for order in found
    ]
