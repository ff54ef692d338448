"""Where the demo plays: orders are placed and authorised, and the jobs run, each at its own moment."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from random import Random

from django.db.models import Min

from accounts import nudge
from accounts.actors import Actor
from demo import people
from demo.diary import Diary
from demo.market import Shop
from orders import provider_calls, sweeps
from orders.entry import intake
from orders.entry.cart import Item, NewOrder
from orders.models import Order
from orders.states import OrderStatus
from payments import statements
from payments.models import Payment, ProviderCall
from payments.states import PaymentState
from refunds import sweeps as refund_sweeps

SYSTEM = Actor.system()
# Sales tax is added in the US; elsewhere the price includes it.
TAX_PERCENT = {"US": 7}
SHIPPING = {"USD": 599, "EUR": 490, "GBP": 395, "JPY": 550}
SERVICES = ("Standard", "Standard", "Standard", "Expedited", "SecondDay")
EXTRA = {"Standard": 1, "Expedited": 2, "SecondDay": 3}

Cart = Sequence[tuple[str, int]]
"""SKUs with their units."""


class StoryFailed(Exception):
    """An order that the demo shows could not be placed: the demo is wrong, not the data."""


@dataclass(frozen=True)
class Step:
    """What happens to the order at a moment."""

    at: datetime
    act: Callable[["Stage", Shop, Order, datetime], None]


@dataclass(frozen=True)
class Plan:
    """An order and its life; one that is part of the trade may meet an empty shelf, a story may not.

    `language` is the buyer's, where it matters.
    """

    shop: Shop
    placed_at: datetime
    cart: Cart
    steps: Sequence[Step] = ()
    pays: str = "approve"
    is_story: bool = False
    language: str = ""


@dataclass(eq=False)
class Stage:
    """The demo's chance, its diary and its tally."""

    rng: Random
    diary: Diary = field(default_factory=Diary)
    tally: Counter[str] = field(default_factory=Counter)

    def expect(self, plan: Plan) -> None:
        """The order will be placed at its moment."""

        def act(now: datetime) -> None:
            self.place(plan, now)

        self.diary.at(plan.placed_at, act)

    def place(self, plan: Plan, now: datetime) -> Order | None:
        """Hand the order in; its payment is asked for within minutes. None when the shelf is empty."""
        shop, channel = plan.shop, self.rng.choice(plan.shop.channels)
        new = new_order(plan, self.rng, now)
        (result,) = intake.place([new], seller=shop.seller, channel=channel, actor=Actor.channel(), now=now)
        if isinstance(result, intake.NotPlaced):
            if plan.is_story:
                raise StoryFailed("; ".join(problem.sentence for problem in result.problems))
            self.tally["refused"] += 1
            return None
        order = result.order
        self.tally["placed"] += 1
        self.diary.at(now + timedelta(seconds=self.rng.randint(5, 150)), self._authorisation(order))
        self.diary.job_at(order.cancel_window_ends_at, self.close_windows)
        for step in plan.steps:
            self.diary.at(step.at, self._step(step, shop, order))
        return order

    def _step(self, step: Step, shop: Shop, order: Order) -> Callable[[datetime], None]:
        def act(now: datetime) -> None:
            order.refresh_from_db()
            step.act(self, shop, order, now)

        return act

    def _authorisation(self, order: Order) -> Callable[[datetime], None]:
        """What the worker does as soon as it is told of a new order."""

        def act(now: datetime) -> None:
            for call in ProviderCall.objects.due(now).filter(payment__order=order):
                provider_calls.finish(call, actor=SYSTEM, now=now)
            self.after_calls([order])

        return act

    def after_calls(self, orders: Sequence[Order]) -> None:
        """Note when the jobs have to look again: at deadlines, at declined payments, at open calls."""
        for order in orders:
            order.refresh_from_db()
            if order.warn_at and order.confirm_deadline and order.status == OrderStatus.UNSHIPPED:
                self.diary.job_at(order.warn_at, self.warn)
                self.diary.job_at(order.confirm_deadline, self.cancel_overdue)
            elif order.status == OrderStatus.PENDING:
                self.diary.job_at(order.authorise_by, self.cancel_unauthorised)
        declined = Payment.objects.filter(state=PaymentState.DECLINED).aggregate(at=Min("next_try_at"))["at"]
        waiting = ProviderCall.objects.open().aggregate(at=Min("next_try_at"))["at"]
        if declined:
            self.diary.job_at(declined, self.retry_authorisations)
        if waiting:
            self.diary.job_at(waiting, self.finish_calls)

    def close_windows(self, now: datetime) -> None:
        sweeps.run(sweeps.close_cancel_windows, now=now, actor=SYSTEM)

    def warn(self, now: datetime) -> None:
        sweeps.run(sweeps.warn_of_deadlines, now=now, actor=SYSTEM)

    def expire_phones(self, now: datetime) -> None:
        sweeps.run(sweeps.expire_phones, now=now, actor=SYSTEM)

    def finish_calls(self, now: datetime) -> None:
        pending = list(Order.objects.filter(status=OrderStatus.PENDING, payment__calls__next_try_at__lte=now))
        sweeps.run(sweeps.finish_provider_calls, now=now, actor=SYSTEM)
        self.after_calls(pending)

    def retry_authorisations(self, now: datetime) -> None:
        pending = list(Order.objects.filter(status=OrderStatus.PENDING, payment__next_try_at__lte=now))
        sweeps.run(sweeps.retry_authorisations, now=now, actor=SYSTEM)
        self.after_calls(pending)

    def send_refunds(self, now: datetime) -> None:
        sweeps.run(refund_sweeps.send_refunds, now=now, actor=SYSTEM)

    def close_statements(self, now: datetime) -> None:
        statements.sweep(now)

    def cancel_unauthorised(self, now: datetime) -> None:
        sweeps.run(sweeps.cancel_unauthorised, now=now, actor=SYSTEM)
        self.finish_calls(now)

    def cancel_overdue(self, now: datetime) -> None:
        sweeps.run(sweeps.cancel_overdue, now=now, actor=SYSTEM)
        self.finish_calls(now)


