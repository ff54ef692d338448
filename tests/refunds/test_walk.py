"""At random: ship, cancel, refund, settle shortages, return; each unit and each cent is where it belongs (R3, I4)."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from orders import changes, lifecycle, packages, supply
from payments.providers import sandbox
from payments.states import Operation
from refunds import amounts, asks, refunds, returns
from tests.refunds.walk import provider_steps, refund_steps, steps
from tests.refunds.walk.checks import check
from tests.refunds.walk.world import World

pytestmark = pytest.mark.django_db
CURRENCIES = ["USD", "JPY", "KWD"]
STEPS_OF_A_WORLD = 100
Step = Callable[[World], object]
TO_BE_MET = [
    *["confirm_shipment", "late answer", "late decline", "complete", "cancel", "cancel_units", "settle"],
    *["request", "request refused", "take_back", "retry", "ask", "receive", "reopen", "statement"],
    *["refund.failed", "charge.dispute.created", "charge.dispute.closed", "charge.expired"],
]
LATE_TOKENS = {
    "tok_capture_declined_late": {Operation.CAPTURE: (sandbox.NOT_REACHED, sandbox.DECLINE)},
    "tok_refund_times_out": {Operation.REFUND: (sandbox.TIMEOUT, sandbox.APPROVE)},
    "tok_refund_declined_late": {Operation.REFUND: (sandbox.NOT_REACHED, sandbox.DECLINE)},
}
# A step that stands here twice is taken twice as often.
STEPS = [
    *[steps.place, steps.authorize, steps.ship_some] * 3,
    steps.send_refunds,
    steps.send_refunds,
    *[steps.deliver] * 3,
    steps.count_stock,
    *[steps.settle_shortage, steps.complete] * 2,
    steps.cancel,
    steps.buyer_cancels,
    steps.cancel_units,
    steps.cancel_units,
    steps.close_statements,
    *[refund_steps.refund_units] * 4,
    refund_steps.refund_units_by_default,
    refund_steps.refund_amount,
    refund_steps.refund_rest,
    refund_steps.refund_from_an_old_page,
    refund_steps.refund_from_an_old_page,
    *[refund_steps.undo, refund_steps.retry] * 2,
    *[refund_steps.ask_return, refund_steps.receive_return] * 3,
    refund_steps.close_return,
    *[provider_steps.deliver_events] * 2,
    provider_steps.renew_holds,
    provider_steps.end_hold,
    *[provider_steps.fail_refund_later] * 3,
    provider_steps.report_refund,
    provider_steps.open_dispute,
    provider_steps.decide_dispute,
]


@pytest.fixture(autouse=True)
def _late_tokens(monkeypatch):
    """Payments whose charge or refund is answered late, and then refused."""
    for token, script in LATE_TOKENS.items():
        monkeypatch.setitem(sandbox.SCRIPTS, token, script)


def walk(seed: int, length: int) -> Counter[str]:
    """Take so many steps at random, check after each, and return what was done how often."""
    chance, done = random.Random(seed), Counter[str]()
    for first in range(0, length, STEPS_OF_A_WORLD):
        world = World(CURRENCIES[first // STEPS_OF_A_WORLD % len(CURRENCIES)], chance, done)
        with world.desk.at_work():
            for number in range(first, min(first + STEPS_OF_A_WORLD, length)):
                while not take(world, chance.choice(STEPS), f"seed {seed}, step {number}", number % 10 == 0):
                    pass
    return done


def take(world: World, step: Step, where: str, is_whole: bool = True) -> bool:
    """Take one step after a pause and check the latest orders, or all; False where there was nothing to do."""
    world.wait(timedelta(minutes=world.chance.choice([0, 1, 20])))
    before = world.done.total()
    try:
        step(world)
        world.hear()
        if world.done.total() > before:
            check(world, world.orders() if is_whole else world.orders()[:8])
        return world.done.total() > before
    except AssertionError as error:
        raise AssertionError(f"{where}, {step.__name__}: {error}") from error


def test_every_unit_and_every_cent_is_accounted_for():
    walk(seed=1, length=100)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_at_length(seed):
    done = walk(seed, length=2_000)
    assert {name: done[name] for name in TO_BE_MET if done[name] < 2} == {}


def last_unit_takes_all(item, units, *, with_shipping=True):
    """As refunds were once made: the last unit took everything that was left of its line."""
    if item.units_refunded + units >= item.units_charged:
        return amounts.rest(item, is_less_shipping=not with_shipping)
    return OF_UNITS(item, units, with_shipping=with_shipping)


def nothing(*_args: object, **_kwargs: object) -> None:
    """As if there were no guard."""


OF_UNITS = amounts.of_units
MORE = [steps.place, steps.authorize, steps.ship_some]  # what each walk begins with
# A guard, what stands in its place, and the steps that meet it.
GUARDS: dict[str, tuple[Any, str, Callable[..., object], list[Step]]] = {
    "refunded units must not ship": (asks, "_check_have_shipped", nothing, [refund_steps.refund_units]),
    "no more units ship than are left": (packages, "_check_contents", nothing, [steps.ship_some]),
    "a page made before is refused": (changes, "check", nothing, [refund_steps.refund_from_an_old_page]),
    "what is given up is released": (supply, "let_go", nothing, [refund_steps.refund_units_by_default]),
    "no more comes back than was sent": (
        returns,
        "_check_received",
        nothing,
        [refund_steps.ask_return, refund_steps.receive_return],
    ),
    "no more is asked back than shipped": (returns, "_check_units", nothing, [refund_steps.ask_return]),
    "the same form twice is one refund": (refunds, "_earlier", nothing, [refund_steps.refund_units]),
    "the last unit is a unit like the others": (
        amounts,
        "of_units",
        last_unit_takes_all,
        [refund_steps.refund_units],
    ),
    "canceled stock is free again": (lifecycle, "_free", nothing, [steps.cancel]),
    "canceled orders show what was ordered": (
        lifecycle,
        "_show_as_ordered",
        nothing,
        [steps.cancel_units, steps.cancel],
    ),
}


def walk_towards(meets: list[Step], seed: int) -> None:
    """Take one short walk of few kinds of steps."""
    world = World("USD", random.Random(seed), Counter())
    with world.desk.at_work():
        for number in range(40):
            kinds = [*MORE, *meets * (7 // len(meets))] if number > 6 else [MORE[number % 3]]
            take(world, world.chance.choice(kinds), f"seed {seed}, step {number}")


@pytest.mark.parametrize("guard", GUARDS)
def test_twin_without_a_guard_is_caught(guard, monkeypatch):
    module, name, without, meets = GUARDS[guard]
    monkeypatch.setattr(module, name, without)
    with pytest.raises((AssertionError, IntegrityError)):  # the walk's own checks, or the database's
        for seed in range(10):
            walk_towards(meets, seed)
