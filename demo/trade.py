"""The everyday trade of a demo shop: orders as chance makes them, most of them shipped in time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from demo import acts, after_sales, times
from demo.market import Shop
from demo.stage import Cart, Plan, Step
from orders.states import SELLER_REASONS
from refunds.states import Condition, RefundReason, ReturnReason

T = TypeVar("T")

AFN_SHARE = 0.15
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WORDS = (
    "I ordered the wrong size, please cancel.",
    "Found it at a shop nearby, sorry!",
    "It will not arrive before we leave. Can you cancel?",
    "买错了颜色，请帮我取消，谢谢。",
    "Bestellung bitte stornieren, ich habe doppelt bestellt.",
    "間違えて注文しました。キャンセルをお願いします。",
)
RETURNS = (
    (ReturnReason.NO_LONGER_NEEDED, "It is lovely, but we have no place for it."),
    (ReturnReason.DAMAGED, "The box was crushed and one side is bent."),
    (ReturnReason.NOT_AS_DESCRIBED, "The color is much darker than in the picture."),
    (ReturnReason.WRONG_ITEM, "I ordered another size."),
)
WORDS_IN = {"US": WORDS[:4], "GB": WORDS[:3], "DE": WORDS[4:5], "JP": WORDS[5:]}


@dataclass(frozen=True)
class Case:
    """An order whose life is still open: when it was placed, and when it is shipped in time."""

    shop: Shop
    placed_at: datetime
    ships_at: datetime
    handling_days: int
    rng: Random


Life = Callable[[Case], list[Step]]


def _in_time(case: Case) -> list[Step]:
    return [Step(case.ships_at, acts.ship)]


def _late(case: Case) -> list[Step]:
    days_late = case.rng.randint(1, 3)
    late = times.of_shipment(
        case.shop.marketplace, case.placed_at, case.handling_days, case.rng, days_late=days_late
    )
    return [Step(late, acts.ship)]


def _in_two(case: Case) -> list[Step]:
    return [Step(case.ships_at, acts.ship_in_two), Step(case.ships_at + 2 * HOUR, acts.edit_package)]


def _returned(case: Case) -> list[Step]:
    """The buyer sends it back; the seller waits for it, looks at it, and pays."""
    asked = case.ships_at + timedelta(days=case.rng.randint(4, 9), hours=2)
    reason, note = case.rng.choice(RETURNS)
    is_good = case.rng.random() < 0.6
    condition = Condition.AS_NEW if is_good else Condition.USED
    return [
        Step(case.ships_at, acts.ship),
        Step(asked, after_sales.ask_return(reason, note)),
        Step(asked + 6 * HOUR, after_sales.authorise_return),
        Step(asked + 130 * HOUR, after_sales.receive_return(condition, restock=is_good)),
        Step(asked + 133 * HOUR, after_sales.refund_return),
    ]


def _price_put_right(case: Case) -> list[Step]:
    """A part of the price goes back after a complaint."""
    memo = "We are sorry about the scratch. Here is a part of the price back."
    part = after_sales.refund_in_part(RefundReason.GENERAL_ADJUSTMENT, case.rng.choice((10, 15, 20)), memo)
    return [Step(case.ships_at, acts.ship), Step(case.ships_at + timedelta(days=5), part)]


def _came_back(case: Case) -> list[Step]:
    """The carrier could not deliver it."""
    memo = "The parcel came back to us as undeliverable."
    full = after_sales.refund_in_full(RefundReason.UNDELIVERABLE, memo)
    return [Step(case.ships_at, acts.ship), Step(case.ships_at + timedelta(days=9), full)]


def _in_parts(case: Case) -> list[Step]:
    return [Step(case.ships_at, acts.ship_one_unit), Step(case.ships_at + 47 * HOUR, acts.ship)]


def _fewer_units(case: Case) -> list[Step]:
    return [Step(case.ships_at - 20 * MINUTE, acts.cancel_one_unit), Step(case.ships_at, acts.ship)]


def _buyer_regrets(case: Case) -> list[Step]:
    window = case.shop.marketplace.buyer_cancel_minutes
    return [Step(case.placed_at + window * 60 * timedelta(seconds=0.9), acts.cancel_by_buyer)]


def _buyer_asks(case: Case) -> list[Step]:
    note = case.rng.choice(WORDS_IN[case.shop.marketplace.country])
    asked = Step(case.placed_at + (case.ships_at - case.placed_at) * 0.6, acts.ask(note))
    answered_at = case.ships_at - 10 * MINUTE
    if case.rng.random() < 0.6:
        return [asked, Step(answered_at, acts.accept)]
    return [asked, Step(answered_at, acts.decline), Step(case.ships_at, acts.ship)]


def _seller_cancels(case: Case) -> list[Step]:
    return [Step(case.ships_at - 30 * MINUTE, acts.cancel_by_seller(case.rng.choice(SELLER_REASONS)))]


def _marketplace_cancels(case: Case) -> list[Step]:
    return [Step(case.ships_at - 30 * MINUTE, acts.cancel_by_marketplace)]


LIVES: tuple[tuple[Life, float], ...] = (
    (_in_time, 76),
    (_late, 3),
    (_returned, 3),
    (_price_put_right, 1.5),
    (_came_back, 0.5),
    (_in_two, 3),
    (_in_parts, 2),
    (_fewer_units, 1.5),
    (_buyer_regrets, 4),
    (_buyer_asks, 3),
    (_seller_cancels, 2.5),
)
AFN_LIVES: tuple[tuple[Life, float], ...] = (
    (_in_time, 93),
    (_in_two, 3),
    (_buyer_regrets, 2),
    (_marketplace_cancels, 2),
)
SEVERAL_UNITS = (_in_two, _in_parts, _fewer_units)
PAYMENTS = (("approve", 90), ("pend_then_approve", 9), ("capture_timeout", 1))


def plans(shop: Shop, count: int, *, rng: Random, now: datetime) -> list[Plan]:
    """So many orders of the last 90 days; what would happen after `now` is planned but never comes."""
    return [_plan(shop, rng, now) for _number in range(count)]


def _plan(shop: Shop, rng: Random, now: datetime) -> Plan:
    is_afn = bool(shop.skus(is_afn=True)) and rng.random() < AFN_SHARE
    life = chosen(AFN_LIVES if is_afn else LIVES, rng)
    cart = some_cart(shop, rng, is_afn=is_afn, several_units=life in SEVERAL_UNITS)
    handling_days = max(shop.goods[sku].handling_days for sku, _units in cart)
    placed_at = times.of_order(shop.marketplace, rng, now)
    ships_at = times.of_shipment(shop.marketplace, placed_at, handling_days, rng)
    case = Case(shop, placed_at, ships_at, handling_days, rng)
    return Plan(shop, placed_at, cart, life(case), pays=chosen(PAYMENTS, rng))


def some_cart(shop: Shop, rng: Random, *, is_afn: bool = False, several_units: bool = False) -> Cart:
    """Mostly one thing, sometimes up to three, of what never runs out; the first in the list sells best."""
    skus = shop.skus(is_afn=is_afn)
    favour = [1 / (2 + place) for place in range(len(skus))]
    wanted = rng.choices((1, 2, 3), (70, 22, 8))[0]
    chosen = dict.fromkeys(rng.choices(skus, favour, k=wanted))
    cart = [(sku, rng.choices((1, 2, 3, 5), (80, 13, 5, 2))[0]) for sku in chosen]
    return [(sku, max(units, 2)) for sku, units in cart] if several_units else cart


def chosen(weighted: Sequence[tuple[T, float]], rng: Random) -> T:
    """One of the things, by their weights."""
    things, weights = zip(*weighted, strict=True)
    found: list[T] = rng.choices(things, weights)
    return found[0]
