"""When an order counts as delivered, and until when its buyer's personal data is kept (D1)."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Marketplace
from orders.models import Order

# Calendar days from the ship date, as a channel's service promises at the latest.
SERVICE_DAYS = {
    "sameday": 0,
    "nextday": 1,
    "secondday": 2,
    "priority": 3,
    "expedited": 5,
    "standard": 8,
    "freeeconomy": 10,
}
LONGEST_DAYS = 14


def days_of(service: str) -> int:
    """Return the calendar days that a shipping service takes; the longest for a service that isn't known."""
    plain = "".join(char for char in service.lower() if char.isalnum())
    return SERVICE_DAYS.get(plain, LONGEST_DAYS)


def shipped_fields(order: Order, ship_date: date) -> dict[str, Any]:
    """Return the fields of an order whose last package left on this day.

    No carrier reports deliveries yet: the day of delivery is the ship date and the days of the order's service.
    """
    delivered_on = ship_date + timedelta(days=days_of(order.service))
    return {
        "delivered_on": delivered_on,
        "personal_data_expires_at": expires_at(order.seller.marketplace, delivered_on),
    }


def expires_at(marketplace: Marketplace, delivered_on: date) -> datetime:
    """Return when the data of an order delivered on this day goes: as the marketplace's last day of it begins."""
    last = delivered_on + timedelta(days=marketplace.personal_data_days)
    return datetime.combine(last, time.min, ZoneInfo(marketplace.time_zone))
