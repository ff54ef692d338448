"""The time that rules are judged by: the database's, one clock for all web servers and workers."""

from datetime import UTC, datetime

from django.db import connection


def now() -> datetime:
    """The moment of the call in UTC. It moves on inside a transaction too, unlike SQL's now().

    The database converts: Django reads a timestamp as UTC even where the session's time zone is another.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        moment: datetime = cursor.fetchone()[0]
    return moment.replace(tzinfo=UTC)
