"""Orders of some months ago: what is due by the database's own clock, whatever day it is."""

import uuid
from datetime import UTC, datetime, timedelta

from orders import shipping
from orders.models import Order
from tests.factories import ListingFactory
from tests.helpers import SYSTEM, authorised, everything, parcel

DAY = timedelta(days=1)
LONG_AGO = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""Noon of a Monday in New York."""


def shipped_long_ago(order: Order | None = None, **changes: object) -> Order:
    """An order whose only package left by UPS on the day of LONG_AGO, under the number 1Z999AA10123456784."""
    order = order or authorised((ListingFactory(), 1), now=LONG_AGO, **changes)
    ups = parcel(LONG_AGO.date(), tracking_number="1Z999AA10123456784")
    return shipping.confirm_shipment(
        order, [(ups, everything(order))], key=uuid.uuid4(), actor=SYSTEM, now=LONG_AGO
    ).order
