"""Performance rates by examples counted by hand: their boundaries, their days, and the orders behind them (H2)."""

import uuid
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from inventory.models import Fulfilment
from orders import cancel_requests, lifecycle, shipping, sweeps
from orders.figures import rate_cards, rates
from orders.figures.rates import CANCELED, LATE, TRACED, Rate, Tally
from orders.models import Order
from orders.states import CancelReason
from tests.factories import MINUTE, NOON, ListingFactory, MarketplaceFactory, SellerFactory
from tests.helpers import SYSTEM, authorised, everything, parcel, place, ship

pytestmark = pytest.mark.django_db
GOOD = "1Z5R89390357567127"
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def listing(seller):
    return ListingFactory(seller=seller, sku="BTL-1", on_hand=1000)


def sent(order: Order, now: datetime, number: str = GOOD) -> Order:
    parcels = [(parcel(order.placed_on, tracking_number=number), everything(order))]
    return shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=SYSTEM, now=now).order


def canceled(order: Order, now: datetime = NOON, actor: Actor | None = None, **changes) -> Order:
    actor = actor or Actor.seller(None)
    reason = changes.get("reason", CancelReason.NO_INVENTORY)
    return lifecycle.cancel(order, reason=reason, actor=actor, now=now)


def tally(rate: Rate, seller, now: datetime, days: int | None = None) -> Tally:
    days = days or rate.spans[0]
    asked = rates.period(seller, rates.LONGEST, now)
    found = rates.together(rate.by_day(asked), asked.last, days)
    assert found.against == rate.behind(asked.of_last(days)).count()
    return found


class TestLateShipments:
    def test_by_hand(self, seller, listing):
        orders = [authorised((listing, 1)) for _n in range(6)]
        due = orders[0].ship_by
        sent(orders[0], due)
        sent(orders[1], due + MICROSECOND)
        canceled(orders[2])
        authorised((ListingFactory(seller=seller, fulfilment=Fulfilment.AFN), 1))
        place((listing, 1), payment_token="tok_decline")
        assert tally(LATE, seller, due) == Tally(1, 5)
        assert tally(LATE, seller, due + MICROSECOND) == Tally(4, 5)
        sent(orders[3], due + DAY)
        assert tally(LATE, seller, due + DAY) == Tally(4, 5)

    def test_a_partly_shipped_order_is_late_until_it_is_whole(self, seller, listing):
        order = authorised((listing, 2))
        (pk,) = everything(order)
        ship(order, {pk: 1})
        assert tally(LATE, seller, order.ship_by + MINUTE) == Tally(1, 1)
        sent(Order.objects.get(pk=order.pk), order.ship_by + MINUTE)
        assert tally(LATE, seller, order.ship_by + MINUTE) == Tally(1, 1)

    def test_the_tenth_day_is_in_and_the_eleventh_is_out(self, seller, listing):
        midnight = datetime(2026, 11, 11, 5, 0, tzinfo=UTC)  # of the 11th in New York; NOON is the 20th
        authorised((listing, 1), now=midnight)
        authorised((listing, 1), now=midnight - MICROSECOND)
        assert tally(LATE, seller, NOON) == Tally(1, 1)
        assert tally(LATE, seller, NOON, 30) == Tally(2, 2)

    def test_days_on_which_clocks_change_are_whole_days(self, seller, listing):
        autumn = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)  # midnight; the day has 25 hours
        for moment in (autumn - MICROSECOND, autumn, autumn + 25 * 60 * MINUTE - MICROSECOND):
            authorised((listing, 1), now=moment)
        asked = rates.period(seller, rates.LONGEST, datetime(2026, 11, 2, 12, tzinfo=UTC))
        by_day = {day.day: one.of for day, one in LATE.by_day(asked).items()}
        assert by_day == {31: 1, 1: 2}

    def test_the_days_are_the_marketplaces(self):
        tokyo = SellerFactory(
            marketplace=MarketplaceFactory(country="JP", time_zone="Asia/Tokyo", currency="JPY")
        )
        midnight = datetime(2026, 11, 11, 15, 0, tzinfo=UTC)  # of the 12th in Tokyo, where NOON is the 21st
        for moment in (midnight, midnight - MICROSECOND):
            authorised((ListingFactory(seller=tokyo), 1), now=moment)
        assert tally(LATE, tokyo, NOON) == Tally(1, 1)


