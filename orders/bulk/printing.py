"""Which packing slips were printed: the mark on an order, and the slips of many (O19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from accounts.models import Membership, Right, Seller
from inventory.models import Fulfilment
from orders import slips
from orders.models import Order, OrderItem
from orders.states import OPEN, OrderStatus

MOST = 50
"""Slips in one document: a page takes a tenth of a second, and whoever asks waits for the document."""
PRINTABLE = (*OPEN, OrderStatus.SHIPPED)


@dataclass(frozen=True)
class Sheets:
    """The orders whose slips can be printed, in the order of their ship-by dates, and how many have none."""

    pks: tuple[int, ...]
    without: int

    @property
    def parts(self) -> list[tuple[int, int, tuple[int, ...]]]:
        """Documents of at most MOST slips: the first and the last one's place, and the orders."""
        starts = range(0, len(self.pks), MOST)
        cut = [(start, self.pks[start : start + MOST]) for start in starts]
        return [(start + 1, start + len(pks), pks) for start, pks in cut]


def sheets(orders: QuerySet[Order]) -> Sheets:
    """Only what the seller packs, once it may be packed (O2, O13, O21), while it is known where it goes (D1)."""
    columns = ("pk", "status", "fulfilment", "personal_data_deleted_at")
    found = orders.order_by("ship_by", "pk").values_list(*columns)
    pks, without = list[int](), 0
    for pk, status, fulfilment, deleted_at in found:
        if status in PRINTABLE and fulfilment == Fulfilment.MFN and not deleted_at:
            pks.append(pk)
        else:
            without += 1
    return Sheets(tuple(pks), without)


def document(seller: Seller, pks: Sequence[int]) -> bytes:
    """The slips of these orders as one PDF, each beginning on a page of its own, in this order."""
    items = Prefetch("items", OrderItem.objects.order_by("pk"))
    orders = seller.orders.select_related("seller__marketplace").prefetch_related(items).in_bulk(list(pks))
    return slips.pdf_of_many([(orders[pk], slips.kept(orders[pk])) for pk in pks if pk in orders])


@transaction.atomic
def mark(orders: QuerySet[Order], now: datetime | None) -> int:
    """The slips of these orders count as printed, or with None as not printed; returns how many changed.

    It is a note for whoever packs, not history: an order's events do not tell of it.
    """
    others = orders.filter(printed_at__isnull=now is not None)
    # In the order of their keys: two who mark the same orders wait for each other and never in a circle.
    held = others.order_by("pk").select_for_update(of=("self",), no_key=True)
    pks = list(held.values_list("pk", flat=True))
    return Order.objects.filter(pk__in=pks).update(printed_at=now)


def mark_printed(orders: QuerySet[Order], membership: Membership, now: datetime) -> None:
    """The slips were printed by this member; the mark is left by those who may ship, others only read."""
    if membership.may(Right.SHIP):
        mark(orders, now)
