"""A column of a report, and the SQL that makes its cells: the database writes whole rows, no row passes through Python.

A cell that is empty is NULL to COPY. Amounts are decimals of the order's currency; how moments and texts are written
depends on the file, and `copying.py` says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from accounts import money

NOTHING = "NULL::text"


@dataclass(frozen=True)
class Column:
    """A name in the header and the SQL of its cells.

    `is_text` is what people have written: the one that a spreadsheet might take for a formula. A phone number is the
    portal's own and ends with an extension, so that nothing calculates it. `is_optional` are those that a seller adds,
    each in its own place. `apart` names columns that show a part of this amount, each with the SQL term that leaves the
    part out here: the amounts of a row add up to what the buyer pays, whichever were chosen.
    """

    name: str
    sql: str = NOTHING
    is_number: bool = False
    is_text: bool = False
    is_phone: bool = False
    is_moment: bool = False
    is_day: bool = False
    is_optional: bool = False
    minor_units: str = ""
    apart: tuple[tuple[str, str], ...] = ()


def plain(name: str, sql: str = NOTHING) -> Column:
    """Numbers of orders, codes, moments: made by the portal, never a formula."""
    return Column(name, sql)


def text(name: str, sql: str) -> Column:
    """What somebody has written."""
    return Column(name, sql, is_text=True)


def phone(name: str, sql: str) -> Column:
    """A number of the relay, with its extension."""
    return Column(name, sql, is_phone=True)


def moment(name: str, sql: str) -> Column:
    """A date with its time; the SQL is a timestamp with time zone."""
    return Column(name, sql, is_moment=True)


def day(name: str, sql: str) -> Column:
    """A day of the marketplace, as in 2025-07-30."""
    return Column(name, sql, is_day=True)


def count(name: str, sql: str) -> Column:
    """A whole number."""
    return Column(name, sql, is_number=True)


def flag(name: str, sql: str) -> Column:
    """`true` or `false`, in lower case."""
    return Column(name, f"CASE WHEN {sql} THEN 'true' ELSE 'false' END")


def amount(
    name: str, sql: str, currency: str = "o.currency", *, apart: tuple[tuple[str, str], ...] = ()
) -> Column:
    """Minor units as a decimal. Nearly always in the marketplace's currency; other ones are known too."""
    cell = (
        f"CASE WHEN {currency} = %(currency)s THEN ({sql}) * %(unit)s ELSE {_in_currency(sql, currency)} END"
    )
    return Column(name, cell, is_number=True, minor_units=sql, apart=apart)


def optional(*columns: Column) -> Iterator[Column]:
    """The same columns, there only where the seller wants them."""
    return (replace(column, is_optional=True) for column in columns)


def chosen(columns: Iterable[Column], names: Iterable[str]) -> list[Column]:
    """The columns that are always there and those that were picked, each in its place."""
    picked = set(names)
    found = [column for column in columns if not column.is_optional or column.name in picked]
    return [_taken_apart(column, {other.name for other in found}) for column in found]


def _taken_apart(column: Column, names: set[str]) -> Column:
    """Return the column without the parts that other columns of these names show."""
    terms = [term for other, term in column.apart if other in names]
    if not terms:
        return column
    return replace(column, sql=amount(column.name, " ".join([column.minor_units, *terms])).sql)


def _in_currency(sql: str, currency: str) -> str:
    unusual = ((money.NO_DECIMALS, "1"), (money.THREE_DECIMALS, "0.001"), (money.FOUR_DECIMALS, "0.0001"))
    cases = (
        f"WHEN {currency} = ANY('{{{','.join(codes.split())}}}') THEN ({sql}) * {unit}"
        for codes, unit in unusual
    )
    return f"(CASE {' '.join(cases)} ELSE ({sql}) * 0.01 END)"
