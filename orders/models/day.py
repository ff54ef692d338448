"""Kept figures by day: how many orders a seller got on each day, for how much money, and how they went.

As `count.py` does it: statement triggers add a row per change, a sweep folds them, the sum is exact in every
transaction. They serve the pictures of sales and the performance rates, whose cost so does not grow with the orders.
"""

import pgtrigger
from django.db import models

from accounts.models import SalesChannel, Seller


class OrderDay(models.Model):
    """A change of the orders of one day that went alike; the figure is the sum."""

    id = models.BigAutoField(primary_key=True)
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    placed_on = models.DateField()
    channel = models.ForeignKey(SalesChannel, on_delete=models.CASCADE, related_name="+", db_index=False)
    fulfilment = models.CharField(max_length=3)
    status = models.CharField(max_length=17)
    is_shipped_late = models.BooleanField()
    is_untraced = models.BooleanField()
    orders = models.IntegerField()
    amount = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(
                fields=["seller", "placed_on"],
                include=[
                    *("channel", "fulfilment", "status", "is_shipped_late", "is_untraced"),
                    *("orders", "amount"),
                ],
                name="order_day_sum",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} {self.placed_on} {self.status} {self.orders:+d}"


GROUPS = ("seller_id", "placed_on", "channel_id", "fulfilment", "status", "is_shipped_late", "is_untraced")
ALIKE = ", ".join(GROUPS)
CHANGED = "(n.status, n.total, n.is_shipped_late, n.is_untraced) IS DISTINCT FROM "
CHANGED += "(o.status, o.total, o.is_shipped_late, o.is_untraced)"


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in GROUPS)


_ADD = f"INSERT INTO orders_orderday ({ALIKE}, orders, amount) "
_NEW = f"SELECT {ALIKE}, count(*), sum(total) FROM new_rows GROUP BY {ALIKE}"  # noqa: S608 - names of columns
_OLD = f"SELECT {ALIKE}, -count(*), -sum(total) FROM old_rows GROUP BY {ALIKE}"  # noqa: S608 - names of columns
_MOVED = f"""
    SELECT {ALIKE}, sum(orders), sum(amount) FROM (
        SELECT {_of("n")}, 1 AS orders, n.total AS amount
        FROM new_rows n JOIN old_rows o USING (id) WHERE {CHANGED}
        UNION ALL
        SELECT {_of("o")}, -1, -o.total
        FROM new_rows n JOIN old_rows o USING (id) WHERE {CHANGED}
    ) AS changes GROUP BY {ALIKE}
"""  # noqa: S608 - names of columns


def _trigger(name: str, operation: pgtrigger.Operation, select: str, **rows: str) -> pgtrigger.Trigger:
    """A statement trigger that adds what this select finds."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),
        func=f"{_ADD} {select}; RETURN NULL;",
    )


DAY_TRIGGERS = [
    _trigger("day_added", pgtrigger.Insert, _NEW, new="new_rows"),
    _trigger("day_moved", pgtrigger.Update, _MOVED, new="new_rows", old="old_rows"),
    _trigger("day_removed", pgtrigger.Delete, _OLD, old="old_rows"),
]
