"""The rows of stories in every table, as COPY takes them."""

from collections import defaultdict
from collections.abc import Mapping
from io import StringIO
from typing import Any

from accounts.models import SalesChannel
from benchmarks import money_rows, order_rows
from benchmarks.stories import Book, Story

# In the order in which they refer to each other.
TABLES = (
    "payments_payment",
    "orders_order",
    "orders_orderitem",
    "orders_package",
    "orders_packageunit",
    "payments_providercall",
    "payments_ledgerentry",
    "orders_cancelrequest",
    "orders_orderevent",
)


class Sheets:
    """Rows by table, until they are copied."""

    def __init__(self, book: Book, channel: SalesChannel) -> None:
        self.book, self.channel = book, channel
        self.rows: dict[str, list[str]] = defaultdict(list)
        self.columns: dict[str, tuple[str, ...]] = {}

    def add(self, table: str, row: Mapping[str, Any]) -> None:
        """One row; the first one says which columns the table's rows have."""
        self.columns.setdefault(table, tuple(row))
        self.rows[table].append("\t".join([_written(value) for value in row.values()]))

    def text(self, table: str) -> StringIO:
        """The rows of a table as COPY reads them."""
        return StringIO("\n".join([*self.rows[table], ""]))

    def write(self, story: Story) -> None:
        """All rows of one order."""
        book = self.book
        self.add("payments_payment", money_rows.payment(book, story))
        self.add("orders_order", order_rows.order(book, story, self.channel))
        for row in order_rows.items(book, story):
            self.add("orders_orderitem", row)
        if story.shipped_at:
            self.add("orders_package", order_rows.package(book, story, story.shipped_at))
            for row in order_rows.units(story):
                self.add("orders_packageunit", row)
            self.add("payments_providercall", money_rows.capture(book, story, story.shipped_at))
            for row in money_rows.entries(book, story, story.shipped_at):
                self.add("payments_ledgerentry", row)
        if story.is_asked:
            self.add("orders_cancelrequest", order_rows.request(book, story))
        for row in order_rows.events(book, story):
            self.add("orders_orderevent", row)


def _written(value: object) -> str:
    return r"\N" if value is None else str(value)
