"""The processing report of a feed: what was said of its rows, in the trade's text and XML (F5)."""

from collections.abc import Iterator
from typing import TextIO

from django.utils.translation import gettext as _

from batches.models import Batch, BatchRow
from batches.states import RowState
from batches.stints import FAULT_CODE
from reports.feeds import desk, judging
from reports.feeds.files import codes, report
from reports.feeds.files.kinds import FeedFormat
from reports.feeds.files.report import Entry, Totals
from reports.feeds.files.rows import Problem
from reports.feeds.models import Feed


def write(feed: Feed, format: str, out: TextIO) -> None:  # noqa: A002 - the word of the trade
    """All that is said of the rows that were done, or tried, up to now; of a refused file why it was."""
    totals, entries = totals_of(feed), entries_of(feed)
    if format == FeedFormat.XML:
        words = {"transaction": str(feed.key), "merchant": feed.seller.slug}
        report.write_xml(totals, entries, out, **words)
    else:
        report.write_text(feed.kind, totals, entries, out)


def totals_of(feed: Feed) -> Totals:
    """How many rows there were; those that a stop left out count as not successful."""
    batch = desk.results_of(feed)
    if batch is None:
        return Totals(0, 0, int(bool(feed.problem)), len(feed.remarks))
    warnings = batch.rows.filter(is_warning=True, state=RowState.DONE).count()
    errors = batch.total - batch.done_count
    return Totals(batch.total, batch.done_count, errors, warnings + bool(feed.remarks))


def entries_of(feed: Feed) -> Iterator[Entry]:
    """What is said of the file, then of each row that was refused, left out, or done with a remark."""
    if feed.problem:
        yield Entry.of(Problem(feed.code, "", feed.problem))
    for each in feed.remarks:
        yield Entry.of(Problem(*each), is_warning=True)
    batch = desk.results_of(feed)
    if batch:
        for row in _remarkable(batch):
            yield from _entries(row)


def _remarkable(batch: Batch) -> Iterator[BatchRow]:
    """In the file's order, some at a time."""
    found = batch.rows.exclude(state=RowState.DONE, is_warning=False)
    return found.order_by("place").iterator(chunk_size=1_000)


def _entries(row: BatchRow) -> Iterator[Entry]:
    said = judging.row_of(row)
    if row.state == RowState.WAITING:
        problem = Problem(codes.STOPPED, "", _("The feed was stopped before this row, which was not done."))
        yield Entry.of(problem, said)
    elif "problems" in row.data:
        for each in row.data["problems"]:
            yield Entry.of(Problem(*each), said)
    else:
        code = codes.FAULT if row.code == FAULT_CODE else row.code
        yield Entry.of(Problem(code, row.column, row.sentence), said, is_warning=row.is_warning)
