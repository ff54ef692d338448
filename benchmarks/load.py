"""Loading: the orders of a seller by COPY, in chunks, by as many processes as there are processors."""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import datetime

import psycopg2
from django.conf import settings
from django.db import connection, connections
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from accounts import clock
from accounts.actors import Actor
from accounts.models import SalesChannel, Seller
from benchmarks.sheets import TABLES, Sheets
from benchmarks.stories import Book
from inventory.models import Listing, MovementKind, StockMovement
from orders import sweeps

CHUNK = 5_000
# A load is repeated if the machine fails in the middle of it; what is measured runs as durable as ever.
FAST = "SET synchronous_commit = off"
# What triggers ask is planned once a session: not before the planner has seen some rows.
FIRST = 200

Reserved = Counter[int]
Progress = Callable[[int], None]


def orders(
    seller: Seller, channel: SalesChannel, *, first_pk: int, count: int, now: datetime, told: Progress
) -> None:
    """The seller has this many more orders, with all that belongs to them; their open units are reserved."""
    book = Book(seller, list(seller.listings.order_by("pk")), first_pk, count, now)
    places = [range(first, min(first + CHUNK, count)) for first in range(FIRST, count, CHUNK)]
    reserved = _load(book, channel, range(min(FIRST, count)))
    with owner() as cursor:
        cursor.execute("ANALYZE")
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=fork) as processes:
        chunks = {processes.submit(_load, book, channel, each): len(each) for each in places}
        for chunk in as_completed(chunks):
            reserved.update(chunk.result())
            told(chunks[chunk])
    _reserve(book, reserved)


def finish() -> None:
    """Sequences go on after the loaded keys, kept counts are folded, and the planner knows what is there."""
    sweeps.run(sweeps.fold_counts, now=clock.now(), actor=Actor.system())
    with owner() as cursor:
        for table in TABLES:
            name = sql.Identifier(table)
            sequence = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}")
            cursor.execute(sequence.format(sql.Literal(table), name))
        # What autovacuum would do in its time.
        cursor.execute("VACUUM (ANALYZE)")


@contextmanager
def owner() -> Iterator[Cursor]:
    """A cursor of the tables' owner; each statement is a transaction."""
    session = psycopg2.connect(settings.OWNER_URL)
    session.autocommit = True
    try:
        yield session.cursor()
    finally:
        session.close()


def _load(book: Book, channel: SalesChannel, places: range) -> Reserved:
    """One chunk in one transaction; returns how many units of each listing it left open."""
    sheets, reserved = Sheets(book, channel), Counter[int]()
    for place in places:
        story = book.story(place)
        sheets.write(story)
        for item, (listing, _units) in enumerate(story.items):
            reserved[listing.pk] += story.open_of(item)
    session = psycopg2.connect(**_address())
    with session, session.cursor() as cursor:
        cursor.execute(FAST)
        for table in TABLES:
            _copy(cursor, table, sheets)
    session.close()
    return reserved


def _copy(cursor: Cursor, table: str, sheets: Sheets) -> None:
    if not sheets.rows[table]:
        return
    columns = sql.SQL(", ").join(map(sql.Identifier, sheets.columns[table]))
    cursor.copy_expert(
        sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns), sheets.text(table)
    )


def _address() -> dict[str, object]:
    """Where the benchmark's database is, for the role of the app."""
    return {**connection.get_connection_params(), "cursor_factory": None}


def _reserve(book: Book, reserved: Reserved) -> None:
    """The listings hold what the orders wait for, and the stock ledger says so (I1, I5)."""
    actor = Actor.system()
    for listing in book.listings:
        listing.reserved += reserved[listing.pk]
    Listing.objects.bulk_update(book.listings, ["reserved"])
    StockMovement.objects.bulk_create(
        StockMovement(
            listing=listing,
            seller=book.seller,
            kind=MovementKind.COUNT,
            on_hand=listing.on_hand,
            reserved=listing.reserved,
            actor_kind=actor.kind,
            source=actor.source,
            at=book.now,
        )
        for listing in book.listings
    )
