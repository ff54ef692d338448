"""What the SQL of a report is told: whose it is, of which days, and what the clocks show."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts import calendars, money
from reports.models import Report
from reports.periods import TICK


def of(report: Report) -> dict[str, Any]:
    """The same each time that a report is begun anew: its now is when it was first begun."""
    marketplace = report.seller.marketplace
    zone, now = marketplace.time_zone, report.started_at or report.created_at
    first, last = report.first_moment, report.last_moment
    return {
        "seller": report.seller_id,
        "first": first,
        "last": last,
        "first_day": calendars.local_date(first or now - timedelta(days=1), zone),
        "last_day": calendars.local_date(last - TICK if last else now, zone),
        "now": now,
        "zone": zone,
        "currency": marketplace.currency,
        "unit": Decimal(1).scaleb(-money.digits(marketplace.currency)),
        "relay": settings.RELAY_DOMAIN,
    }
