"""The parts of a long report are copied ahead: while one is put into the file, two connections copy the next ones.

Nearly all of the time is the database's, and it has more than one processor. A short report needs no other connection.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

CONNECTIONS = 2
LONG = 50_000
"""Rows from which on it pays to connect."""

Part = tuple[bytes, int]
# The part at this place, in a transaction of its own; None after the last.
Copy = Callable[[int], Part | None]


def parts(copy: Copy, first: int, rows: int) -> Iterator[Part]:
    """Each part from the first one on, in their order."""
    return _ahead(copy, first) if rows >= LONG else _one_by_one(copy, first)


def _one_by_one(copy: Copy, place: int) -> Iterator[Part]:
    while found := copy(place):
        yield found
        place += 1


def _ahead(copy: Copy, first: int) -> Iterator[Part]:
    pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="report")
    try:
        waiting: deque[Future[Part | None]] = deque()
        for place in range(first, first + CONNECTIONS):
            waiting.append(pool.submit(_apart, copy, place))
        place = first + CONNECTIONS
        while found := waiting.popleft().result():
            waiting.append(pool.submit(_apart, copy, place))
            place += 1
            yield found
    finally:
        pool.shutdown(cancel_futures=True)


def _apart(copy: Copy, place: int) -> Part | None:
    """On a connection of this thread's own, which is closed again."""
    try:
        return copy(place)
    finally:
        connection.close()
