"""What only the owner of the tables can do, done for the length of a block."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tests.settings import APP_ROLE


@contextmanager
def acting_as_owner() -> Iterator[None]:
    """Act as the owner, then as the app's role again."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        yield
        cursor.execute(f'SET ROLE "{APP_ROLE}"')
