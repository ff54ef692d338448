"""How often anybody may send something: one table of limits, counted in the database for all web servers.

Sign-in, password resets and changes of addresses are limited by allauth (`ACCOUNT_RATE_LIMITS` in the settings).
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from accounts.models import Throttle

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MEGABYTE = 1024 * 1024
# From this number of minutes on, the sentence says hours.
LONG_WAIT = 90


@dataclass(frozen=True)
class Limit:
    """At most this much within a window, which begins with the first attempt."""

    most: int
    window: timedelta


# docs/operations.md has the same table; a test compares them.
LIMITS = {
    # For each order. Files count in bytes, for each side.
    "buyer_message": Limit(10, 10 * MINUTE),
    "seller_message": Limit(20, 10 * MINUTE),
    "message_files": Limit(30 * MEGABYTE, HOUR),
    # For each seller.
    "support_case": Limit(10, HOUR),
    "case_message": Limit(30, HOUR),
    "invitation": Limit(60, DAY),
    # For each address that a seller invites.
    "invitation_to_address": Limit(4, DAY),
    # For each client address.
    "wrong_channel_token": Limit(20, 10 * MINUTE),
}

# Adds within the window, begins another one after it, and does nothing where it would pass the limit: no row then.
COUNT = """
INSERT INTO accounts_throttle AS known (key, count, ends_at) VALUES (%(key)s, %(amount)s, %(ends_at)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN known.ends_at <= %(now)s THEN 0 ELSE known.count END + excluded.count,
    ends_at = CASE WHEN known.ends_at <= %(now)s THEN excluded.ends_at ELSE known.ends_at END
WHERE known.ends_at <= %(now)s OR known.count + excluded.count <= %(most)s
RETURNING count
"""


class Throttled(Exception):
    """Too often; nothing was done. `str()` says how long to wait, in the reader's language."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(math.ceil(wait.total_seconds()), 1)
        super().__init__(_sentence(math.ceil(self.seconds / 60)))


def count(name: str, subject: object, *, now: datetime, amount: int = 1) -> None:
    """Count an attempt by, or to, the subject. One statement, so that attempts at the same moment are all counted.

    The amount is at most the limit itself. Raises Throttled, having counted nothing, where it would pass the limit.
    """
    limit = LIMITS[name]
    key = salted_hmac("accounts.throttles", f"{name} {subject}", algorithm="sha256").hexdigest()
    values: dict[str, str | int | datetime] = {
        "key": key,
        "amount": amount,
        "now": now,
        "ends_at": now + limit.window,
        "most": limit.most,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        is_counted = cursor.fetchone() is not None
    if not is_counted:
        ends_at = Throttle.objects.filter(key=key).values_list("ends_at", flat=True).first()
        raise Throttled((ends_at or now) - now)


def forget(now: datetime) -> int:
    """Delete the windows that are over; return how many."""
    deleted, _by_model = Throttle.objects.filter(ends_at__lte=now).delete()
    return deleted


def _sentence(minutes: int) -> str:
    if minutes > LONG_WAIT:
        hours = math.ceil(minutes / 60)
        sentence = ngettext(
            "You have sent too much in a short time. Nothing was changed. Try again in %(count)d hour.",
            "You have sent too much in a short time. Nothing was changed. Try again in %(count)d hours.",
            hours,
        )
        return sentence % {"count": hours}
    sentence = ngettext(
        "You have sent too much in a short time. Nothing was changed. Try again in %(count)d minute.",
        "You have sent too much in a short time. Nothing was changed. Try again in %(count)d minutes.",
        minutes,
    )
    return sentence % {"count": minutes}
