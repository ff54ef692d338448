"""The text of a report, made by the database: rows come out of COPY as they go into the file.

Tab-delimited text has no quotes: `"` is a plain character, and what would end a cell or a line is a blank. CSV is that
of RFC 4180, for spreadsheet programs: it begins with a byte order mark, and its moments are those of the marketplace's
clocks. A text that a spreadsheet would take for a formula has an apostrophe before it (I3); a workbook needs none.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts import formulas
from reports.columns import Column
from reports.kinds import Kind
from reports.models import Report
from reports.states import Format, Separator

ROWS = """COPY (
    SELECT {cells} FROM orders_order o JOIN accounts_saleschannel c ON c.id = o.channel_id {rows}
    WHERE o.id = ANY(%(orders)s::bigint[]) AND o.seller_id = %(seller)s AND o.status <> 'pending'
    ORDER BY o.id, {then}
) TO STDOUT WITH ({options})"""
BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheet programs take UTF-8 for something older
ISO = """to_char({sql}, 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')"""
LOCAL = "to_char(({sql}) AT TIME ZONE %(zone)s, 'YYYY-MM-DD HH24:MI:SS')"
# Where the orders are nearly all of those between them, all are read in a row but the others: quicker than one by one.
DENSE = 2
THEY, ALL_BUT = (
    "o.id = ANY(%(orders)s::bigint[])",
    "o.id BETWEEN %(least)s AND %(most)s AND o.id <> ALL(%(others)s::bigint[])",
)
AMONG_THEM, BETWEEN_THEM = "order_id = ANY(%(orders)s::bigint[])", "order_id BETWEEN %(least)s AND %(most)s"
# One processor and no compiling: a part is small. Sorted in memory.
PLANNER = "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off; SET LOCAL work_mem = '32MB'"

# What COPY puts for characters that would end a cell or a line, and for the backslash itself.
ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
BREAK = re.compile("[\t\r\n\v\f\x85\u2028\u2029]")
LINE_MARKS = [mark.encode() for mark in "\x85\u2028\u2029"]


@dataclass(frozen=True)
class Style:
    """How cells are written. `is_exact` leaves texts of a tab-delimited file as they are, formula or not."""

    format: Format
    separator: str = Separator.COMMA
    is_exact: bool = False

    @classmethod
    def of(cls, report: Report) -> "Style":
        """What was asked for."""
        return cls(Format(report.format), report.separator, report.is_exact)

    @property
    def is_csv(self) -> bool:
        """The other files are lines of cells between tabs, the draft of a workbook too."""
        return self.format == Format.CSV

    @property
    def options(self) -> str:
        """What COPY reads after WITH."""
        return f"FORMAT csv, DELIMITER '{self.separator}'" if self.is_csv else "FORMAT text, NULL ''"


def header(columns: Sequence[Column], style: Style) -> bytes:
    """The line of names."""
    names = [column.name for column in columns]
    if style.is_csv:
        return f"{BYTE_ORDER_MARK}{style.separator.join(names)}\r\n".encode()
    return ("\t".join(names) + "\n").encode()


def rows(
    kind: Kind, columns: Sequence[Column], style: Style, words: Mapping[str, Any], orders: Sequence[int]
) -> tuple[bytes, int]:
    """The lines of these orders, and how many there are. In the caller's transaction."""
    cells = ", ".join(_cell(column, style) for column in columns)
    sql = ROWS.format(cells=cells, rows=kind.rows, then=kind.then, options=style.options)
    if is_dense := orders[-1] - orders[0] < DENSE * len(orders):
        sql = sql.replace(AMONG_THEM, BETWEEN_THEM).replace(THEY, ALL_BUT)
    limits = _between(orders) if is_dense else {"orders": _array(orders)}
    text = io.BytesIO()
    with connection.cursor() as cursor:
        cursor.execute(PLANNER)
        cursor.copy_expert(cursor.mogrify(sql, {**words, **limits}), text)
        done = cursor.rowcount
    lines = text.getvalue()
    return (_csv(lines, done, style.separator) if style.is_csv else _tsv(lines)), done


def _between(orders: Sequence[int]) -> dict[str, Any]:
    """The least of them and the most, and which between them are others."""
    others = set(range(orders[0], orders[-1])).difference(orders)
    return {
        "orders": _array(orders),
        "least": orders[0],
        "most": orders[-1],
        "others": _array(sorted(others)),
    }


def _array(orders: Sequence[int]) -> str:
    """As one text, since a list of so many numbers would be read one by one."""
    return f"{{{','.join(map(str, orders))}}}"


def _cell(column: Column, style: Style) -> str:
    """The SQL of a cell as this file has it."""
    if column.is_moment:
        return (ISO if style.format == Format.TSV else LOCAL).format(sql=column.sql)
    if column.is_number and style.is_csv and style.separator == Separator.SEMICOLON:
        # Where a spreadsheet separates by semicolons, decimals have a comma: it would read 12.50 as a date.
        return f"replace(({column.sql})::text, '.', ',')"
    is_guarded = column.is_text or (column.is_phone and style.is_csv)
    if not is_guarded or style.format == Format.XLSX or (style.format == Format.TSV and style.is_exact):
        return column.sql
    return _defused(column.sql)


def _defused(sql: str) -> str:
    """See `formulas.defused`. An empty text is no text: COPY would put quotes around it."""
    suspects = "{" + ",".join(map(str, formulas.FIRST)) + "}"
    is_formula = f"ascii({sql}) = ANY('{suspects}') AND {sql} ~ '{formulas.SQL}'"
    return f"CASE WHEN {is_formula} THEN '''' || ({sql}) ELSE nullif({sql}, '') END"


def _tsv(text: bytes) -> bytes:
    """The text without COPY's escapes: a backslash is one, the others are blanks."""
    if b"\\" in text:
        text = ESCAPE.sub(lambda found: b"\\" if found[1] == b"\\" else b" ", text)
    for mark in LINE_MARKS:
        text = text.replace(mark, b" ")
    return text


def _csv(text: bytes, rows: int, separator: str) -> bytes:
    """The text with the line ends of RFC 4180; a line break inside of a cell is a blank."""
    if text.count(b"\n") == rows and b"\r" not in text:
        return text.replace(b"\n", b"\r\n")
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    for row in csv.reader(io.StringIO(text.decode(), newline=""), delimiter=separator):
        writer.writerow([BREAK.sub(" ", cell) for cell in row])
    return out.getvalue().encode()
