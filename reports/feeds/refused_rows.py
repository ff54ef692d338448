"""The rows that were not done, as a file to mend and send again: read back, its cells are those that were sent (F5)."""

from collections.abc import Iterator

from batches.models import Batch
from batches.states import RowState
from reports.feeds import judging
from reports.feeds.files import columns, formulas, templates
from reports.feeds.files.kinds import FeedFormat, FeedKind


def lines(batch: Batch, kind: str) -> Iterator[str]:
    """The template's lines, then a line for each row, some at a time.

    A cell that a spreadsheet program would calculate begins with ', which reading takes off again.
    """
    yield from _head(kind)
    names = columns.OF_KIND[kind].read
    left = batch.rows.exclude(state=RowState.DONE).order_by("place")
    for row in left.iterator(chunk_size=1_000):
        cells = judging.row_of(row)
        yield "\t".join(formulas.defused(cells[name]) for name in names) + "\n"


def name(kind: str) -> str:
    """What the file is called."""
    return f"not-done-{templates.file_name(kind, FeedFormat.TEXT)}"


def _head(kind: str) -> Iterator[str]:
    if kind == FeedKind.CANCEL:
        yield f"{templates.FIRST_ROW}\n"
    yield "\t".join(columns.OF_KIND[kind].read) + "\n"
