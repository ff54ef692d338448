"""How much of each item is refunded: the only writer of `ItemRefunds`. The caller holds the order.

The sums are made by the database, row by row: its constraint then refuses more than was charged, whatever the
caller had read (R3).
"""

from collections.abc import Iterable, Mapping

from django.db.models import F

from orders import charges
from orders.models import OrderItem
from refunds.amounts import Split
from refunds.models import ItemRefunds, RefundLine

Parts = tuple[Split, int]
"""Amounts, and how many whole units they pay back."""


def open_for(items: Iterable[OrderItem]) -> None:
    """Every item has its row, with what was charged for it; the charge of a shipped order never changes."""
    rows = [
        ItemRefunds(
            item=item,
            units_charged=item.units_kept,
            **{f"charged_{part}": charges.kept(item, part) for part in charges.COMPONENTS},
        )
        for item in items
    ]
    ItemRefunds.objects.bulk_create(rows, ignore_conflicts=True)


def take(parts: Mapping[int, Parts]) -> None:
    """Count these amounts as refunded: {item pk: amounts and units}."""
    for pk, (split, units) in sorted(parts.items()):
        _add(pk, split, units, sign=1)


def give_back(lines: Iterable[RefundLine]) -> None:
    """They are not refunded after all: taken back, or refused by the provider."""
    for pk, (split, units) in sorted(parts_of(lines).items()):
        _add(pk, split, units, sign=-1)


def parts_of(lines: Iterable[RefundLine]) -> dict[int, Parts]:
    """The lines of a refund as they were taken."""
    return {
        line.item_id: (Split(*[getattr(line, part) for part in charges.COMPONENTS]), line.units)
        for line in lines
    }


def _add(pk: int, split: Split, units: int, *, sign: int) -> None:
    sums = {
        f"refunded_{part}": F(f"refunded_{part}") + sign * getattr(split, part) for part in charges.COMPONENTS
    }
    counted = F("units_refunded") + sign * units
    ItemRefunds.objects.filter(item_id=pk).update(units_refunded=counted, **sums)
