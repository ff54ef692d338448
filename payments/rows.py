"""Payments and the lines of statements as rows of a list: every cell a ready text, in three queries for a page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Sum
from django.urls import reverse

from accounts import calendars
from accounts.models import Seller
from accounts.money import Money
from payments import desk
from payments.models import Account, LedgerEntry, Payment, Statement, StatementLine

TONES = {desk.Stage.WAITING: "neutral", desk.Stage.AVAILABLE: "info", desk.Stage.PAID: "good"}


@dataclass(frozen=True, slots=True)
class Link:
    """An address and its words."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One order's money."""

    number: str
    url: str
    charged_on: str
    available_on: str
    charges: str
    refunds: str
    fees: str
    amount: str
    paid_out: str = ""
    state: str = ""
    tone: str = ""
    statements: list[Link] = field(default_factory=list)


def of_payments(payments: Sequence[Payment], seller: Seller, today: date) -> list[Row]:
    """The rows of these payments as the ledger has them, with the statements that each is on."""
    totals, numbers = _totals(payments), _statements(payments)
    running = seller.statements.running().first() if payments else None
    return [_row(each, totals[each.pk], numbers[each.pk], running, seller, today) for each in payments]


def of_lines(lines: Iterable[StatementLine], seller: Seller) -> list[Row]:
    """The rows of one statement: what each order brought to it."""
    return [
        Row(
            **_named(line.payment, seller),
            charges=_money(line.charges, line.payment),
            refunds=_money(-line.refunds, line.payment),
            fees=_money(-line.fees, line.payment),
            amount=_money(line.amount, line.payment),
        )
        for line in lines
    ]


def _row(
    payment: Payment,
    totals: dict[str, int],
    statements: Sequence[int],
    running: Statement | None,
    seller: Seller,
    today: date,
) -> Row:
    stage = desk.stage_of(payment, today)
    numbers = list(statements)
    if running and payment.settles_on and payment.settles_on <= running.closes_on:
        numbers.append(running.number)
    return Row(
        **_named(payment, seller),
        charges=_money(totals[Account.CHARGES], payment),
        refunds=_money(totals[Account.REFUNDS], payment),
        fees=_money(totals[Account.FEES], payment),
        paid_out=_money(-totals[Account.PAID_OUT], payment),
        amount=_money(payment.due_amount, payment),
        state=str(stage.label) if stage else "",
        tone=TONES[stage] if stage else "",
        statements=[Link(reverse("payments:statement", args=[number]), str(number)) for number in numbers],
    )


def _named(payment: Payment, seller: Seller) -> dict[str, Any]:
    """Which order it is, and its days."""
    zone = seller.marketplace.time_zone
    charged_on = calendars.local_date(payment.charged_at, zone) if payment.charged_at else ""
    return {
        "number": payment.order_number,
        "url": reverse("orders:detail", args=[payment.order_number]),
        "charged_on": f"{charged_on}",
        "available_on": f"{payment.available_on or ''}",
    }


def _money(amount: int, payment: Payment) -> str:
    """Nothing is a dash, so that figures stand out."""
    return str(Money(amount, payment.currency)) if amount else "–"


def _totals(payments: Sequence[Payment]) -> dict[int, dict[str, int]]:
    """What the ledger has of each payment, by account and with its own signs."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    entries = LedgerEntry.objects.filter(payment__in=payments).values_list("payment", "account")
    for payment, account, total in entries.annotate(total=Sum("amount")):
        found[payment][account] = total
    return found


def _statements(payments: Sequence[Payment]) -> dict[int, list[int]]:
    """The numbers of the statements that each payment is on, the first one first."""
    found: dict[int, list[int]] = defaultdict(list)
    lines = StatementLine.objects.filter(payment__in=payments).order_by("statement__number")
    for payment, number in lines.values_list("payment", "statement__number"):
        found[payment].append(number)
    return found
