"""The settlement periods as pages show them: how the running one stands, and the money of each day (P1)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_interval
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.locales import babel_locale
from accounts.models import Seller
from accounts.money import Money
from payments import statements
from payments.models import Payment, Statement, StatementLine

HEIGHT, WIDTH = 160, 1000  # of the picture's own units
MOST_TICKS = 7


@dataclass(frozen=True)
class Standing:
    """What is due to a seller at the moment: until the running period's end, and afterwards."""

    statement: Statement
    available: int
    in_period: int
    later: int

    @property
    def expected(self) -> int:
        """What the period pays if nothing is charged back or refunded until its end."""
        return max(self.statement.carried_over + self.in_period, 0)

    @property
    def waiting(self) -> int:
        """What the settlement period of its order holds back today."""
        return self.in_period + self.later - self.available


@dataclass(frozen=True)
class Bar:
    """One day of a period, and where its bar stands in the picture."""

    day: date
    amount: int
    text: str
    tick: str
    x: int
    y: int
    width: int
    height: int
    tick_x: str


@dataclass(frozen=True)
class Picture:
    """The bars, the height of the line at nothing, and the highest and lowest amounts in words."""

    bars: list[Bar]
    zero: int
    top: str
    bottom: str


def running(seller: Seller, now: datetime) -> Statement | None:
    """The statement that runs; before the sweep came to write it, the one that it will write; None without a charge."""
    found = seller.statements.running().first()
    if found or not seller.payments.filter(charged_at__isnull=False).exists():
        return found
    return statements.first_of(seller, now)


def standing(seller: Seller, statement: Statement, today: date) -> Standing:
    """How the running period stands, in one query over what is not settled yet."""
    unsettled = seller.payments.filter(settles_on__isnull=False)
    found = unsettled.aggregate(
        available=Coalesce(Sum("due_amount", filter=Q(settles_on__lte=today)), 0),
        in_period=Coalesce(Sum("due_amount", filter=Q(settles_on__lte=statement.closes_on)), 0),
        all=Coalesce(Sum("due_amount"), 0),
    )
    later = found["all"] - found["in_period"]
    return Standing(statement, found["available"], found["in_period"], later)


def taken_up(statement: Statement) -> QuerySet[Payment]:
    """The payments that a running statement will settle, as it stands."""
    return statement.seller.payments.filter(settles_on__lte=statement.closes_on, charged_at__isnull=False)


def name(statement: Statement) -> str:
    """Its days, as the reader writes them."""
    return str(format_interval(statement.opens_on, statement.closes_on, "yMMMd", locale=babel_locale()))


def picture(statement: Statement) -> Picture:
    """The money that became available on each day of the period; what is older stands on its first day."""
    per_day: dict[date, int] = defaultdict(int)
    for day, amount in _amounts(statement):
        per_day[max(day, statement.opens_on)] += amount
    length = (statement.closes_on - statement.opens_on).days + 1
    days = [statement.opens_on + timedelta(days=n) for n in range(length)]
    top, bottom = max(0, *per_day.values(), 0), min(0, *per_day.values(), 0)
    span = max(top - bottom, 1)
    zero = HEIGHT * top // span if top or bottom else HEIGHT
    bars = [_bar(n, days, per_day[day], zero, span, statement.currency) for n, day in enumerate(days)]
    words = [str(Money(amount, statement.currency)) if amount else "" for amount in (top, bottom)]
    return Picture(bars, zero, *words)


def _amounts(statement: Statement) -> list[tuple[date, int]]:
    if statement.is_closed:
        lines = StatementLine.objects.filter(statement=statement).order_by("day")
        return list(lines.values_list("day").annotate(total=Sum("amount")))
    payments = taken_up(statement).order_by("settles_on")
    return [
        (day, total)
        for day, total in payments.values_list("settles_on").annotate(total=Sum("due_amount"))
        if day
    ]


def _bar(place: int, days: list[date], amount: int, zero: int, span: int, currency: str) -> Bar:
    slot, day = WIDTH // len(days), days[place]
    height = max(HEIGHT * abs(amount) // span, 1) if amount else 0
    every = -(-len(days) // MOST_TICKS)
    return Bar(
        day=day,
        amount=amount,
        text=str(Money(amount, currency)),
        tick=f"{day:%m-%d}" if place % every == 0 else "",
        x=WIDTH * place // len(days) + slot * 12 // 100,
        y=zero - height if amount > 0 else zero,
        width=max(slot * 76 // 100, 1),
        height=height,
        tick_x=f"{100 * (2 * place + 1) / (2 * len(days)):.2f}%",
    )
