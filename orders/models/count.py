"""Kept counts: how many orders of a seller stand under each status, by the day they were placed.

Statement triggers add a row per change, so that no two orders wait for one counter; a sweep folds the rows
together. The sum is exact in every transaction, also after a bulk load or an update in plain SQL.
"""

import pgtrigger
from django.db import models

from accounts.models import Seller


class OrderCount(models.Model):
    """A change of the number of orders under a status; the figure is the sum."""

    id = models.BigAutoField(primary_key=True)
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(max_length=17)
    placed_on = models.DateField()
    change = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(
                fields=["seller", "status", "placed_on"], include=["change"], name="order_count_sum"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} {self.status} {self.placed_on} {self.change:+d}"


_ADD = "INSERT INTO orders_ordercount (seller_id, status, placed_on, change) "
_NEW = "SELECT seller_id, status, placed_on, count(*) FROM new_rows GROUP BY 1, 2, 3"
_OLD = "SELECT seller_id, status, placed_on, -count(*) FROM old_rows GROUP BY 1, 2, 3"
_MOVED = """
    SELECT seller_id, status, placed_on, sum(change) FROM (
        SELECT n.seller_id, n.status, n.placed_on, 1 AS change
        FROM new_rows n JOIN old_rows o USING (id) WHERE n.status <> o.status
        UNION ALL
        SELECT o.seller_id, o.status, o.placed_on, -1
        FROM new_rows n JOIN old_rows o USING (id) WHERE n.status <> o.status
    ) AS changes GROUP BY 1, 2, 3
"""


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


COUNT_TRIGGERS = [
    _trigger("count_added", pgtrigger.Insert, _NEW, new="new_rows"),
    _trigger("count_moved", pgtrigger.Update, _MOVED, new="new_rows", old="old_rows"),
    _trigger("count_removed", pgtrigger.Delete, _OLD, old="old_rows"),
]