@contextmanager
def without_hints() -> Iterator[None]:
    """No worker is told of these orders: it would do today what belongs to their past."""
    before, nudge.breaker.open_until = nudge.breaker.open_until, inf
    try:
        yield
    finally:
        nudge.breaker.open_until = before


def new_order(plan: Plan, rng: Random, now: datetime) -> NewOrder:
    """The order as a channel hands it in, from someone of the shop's country."""
    country, currency = plan.shop.marketplace.country, plan.shop.marketplace.currency
    service = rng.choice(SERVICES)
    digits = f"{rng.randrange(10**14):014d}"
    return NewOrder(
        reference=f"{country}-{uuid.UUID(int=rng.getrandbits(128), version=4)}",
        number=f"{rng.randint(100, 999)}-{digits[:7]}-{digits[7:]}",
        placed_at=now,
        currency=currency,
        service=service,
        payment_token=f"tok_{plan.pays}",
        items=tuple(
            _item(
                plan.shop, sku, units, shipping=SHIPPING[currency] * EXTRA[service] if first else 0, rng=rng
            )
            for first, (sku, units) in zip([True, *[False] * len(plan.cart)], plan.cart, strict=False)
        ),
        **people.someone(country, rng, plan.language).fields,
    )


def _item(shop: Shop, sku: str, units: int, *, shipping: int, rng: Random) -> Item:
    """One line; the first of an order bears the shipping."""
    price, percent = shop.goods[sku].price * units, TAX_PERCENT.get(shop.marketplace.country, 0)
    return Item(
        sku=sku,
        quantity=units,
        price=price,
        tax=price * percent // 100,
        shipping=shipping,
        shipping_tax=shipping * percent // 100,
        number=f"{rng.randrange(10**14):014d}",
    )
