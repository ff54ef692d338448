"""Confirming shipments: the charge, lateness, the deadline, and packages edited afterwards (O14–O18, P1)."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.actors import Actor
from inventory.models import StockMovement
from orders import lifecycle, packages, shipping, sweeps
from orders.models import Order
from orders.refusals import CaptureRefused, MoveRefused, Refused
from orders.states import CancelReason, EventKind, OrderStatus
from payments import ledger
from payments.models import LedgerEntry, Payment, SandboxOperation
from payments.states import PaymentState
from tests.factories import NOON, ListingFactory, SellerFactory, UserFactory
from tests.helpers import SYSTEM, authorised, everything, parcel, place, ship
from tests.orders.test_lifecycle import figures, snapshot

pytestmark = pytest.mark.django_db
MICRO = timedelta(microseconds=1)


@pytest.fixture
def listing():
    return ListingFactory()


@pytest.fixture
def seller_actor():
    return Actor.seller(UserFactory())


def captures() -> list[int]:
    """What the provider really took."""
    return list(
        SandboxOperation.objects.filter(operation="capture", status="approved").values_list(
            "amount", flat=True
        )
    )


class TestCharge:
    def test_o15_the_first_unit_charges_the_whole_order_once(self, listing):
        order = authorised((listing, 3))
        item = order.items.get()
        order = ship(order, {item.pk: 1})
        assert (order.status, captures()) == (OrderStatus.PARTIALLY_SHIPPED, [3740])
        order = ship(order)
        assert (order.status, captures()) == (OrderStatus.SHIPPED, [3740])
        assert figures(listing) == (7, 0)
        assert [event.kind for event in order.events.all()].count(EventKind.CHARGED) == 1

    def test_o15_before_it_the_buyer_is_never_charged(self, listing):
        order = authorised((listing, 3))
        assert order.payment.charged_at is None
        assert captures() == []

    def test_o15_a_refused_charge_confirms_nothing_and_says_why(self, listing, seller_actor):
        order = authorised((listing, 3), payment_token="tok_capture_fails")
        before = figures(listing)
        with pytest.raises(CaptureRefused, match="nothing was confirmed: The card was declined"):
            ship(order, actor=seller_actor)
        order.refresh_from_db()
        assert (order.status, order.packages.count(), figures(listing)) == ("unshipped", 0, before)
        assert [item.units_shipped for item in order.items.all()] == [0]
        assert (captures(), LedgerEntry.objects.count()) == ([], 0)
        assert order.events.last().kind == EventKind.CAPTURE_REFUSED

    def test_o15_after_a_refused_charge_the_seller_may_try_again(self, listing):
        order = authorised((listing, 3), payment_token="tok_capture_fails_then_approves")
        with pytest.raises(CaptureRefused):
            ship(order)
        assert ship(order).status == OrderStatus.SHIPPED
        assert captures() == [3740]

    def test_o15_without_an_answer_the_packages_wait_and_the_sweep_confirms_them(self, listing, seller_actor):
        order = authorised((listing, 3), payment_token="tok_capture_timeout")
        parcels = [(parcel(), everything(order))]
        key = uuid.uuid4()
        result = shipping.confirm_shipment(order, parcels, key=key, actor=seller_actor, now=NOON)
        assert (result.is_waiting, result.order.status) == (True, OrderStatus.UNSHIPPED)
        later = NOON + timedelta(minutes=5)
        sweeps.run(sweeps.finish_provider_calls, now=later, actor=SYSTEM)
        order.refresh_from_db()
        assert (order.status, captures()) == (OrderStatus.SHIPPED, [3740])
        package = order.packages.get()
        assert (package.confirmed_at, package.requested_by) == (NOON, seller_actor.user)
        confirmed = order.events.get(kind=EventKind.SHIPMENT_CONFIRMED)
        assert (confirmed.actor, confirmed.at) == (seller_actor.user, later)

    def test_while_the_charge_is_awaited_nothing_else_happens_to_the_order(self, listing, seller_actor):
        order = authorised((listing, 3), payment_token="tok_capture_timeout")
        shipping.confirm_shipment(
            order, [(parcel(), everything(order))], key=uuid.uuid4(), actor=seller_actor, now=NOON
        )
        before = snapshot(order)
        with pytest.raises(MoveRefused, match="being confirmed"):
            ship(order, actor=seller_actor)
        with pytest.raises(MoveRefused, match="being confirmed"):
            lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=seller_actor, now=NOON)
        overdue = order.confirm_deadline + MICRO
        assert sweeps.run(sweeps.cancel_overdue, now=overdue, actor=SYSTEM) == 0
        assert snapshot(order) == before

    def test_the_same_form_twice_is_one_shipment(self, listing, seller_actor):
        order = authorised((listing, 3))
        item, key = order.items.get(), uuid.uuid4()
        for _again in range(2):
            result = shipping.confirm_shipment(
                order, [(parcel(), {item.pk: 1})], key=key, actor=seller_actor, now=NOON
            )
            assert (result.is_waiting, result.order.status) == (False, OrderStatus.PARTIALLY_SHIPPED)
        assert (order.packages.count(), order.items.get().units_shipped, captures()) == (1, 1, [3740])

    def test_p1_the_money_is_available_after_the_settlement_period(self, listing):
        order = authorised((listing, 3))
        ship(order, now=datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
        payment = Payment.objects.get()
        # 22:00 on the 23rd in New York.
        assert payment.available_on == date(2026, 12, 7)

    def test_p2_the_ledger_balances(self, listing):
        order = authorised((listing, 3))
        ship(order)
        balance = ledger.balance(Payment.objects.get())
        assert (balance.charges, balance.fees, balance.due) == (3740, 561, 3179)
        assert balance.charges - balance.refunds - balance.fees == balance.paid_out + balance.due
        assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0


class TestPackages:
    def test_o14_several_packages_of_items_and_quantities(self):
        seller = SellerFactory()
        one, two = ListingFactory(seller=seller), ListingFactory(seller=seller)
        order = authorised((one, 2), (two, 1))
        first, second = order.items.all()
        result = shipping.confirm_shipment(
            order,
            [
                (parcel(tracking_number="A"), {first.pk: 1}),
                (parcel(tracking_number="B"), {first.pk: 1, second.pk: 1}),
            ],
            key=uuid.uuid4(),
            actor=SYSTEM,
            now=NOON,
        )
        assert result.order.status == OrderStatus.SHIPPED
        told = [
            (package.number, package.tracking_number, sorted(package.units.values_list("item", "quantity")))
            for package in order.packages.all()
        ]
        assert told == [(1, "A", [(first.pk, 1)]), (2, "B", [(first.pk, 1), (second.pk, 1)])]
        assert StockMovement.objects.filter(kind="shipment").count() == 3

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"ship_date": date(2026, 11, 21)}, "future"),
            ({"ship_date": date(2026, 11, 19)}, "before the purchase"),
            ({"carrier": "Other"}, "name of the carrier"),
            ({"carrier": "Other", "carrier_name": "  "}, "name of the carrier"),
            ({"carrier": "Pigeon"}, "not a known carrier"),
        ],
    )
    def test_o14_refusals_change_nothing(self, listing, changes, sentence):
        order = authorised((listing, 1))
        before = snapshot(order)
        with pytest.raises(Refused, match=sentence):
            shipping.confirm_shipment(
                order, [(parcel(**changes), everything(order))], key=uuid.uuid4(), actor=SYSTEM, now=NOON
            )
        assert snapshot(order) == before

    def test_o14_today_is_the_marketplaces_today(self, listing):
        """At 02:00 UTC it is still the evening before in New York."""
        order = authorised((listing, 1))
        night = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
        with pytest.raises(Refused, match="future"):
            shipping.confirm_shipment(
                order,
                [(parcel(date(2026, 11, 21)), everything(order))],
                key=uuid.uuid4(),
                actor=SYSTEM,
                now=night,
            )

    @pytest.mark.parametrize("units", [0, -1, 4])
    def test_o14_units_that_are_not_there(self, listing, units):
        order = authorised((listing, 3))
        before = snapshot(order)
        with pytest.raises(Refused):
            ship(order, {order.items.get().pk: units})
        assert snapshot(order) == before

    def test_o14_two_packages_together_cannot_hold_more_than_is_open(self, listing):
        order = authorised((listing, 3))
        item = order.items.get()
        with pytest.raises(Refused, match="4 units cannot be confirmed, 3 are open"):
            shipping.confirm_shipment(
                order,
                [(parcel(), {item.pk: 2}), (parcel(), {item.pk: 2})],
                key=uuid.uuid4(),
                actor=SYSTEM,
                now=NOON,
            )

    def test_o14_a_package_can_be_edited_and_the_moment_of_confirming_stays(self, listing, seller_actor):
        order = ship(authorised((listing, 1)))
        package = order.packages.get()
        edited = packages.edit(
            package,
            parcel(carrier="Other", carrier_name="Village Post", tracking_number="VP-77"),
            actor=seller_actor,
            now=NOON + timedelta(days=3),
        )
        assert (edited.carrier_label, edited.tracking_number) == ("Village Post", "VP-77")
        assert edited.confirmed_at == NOON
        event = order.events.last()
        assert (event.kind, event.details["changes"]["tracking_number"]) == (
            "package_edited",
            ["1Z1", "VP-77"],
        )

    def test_o14_an_edit_that_changes_nothing_leaves_no_event(self, listing, seller_actor):
        order = ship(authorised((listing, 1)))
        before = snapshot(order)
        packages.edit(order.packages.get(), parcel(), actor=seller_actor, now=NOON)
        assert snapshot(order) == before

    def test_o2_o13_only_authorised_orders_ship(self, listing):
        pending = place((listing, 1))
        with pytest.raises(MoveRefused):
            ship(pending)

    def test_o21_not_an_order_that_the_marketplace_ships(self, seller_actor):
        order = authorised((ListingFactory(fulfilment="AFN"), 1))
        with pytest.raises(Refused, match="fulfilled by the marketplace"):
            ship(order, actor=seller_actor)
        assert ship(order, actor=Actor.staff(None)).status == OrderStatus.SHIPPED


class TestLate:
    def late(self, order: Order, now: datetime) -> bool:
        return Order.objects.late(now).filter(pk=order.pk).exists()

    def test_o17_late_until_the_whole_order_is_confirmed(self, listing):
        order = authorised((listing, 2))
        after = order.ship_by + MICRO
        assert not self.late(order, order.ship_by)
        assert self.late(order, after)
        ship(order, {order.items.get().pk: 1}, now=NOON)
        assert self.late(order, after)
        ship(order, now=after)
        assert not self.late(order, after)

    def test_o18_canceled_from_the_deadline_on(self, listing):
        order = authorised((listing, 2))
        deadline = order.confirm_deadline
        assert sweeps.run(sweeps.cancel_overdue, now=deadline, actor=SYSTEM) == 0
        assert sweeps.run(sweeps.cancel_overdue, now=deadline + MICRO, actor=SYSTEM) == 1
        assert sweeps.run(sweeps.cancel_overdue, now=deadline + MICRO, actor=SYSTEM) == 0
        sweeps.run(sweeps.finish_provider_calls, now=deadline + MICRO, actor=SYSTEM)
        order.refresh_from_db()
        assert (order.status, order.canceled_by, order.cancel_reason) == (
            OrderStatus.CANCELED,
            "marketplace",
            CancelReason.NOT_CONFIRMED,
        )
        assert order.is_cancel_defect is True
        assert (captures(), LedgerEntry.objects.count(), figures(listing)) == ([], 0, (10, 0))
        assert order.payment.state == PaymentState.VOIDED

    def test_o18_confirming_is_refused_even_if_the_job_has_not_run(self, listing):
        order = authorised((listing, 1))
        before = snapshot(order)
        with pytest.raises(Refused, match="7 business days after the ship-by date"):
            ship(order, now=order.confirm_deadline + MICRO)
        assert snapshot(order) == before
        assert ship(order, now=order.confirm_deadline).status == OrderStatus.SHIPPED

    def test_o18_a_partially_shipped_order_stays_and_can_be_finished(self, listing):
        order = authorised((listing, 2))
        order = ship(order, {order.items.get().pk: 1})
        long_after = order.confirm_deadline + timedelta(days=30)
        assert sweeps.run(sweeps.cancel_overdue, now=long_after, actor=SYSTEM) == 0
        assert self.late(order, long_after)
        assert ship(order, now=long_after).status == OrderStatus.SHIPPED

    def test_o18_the_marketplaces_own_orders_are_not_canceled(self):
        order = authorised((ListingFactory(fulfilment="AFN"), 1))
        late = order.confirm_deadline + MICRO
        assert sweeps.run(sweeps.cancel_overdue, now=late, actor=SYSTEM) == 0

    def test_o18_the_warning_comes_two_business_days_before_and_once(self, listing):
        order = authorised((listing, 1))
        # Deadline Thursday 2026-12-03; two business days before it is Tuesday's end.
        assert order.warn_at == datetime(2026, 12, 2, 4, 59, 59, 999999, tzinfo=UTC)
        assert sweeps.run(sweeps.warn_of_deadlines, now=order.warn_at - MICRO, actor=SYSTEM) == 0
        for expected in (1, 0):
            assert sweeps.run(sweeps.warn_of_deadlines, now=order.warn_at, actor=SYSTEM) == expected
        assert order.events.filter(kind=EventKind.DEADLINE_NEAR).count() == 1
        assert list(Order.objects.about_to_be_canceled(order.warn_at)) == [order]

    def test_t3_new_holidays_do_not_move_a_stored_deadline(self, listing, monkeypatch):
        order = authorised((listing, 1))
        stored = (order.ship_by, order.confirm_deadline, order.warn_at, order.calendar)
        monkeypatch.setattr("accounts.calendars.is_business_day", lambda *_args: False)
        monkeypatch.setattr("accounts.calendars.VERSION", "holidays 99")
        sweeps.run(sweeps.warn_of_deadlines, now=order.warn_at, actor=SYSTEM)
        sweeps.run(sweeps.cancel_overdue, now=order.confirm_deadline, actor=SYSTEM)
        order.refresh_from_db()
        assert order.status == OrderStatus.UNSHIPPED
        assert (order.ship_by, order.confirm_deadline, order.warn_at, order.calendar) == stored


class TestPhone:
    def test_c3_the_number_is_released_after_delivery(self, listing):
        order = ship(authorised((listing, 1)))
        until = NOON + timedelta(days=14)
        assert (order.phone_until, order.relay_phone) == (until, "+1 206 555 0100")
        assert sweeps.run(sweeps.expire_phones, now=until, actor=SYSTEM) == 0
        for expected in (1, 0):
            assert sweeps.run(sweeps.expire_phones, now=until + MICRO, actor=SYSTEM) == expected
        order.refresh_from_db()
        assert (order.relay_phone, order.relay_extension, order.phone_until) == ("", "", None)
