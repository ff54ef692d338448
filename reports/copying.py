"""The text of a report, made by the database: rows come out of COPY as they go into the file.

Tab-delimited text has no quotes: `"` is a plain character, and what would end a cell or a line is a blank. CSV is that
of RFC 4180; a text that a spreadsheet would take for a formula has an apostrophe before it (I3).
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from reports import formulas
from reports.columns import Column
from reports.kinds import Kind
from reports.states import Format

ENDINGS = {Format.TSV: "\n", Format.CSV: "\r\n"}
ROWS = """COPY (
    SELECT {cells} FROM orders_order o JOIN accounts_saleschannel c ON c.id = o.channel_id {rows}
    WHERE o.id = ANY(%(orders)s::bigint[]) AND o.seller_id = %(seller)s AND o.status <> 'pending'
    ORDER BY o.id, {then}
) TO STDOUT WITH ({options})"""
OPTIONS = {Format.TSV: "FORMAT text, NULL ''", Format.CSV: "FORMAT csv"}
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


def header(columns: Sequence[Column], form: Format) -> bytes:
    """The line of names."""
    separator = "," if form == Format.CSV else "\t"
    return (separator.join(column.name for column in columns) + ENDINGS[form]).encode()


def rows(
    kind: Kind, columns: Sequence[Column], form: Format, words: Mapping[str, Any], orders: Sequence[int]
) -> tuple[bytes, int]:
    """The lines of these orders, and how many there are. In the caller's transaction."""
    cells = ", ".join(_cell(column, form) for column in columns)
    sql = ROWS.format(cells=cells, rows=kind.rows, then=kind.then, options=OPTIONS[form])
    if is_dense := orders[-1] - orders[0] < DENSE * len(orders):
        sql = sql.replace(AMONG_THEM, BETWEEN_THEM).replace(THEY, ALL_BUT)
    limits = _between(orders) if is_dense else {"orders": _array(orders)}
    text = io.BytesIO()
    with connection.cursor() as cursor:
        cursor.execute(PLANNER)
        cursor.copy_expert(cursor.mogrify(sql, {**words, **limits}), text)
        done = cursor.rowcount
    return (_csv(text.getvalue(), done) if form == Format.CSV else _tsv(text.getvalue())), done


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


def _cell(column: Column, form: Format) -> str:
    if form != Format.CSV or not column.is_text:
        return column.sql
    suspects = "{" + ",".join(map(str, formulas.FIRST)) + "}"
    is_formula = f"ascii({column.sql}) = ANY('{suspects}') AND {column.sql} ~ '{formulas.SQL}'"
    # An empty text is no text: COPY would put quotes around it.
    return f"CASE WHEN {is_formula} THEN '''' || ({column.sql}) ELSE nullif({column.sql}, '') END"


def _tsv(text: bytes) -> bytes:
    """The text without COPY's escapes: a backslash is one, the others are blanks."""
    if b"\\" in text:
        text = ESCAPE.sub(lambda found: b"\\" if found[1] == b"\\" else b" ", text)
    for mark in LINE_MARKS:
        text = text.replace(mark, b" ")
    return text


def _csv(text: bytes, rows: int) -> bytes:
    """The text with the line ends of RFC 4180; a line break inside of a cell is a blank."""
    if text.count(b"\n") == rows and b"\r" not in text:
        return text.replace(b"\n", b"\r\n")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in csv.reader(io.StringIO(text.decode(), newline="")):
        writer.writerow([BREAK.sub(" ", cell) for cell in row])
    return out.getvalue().encode()
