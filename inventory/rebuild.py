"""What each listing's figures should be by the stock ledger, and putting right those that are not (I5).

Looking takes no lock: figures and ledger rows are written in one transaction, so one statement sees both or
neither. Putting right holds the listing, as `stock.py` does, whose figures this alone writes beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from django.db import connection, transaction
from django.db.models import Max, Min

from inventory.models import Listing

# So many listings in one query: each stays far from the statement timeout, however many there are.
STRIDE = 10_000
SQL = """
    SELECT l.id, s.slug, l.sku, l.on_hand, l.reserved, coalesce(m.on_hand, 0), coalesce(m.reserved, 0)
    FROM inventory_listing l
    JOIN accounts_seller s ON s.id = l.seller_id
    LEFT JOIN (
        SELECT listing_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved
        FROM inventory_stockmovement WHERE listing_id >= %(first)s AND listing_id < %(end)s GROUP BY 1
    ) AS m ON m.listing_id = l.id
    WHERE l.id >= %(first)s AND l.id < %(end)s
        AND (l.on_hand, l.reserved) IS DISTINCT FROM (coalesce(m.on_hand, 0), coalesce(m.reserved, 0))
    ORDER BY l.id
"""
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Difference:
    """A listing whose figures are not what its ledger adds up to."""

    listing_id: int
    seller: str
    sku: str
    on_hand: int
    reserved: int
    ledger_on_hand: int
    ledger_reserved: int

    @property
    def is_possible(self) -> bool:
        """Whether the ledger's sums can be figures; below zero the ledger itself is wrong."""
        return self.ledger_on_hand >= 0 and self.ledger_reserved >= 0


def differences() -> Iterator[Difference]:
    """Every listing that differs from the sum of its stock movements. Changes nothing."""
    ends = Listing.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is not None:
        for first in range(ends["first"], ends["last"] + 1, STRIDE):
            yield from _between(first, first + STRIDE)


@transaction.atomic(durable=True)
def fix(listing_id: int) -> Difference | None:
    """Set a listing's figures to the sum of its ledger, judged again under its lock.

    Returns what differed, or None. Sums below zero are no figures: such a listing stays as it is.
    """
    listing = Listing.objects.lock({listing_id})[listing_id]
    found = next(iter(_between(listing_id, listing_id + 1)), None)
    if found is None or not found.is_possible:
        return found
    # An edit made on a page with the wrong figure is to be refused as stale (I2).
    listing.version += found.on_hand != found.ledger_on_hand
    listing.on_hand, listing.reserved = found.ledger_on_hand, found.ledger_reserved
    listing.save(update_fields=["on_hand", "reserved", "version"])
    logger.warning("stock_rebuilt", listing=listing_id, was=[found.on_hand, found.reserved])
    return found


def _between(first: int, end: int) -> list[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"first": first, "end": end})
        return [Difference(*row) for row in cursor.fetchall()]
