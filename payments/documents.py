"""A statement on paper and as a table for spreadsheet programs."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import calendars, formulas, paper
from accounts.money import Money
from payments import periods, rows
from payments.models import Statement, StatementLine

PRINTED = 500
CHUNK = 2_000
BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheet programs take UTF-8 for something older


def pdf(statement: Statement) -> bytes:
    """The closed statement: its totals, its picture, and its first orders; the table has all of them."""
    seller = statement.seller
    lines = list(_chunk(statement, 0)[:PRINTED])
    page = render_to_string(
        "print/statement.html",
        {
            "statement": statement,
            "period": periods.name(statement),
            "seller": seller,
            "marketplace": seller.marketplace,
            "paper": paper.size(seller.marketplace.country),
            "language": get_language() or "en",
            "facts": facts(statement),
            "picture": periods.picture(statement),
            "rows": rows.of_lines(lines, seller),
            "printed": len(lines),
        },
    )
    return paper.pdf(page)


def facts(statement: Statement) -> list[dict[str, object]]:
    """How a closed statement adds up, line by line."""
    amounts = [
        (_("Carried over"), statement.carried_over),
        (_("Charges"), statement.charges),
        (_("Refunds"), -statement.refunds),
        (_("Fees"), -statement.fees),
    ]
    shown = [(label, amount) for label, amount in amounts if amount or label != _("Carried over")]
    if statement.carried_forward:
        result = (_("Carried into the next period"), statement.carried_forward)
    else:
        result = (_("Paid out"), statement.paid_out)
    return [
        {"label": label, "value": str(Money(amount, statement.currency)), "total": False}
        for label, amount in shown
    ] + [{"label": result[0], "value": str(Money(result[1], statement.currency)), "total": True}]


def table(statement: Statement) -> Iterator[str]:
    """The closed statement as CSV, piece by piece, however many orders it has."""
    # The words are the reader's; the pieces are made when the answer is already on its way.
    return _pieces(BYTE_ORDER_MARK + _written([_heads()]), statement)


def _pieces(head: str, statement: Statement) -> Iterator[str]:
    yield head
    after = 0
    while lines := list(_chunk(statement, after)[:CHUNK]):
        yield _written(_cells(line, statement) for line in lines)
        after = lines[-1].pk


def _chunk(statement: Statement, after: int) -> QuerySet[StatementLine]:
    lines = StatementLine.objects.filter(statement=statement, pk__gt=after)
    return lines.select_related("payment").order_by("pk")


def _heads() -> list[str]:
    return [
        _("Order"),
        _("Charged on"),
        _("Available on"),
        _("Currency"),
        _("Charges"),
        _("Refunds"),
        _("Fees"),
        _("Amount"),
    ]


def _cells(line: StatementLine, statement: Statement) -> list[str]:
    """Texts are made safe; amounts stay numbers, with their minus."""
    payment, zone = line.payment, statement.seller.marketplace.time_zone
    charged_on = str(calendars.local_date(payment.charged_at, zone)) if payment.charged_at else ""
    texts = [payment.order_number, charged_on, f"{payment.available_on or ''}", statement.currency]
    amounts = (line.charges, -line.refunds, -line.fees, line.amount)
    return [*map(formulas.defused, texts), *(Money(amount, statement.currency).plain for amount in amounts)]


def _written(cells: Iterable[list[str]]) -> str:
    text = StringIO(newline="")
    csv.writer(text).writerows(cells)
    return text.getvalue()
