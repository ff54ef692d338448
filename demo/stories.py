"""Orders that the demo must have whatever the day: every status, every deadline, every way to be canceled."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from demo import acts, after_sales, talks, times
from demo.market import Shop
from demo.stage import Plan, Step
from orders.deadlines import Deadlines
from orders.states import SELLER_REASONS
from refunds.states import Condition, RefundReason, ReturnReason

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True)
class Teller:
    """Tells a shop's stories so that they end at `now`."""

    shop: Shop
    rng: Random
    now: datetime

    def plans(self) -> Iterator[Plan]:
        """All of them, up to the moment."""
        yield from self._waiting_for_payment()
        yield from self._inside_the_window()
        yield from self._to_ship()
        yield from self._asked_to_cancel()
        yield from self._partly_shipped()
        yield from self._shipped()
        yield from self._canceled()
        yield from self._by_the_marketplace()
        yield from self._oversold()
        yield from self._refunded()
        yield from self._sent_back()
        skus = self.shop.skus()
        yield from talks.plans(self.shop, self.rng.sample(skus, len(skus)), self.now)

    def few(self) -> Iterator[Plan]:
        """What a small shop needs to be worth a look: one order at each deadline, one request."""
        now = self.now
        yield from self._inside_the_window()
        yield self._by_deadline(lambda d: d.ship_by >= now, find=times.earliest_placing)
        yield self._by_deadline(lambda d: d.ship_by < now < d.warn_at)
        yield self._by_deadline(lambda d: d.warn_at <= now < d.confirm_deadline)
        asked = Step(now - 90 * MINUTE, acts.ask(""))
        yield self._by_deadline(lambda d: d.ship_by >= now, lambda _placed_at: asked)

    def just_now(self) -> Iterator[Plan]:
        """Orders whose payment nobody has asked for yet; one takes the last unit of a listing (I1)."""
        last = next((sku for sku, good in self.shop.goods.items() if good.left == 1), None)
        if last:
            yield Plan(self.shop, self.now, [(last, 1)], pays="pend_then_approve", is_story=True)
        yield self._plan(self.now)
        yield self._plan(self.now, pays="pend_then_approve")

    def _plan(
        self, placed_at: datetime, *steps: Step, handling_days: int | None = None, units: int = 1, **more: str
    ) -> Plan:
        """An order of units of one thing that the seller ships."""
        skus = self.shop.skus(handling_days=handling_days)
        cart = [(self.rng.choice(skus), units)]
        return Plan(self.shop, placed_at, cart, steps, is_story=True, **more)

    def _handling(self) -> int:
        """A handling time that the shop has."""
        return self.rng.choice([self.shop.goods[sku].handling_days for sku in self.shop.skus()])

    def _by_deadline(
        self,
        fits: Callable[[Deadlines], bool],
        *steps: Callable[[datetime], Step],
        find: Callable[..., datetime] = times.latest_placing,
        units: int = 1,
    ) -> Plan:
        """An order placed on the last (or first) day that gives it such deadlines."""
        days = self._handling()
        placed_at = find(self.shop.marketplace, days, self.rng, self.now, fits)
        told = [step(placed_at) for step in steps]
        return self._plan(placed_at, *told, handling_days=days, units=units)

    def _waiting_for_payment(self) -> Iterator[Plan]:
        """Declined and tried again: a moment ago, since hours, since days (O4)."""
        for age in (25 * MINUTE, 5 * HOUR, 2 * DAY, 4 * DAY + 20 * HOUR):
            yield self._plan(self.now - age, pays="decline")
        yield self._plan(self.now - 3 * DAY, Step(self.now - 2 * DAY, acts.ship), pays="decline_then_approve")

    def _inside_the_window(self) -> Iterator[Plan]:
        """Authorised, and the buyer may still cancel by themselves (O9)."""
        minutes = self.shop.marketplace.buyer_cancel_minutes
        for part in (0.35, 0.6):
            yield self._plan(self.now - minutes * part * MINUTE)

    def _to_ship(self) -> Iterator[Plan]:
        """Due soonest, late since yesterday, about to be canceled tomorrow and today (O8, O17, O18)."""
        now = self.now
        for units in (1, 2, 3):
            yield self._by_deadline(lambda d: d.ship_by >= now, find=times.earliest_placing, units=units)
            yield self._by_deadline(lambda d: d.ship_by < now < d.warn_at, units=units)
        yield self._by_deadline(lambda d: d.warn_at <= now < d.confirm_deadline)
        yield self._by_deadline(lambda d: d.warn_at <= now < d.confirm_deadline, units=2)
        yield self._by_deadline(lambda d: now < d.confirm_deadline, find=times.earliest_placing)

    def _asked_to_cancel(self) -> Iterator[Plan]:
        """Open requests, one of them on a late order (O10)."""
        now, note = self.now, "I ordered this twice by mistake. Please cancel one of them."
        asked = Step(now - 2 * HOUR, acts.ask(note))
        yield self._by_deadline(lambda d: d.ship_by >= now, lambda _placed_at: asked)
        yield self._by_deadline(
            lambda d: d.ship_by >= now, lambda _placed_at: Step(now - 40 * MINUTE, acts.ask(""))
        )
        late = Step(now - 7 * HOUR, acts.ask("It has not shipped yet and I no longer need it."))
        yield self._by_deadline(lambda d: d.ship_by < now < d.warn_at, lambda _placed_at: late)

    def _partly_shipped(self) -> Iterator[Plan]:
        """Charged, and the rest is on its way to be late, or long late (O17)."""
        now = self.now
        for fits in (
            lambda d: d.ship_by >= now,
            lambda d: d.ship_by < now < d.warn_at,
            lambda d: d.confirm_deadline < now,
        ):
            yield self._by_deadline(
                fits, lambda placed_at: self._working(placed_at, acts.ship_one_unit), units=3
            )

    def _working(self, placed_at: datetime, act: acts.Act) -> Step:
        """Soon after the order, once it is authorised."""
        return Step(placed_at + 50 * MINUTE, act)

    def _shipped(self) -> Iterator[Plan]:
        """Two packages, a package put right afterwards, another carrier, a request that came too late."""
        placed_at = self.now - 4 * DAY
        in_two = [
            Step(placed_at + 20 * HOUR, acts.ship_in_two),
            Step(placed_at + 25 * HOUR, acts.edit_package),
        ]
        yield self._plan(placed_at, *in_two, units=4)
        yield self._plan(placed_at + HOUR, Step(placed_at + 21 * HOUR, acts.ship_by_other))
        asked = Step(placed_at + 3 * HOUR, acts.ask("Can this still be stopped?"))
        yield self._plan(placed_at + HOUR, asked, Step(placed_at + 22 * HOUR, acts.ship))
        fewer = [Step(placed_at + 5 * HOUR, acts.cancel_one_unit), Step(placed_at + 23 * HOUR, acts.ship)]
        yield self._plan(placed_at + 2 * HOUR, *fewer, units=3)

    def _canceled(self) -> Iterator[Plan]:
        """By the buyer, by the seller for each reason, by the marketplace: unpaid, or unconfirmed."""
        for place, reason in enumerate(SELLER_REASONS):
            placed_at = self.now - (2 + 3 * place) * DAY
            yield self._plan(placed_at, Step(placed_at + 5 * HOUR, acts.cancel_by_seller(reason)))
        window = self.shop.marketplace.buyer_cancel_minutes * MINUTE
        placed_at = self.now - 3 * HOUR
        yield self._plan(placed_at, Step(placed_at + 0.8 * window, acts.cancel_by_buyer))
        placed_at = self.now - 30 * HOUR
        asked = Step(placed_at + 4 * HOUR, acts.ask("Wrong address, I will order again."))
        yield self._plan(placed_at, asked, Step(placed_at + 9 * HOUR, acts.accept))
        yield self._plan(self.now - 8 * DAY, pays="decline")
        yield self._by_deadline(lambda d: d.confirm_deadline < self.now)
        yield self._plan(self.now - 6 * HOUR, Step(self.now - 5 * HOUR, acts.cancel_by_marketplace))

    def _refunded(self) -> Iterator[Plan]:
        """One that can still be taken back, one in part, one in full, one that was taken back (R2, R3, R5)."""
        now = self.now
        damaged = "The handle was damaged on the way. Half of the price goes back to you."
        half = after_sales.refund_in_part(RefundReason.GENERAL_ADJUSTMENT, 50, damaged, "Ask the carrier.")
        back = after_sales.refund_in_full(RefundReason.REFUSED_DELIVERY, "The parcel came back to us.")
        for days, steps in (
            (3, [Step(now - 4 * MINUTE, half)]),
            (6, [Step(now - 26 * HOUR, half)]),
            (12, [Step(now - 3 * DAY, back)]),
            (7, [Step(now - 50 * HOUR, back), Step(now - 49.8 * HOUR, after_sales.take_back)]),
        ):
            placed_at = now - days * DAY
            yield self._plan(placed_at, Step(placed_at + 20 * HOUR, acts.ship), *steps, units=2)

    def _sent_back(self) -> Iterator[Plan]:
        """A return in each of its states (R4)."""
        now = self.now
        asked = after_sales.ask_return(ReturnReason.DEFECTIVE, "It does not close properly.")
        came = after_sales.receive_return(Condition.OPENED, restock=False)
        later = [after_sales.authorise_return, came, after_sales.refund_return]
        for number in range(len(later) + 1):
            placed_at = now - (9 + 2 * number) * DAY
            steps = [Step(now - (80 - 20 * place) * HOUR, act) for place, act in enumerate(later[:number])]
            yield self._plan(
                placed_at,
                Step(placed_at + 20 * HOUR, acts.ship),
                Step(now - (100 if number else 3) * HOUR, asked),
                *steps,
                units=2,
            )

    def _by_the_marketplace(self) -> Iterator[Plan]:
        """Orders that the marketplace ships, in each status (O21)."""
        skus = self.shop.skus(is_afn=True)
        for age, act in ((5 * HOUR, None), (3 * DAY, acts.ship), (2 * DAY, acts.cancel_by_marketplace)):
            steps = [Step(self.now - age + 4 * HOUR, act)] if act else []
            if skus:
                cart = [(self.rng.choice(skus), 1)]
                yield Plan(self.shop, self.now - age, cart, steps, is_story=True)

    def _oversold(self) -> Iterator[Plan]:
        """Two orders for more than the stock count of the next hours finds (I4)."""
        for sku, good in self.shop.goods.items():
            if good.left is not None and good.left < 0:
                for hours, units in ((27, 1), (24, 2)):
                    yield Plan(self.shop, self.now - hours * HOUR, [(sku, units)], is_story=True)