class TestCancellations:
    def test_by_hand(self, seller, listing):
        orders = [authorised((listing, 1)) for _n in range(5)]
        canceled(orders[0])
        canceled(orders[1], reason=CancelReason.BUYER_CANCELED)
        canceled(orders[2], actor=Actor.buyer(), reason=CancelReason.BUYER_CANCELED)
        cancel_requests.ask(orders[3], note="", actor=Actor.buyer(), now=NOON + 31 * MINUTE)
        canceled(orders[3], NOON + 40 * MINUTE, reason=CancelReason.BUYER_CANCELED)
        assert tally(CANCELED, seller, NOON + 41 * MINUTE) == Tally(2, 5)

    def test_what_was_not_confirmed_in_time_counts_on_its_day(self, seller, listing):
        order = authorised((listing, 1))
        after = order.confirm_deadline + MINUTE
        sweeps.run(sweeps.cancel_overdue, now=after, actor=SYSTEM)
        assert tally(CANCELED, seller, after) == Tally(1, 0)
        card = rate_cards.card(CANCELED, 7, CANCELED.by_day(rates.period(seller, 30, after)), after.date())
        assert (card.share, card.of) == ("100%", "1, with no orders to compare with")
        assert (card.standing, card.tone) == ("Off target", "bad")
        authorised((listing, 1), now=after)
        assert tally(CANCELED, seller, after) == Tally(1, 1)

    def test_the_seventh_day_is_in_and_the_eighth_is_out(self, seller, listing):
        order = authorised((listing, 1))
        canceled(order, datetime(2026, 11, 21, 5, 0, tzinfo=UTC))
        assert tally(CANCELED, seller, datetime(2026, 11, 28, 4, 59, 59, tzinfo=UTC)).against == 1
        assert tally(CANCELED, seller, datetime(2026, 11, 28, 5, 0, tzinfo=UTC)).against == 0


def test_valid_tracking_by_hand(seller, listing):
    for number in (GOOD, "1Z1", "", GOOD):
        sent(authorised((listing, 1)), NOON, number)
    authorised((listing, 1))
    assert tally(TRACED, seller, NOON) == Tally(2, 4)
    asked = rates.period(seller, 7, NOON)
    notes = TRACED.notes(asked, list(TRACED.behind(asked)))
    assert sorted(notes.values()) == [
        "1Z1 does not look like a tracking number of UPS. Check it for a typo.",
        "No tracking number: the package counts against your valid tracking rate.",
    ]


def test_what_the_marketplace_ships_is_not_behind_the_tracking_rate(seller):
    sent(authorised((ListingFactory(seller=seller, fulfilment=Fulfilment.AFN), 1)), NOON, "")
    assert tally(TRACED, seller, NOON) == Tally(0, 0)


class TestTargets:
    """On the target is not within it."""

    @pytest.mark.parametrize(
        ("rate", "against", "of", "share", "is_met"),
        [
            (LATE, 0, 25, "0%", True),
            (LATE, 1, 25, "4%", False),
            (LATE, 399, 10_000, "3.99%", True),
            (LATE, 39_999, 1_000_000, "3.99%", True),
            (CANCELED, 1, 40, "2.5%", False),
            (CANCELED, 24, 1000, "2.4%", True),
            (CANCELED, 3, 1, "100%", False),
            (TRACED, 1, 20, "95%", False),
            (TRACED, 49, 1000, "95.1%", True),
            (TRACED, 0, 7, "100%", True),
        ],
    )
    def test_by_hand(self, rate, against, of, share, is_met):
        found = rate.share(Tally(against, of))
        assert rate_cards.percent(found, is_good=rate.is_good) == share
        assert rate.is_met(found) is is_met

    def test_nothing_to_judge(self):
        assert LATE.share(Tally(0, 0)) is None

    @given(of=st.integers(1, 3000), data=st.data())
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def test_what_is_written_never_contradicts_the_verdict(self, of, data):
        against = data.draw(st.integers(0, of))
        for rate in (LATE, CANCELED, TRACED):
            share = rate.share(Tally(against, of))
            written = Fraction(rate_cards.percent(share, is_good=rate.is_good).rstrip("%")) / 100
            assert rate.is_met(written) == rate.is_met(share)


def test_a_card_tells_figure_target_and_course(seller, listing):
    for moment in (NOON - 20 * DAY, NOON):
        sent(authorised((listing, 1), now=moment), moment)
    late = authorised((listing, 1), now=NOON - 5 * DAY)
    found = {card.slug: card for card in rate_cards.of(rates.period(seller, rates.LONGEST, NOON))}
    assert late.ship_by < NOON
    card = found["late-shipment"]
    assert (card.share, card.of, card.target) == ("50%", "1 of 2 orders", "Target: under 4%")
    assert (card.standing, card.tone, len(card.points)) == ("Off target", "bad", 21)
    assert card.course == "From 0% on Oct 31 to 50% today"
    assert found["valid-tracking"].share == "100%"
    assert found["reply-time"].standing == "No figure yet"
