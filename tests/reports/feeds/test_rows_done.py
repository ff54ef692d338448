"""Each row of a feed goes through the operation that a click does, with its rules (F5, O11, O12, O14, R1, R6, I2)."""

import pytest

from accounts.models import Right
from inventory.models import Listing, StockMovement
from orders.models import Package
from orders.states import OrderStatus
from refunds.models import Refund
from reports.feeds.states import FeedState
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import authorised, everything, place, ship
from tests.reports.feeds.feed_steps import (
    UNKNOWN,
    A,
    B,
    C,
    credit,
    fed,
    member_with,
    parcel,
    processed,
    results,
    told,
    tried,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def only(order):
    return order.packages.get()


class TestShipping:
    def test_o14_a_row_without_an_item_ships_the_whole_order_as_the_member(self):
        member, (order,) = member_with(3, 2)
        feed = fed(member, "ship", parcel(order, ship_method="Ground"))
        order.refresh_from_db()
        assert (feed.state, feed.done_count, order.status) == (FeedState.DONE, 1, OrderStatus.SHIPPED)
        package = only(order)
        assert (package.requested_by, package.requested_source) == (member.user, "feed")
        assert (package.carrier, package.service) == ("UPS", "Ground")
        assert results(feed)[0].sentence == "Confirmed as package 1."

    def test_o14_rows_with_items_and_quantities_are_packages(self):
        member, (order,) = member_with(3, 2)
        first, second = order.items.all()
        fed(
            member,
            "ship",
            parcel(order, order_item_id=first.number, quantity=1, tracking_number=A),
            parcel(order, order_item_id=first.number, quantity=2, tracking_number=B),
            parcel(order, order_item_id=second.number, carrier_code="Other", carrier_name="Village Post"),
        )
        order.refresh_from_db()
        assert order.status == OrderStatus.SHIPPED
        units = [list(each.units.values_list("item", "quantity")) for each in order.packages.all()]
        assert units == [[(first.pk, 1)], [(first.pk, 2)], [(second.pk, 2)]]

    def test_a_later_file_overwrites_a_blank_keeps_and_null_clears(self):
        member, (order,) = member_with(1)
        fed(member, "ship", parcel(order, ship_method="Ground"))
        feed = fed(member, "ship", parcel(order, tracking_number=B, carrier_code=""))
        package = only(order)
        assert (package.tracking_number, package.service, package.carrier) == (B, "Ground", "UPS")
        assert told(feed) == [("done", "")]
        fed(member, "ship", parcel(order, tracking_number="NULL", ship_method="NULL", carrier_code="DHL"))
        package = only(order)
        assert (package.tracking_number, package.service, package.carrier) == ("", "", "DHL")

    def test_the_same_units_again_while_units_are_open_are_one_more_package_with_a_remark(self):
        member, (order,) = member_with(3)
        row = {"order_item_id": order.items.get().number, "quantity": 1}
        fed(member, "ship", parcel(order, tracking_number=A, **row))
        feed = fed(member, "ship", parcel(order, tracking_number=B, **row))
        assert (told(feed), results(feed)[0].is_warning) == ([("done", "70709")], True)
        assert Package.objects.filter(order=order).count() == 2
        # With the tracking number of a package that is there it is a correction of that one.
        again = fed(member, "ship", parcel(order, tracking_number=A, ship_method="Air", **row))
        assert told(again) == [("done", "")]
        assert [each.service for each in order.packages.all()] == ["Air", ""]

    def test_where_several_packages_could_be_meant_none_is_changed(self):
        member, (order,) = member_with(2)
        row = {"order_item_id": order.items.get().number, "quantity": 1}
        fed(
            member,
            "ship",
            parcel(order, tracking_number=A, **row),
            parcel(order, tracking_number=B, **row),
        )
        feed = fed(member, "ship", parcel(order, tracking_number=C, **row))
        assert told(feed) == [("refused", "70704")]
        assert [each.tracking_number for each in order.packages.all()] == [A, B]

    def test_refusals_name_code_and_column_and_stop_nobody_else(self):
        member, (order,) = member_with(2)
        stranger = authorised((ListingFactory(), 1))
        item = order.items.get().number
        feed = fed(
            member,
            "ship",
            parcel(UNKNOWN),
            parcel(stranger),
            parcel(order, order_item_id="99999999999999"),
            parcel(order, order_item_id=item, quantity=9),
            parcel(order, carrier_code=""),
            parcel(order, ship_date="2026-11-21"),
            parcel(order, ship_date="20.11.2026"),
            parcel(order),
        )
        rows = results(feed)
        assert [(row.state, row.code, row.column) for row in rows] == [
            ("refused", "70701", "order-id"),
            ("refused", "70701", "order-id"),
            ("refused", "70702", "order-item-id"),
            ("refused", "70704", ""),
            ("refused", "70304", "carrier-code"),
            ("refused", "70704", ""),
            ("refused", "70301", "ship-date"),
            ("done", ""  , ""),
        ]  # fmt: skip
        assert rows[0].sentence.replace(UNKNOWN, stranger.number) == rows[1].sentence
        stranger.refresh_from_db()
        assert stranger.status == OrderStatus.UNSHIPPED

    def test_o15_a_buyer_who_cannot_be_charged_gets_no_package(self):
        member = MembershipFactory()
        order = authorised((ListingFactory(seller=member.seller), 1), payment_token="tok_capture_fails")
        feed = fed(member, "ship", parcel(order))
        assert told(feed) == [("refused", "70705")]
        assert not order.packages.exists()


class TestCanceling:
    def test_o11_o12_a_whole_order_and_an_item_of_one(self):
        member, (order, other) = member_with(2, 3, orders=2)
        item = other.items.first()
        feed = fed(
            member,
            "cancel",
            {"order_id": order.number},
            {
                "order_id": other.number,
                "cancellation_reason_code": "NoInventory",
                "amazon_order_item_code": item.number,
            },
        )
        order.refresh_from_db()
        other.refresh_from_db()
        item.refresh_from_db()
        assert told(feed) == [("done", ""), ("done", "")]
        assert (order.status, order.cancel_reason) == (OrderStatus.CANCELED, "general_adjustment")
        assert (other.status, item.units_open) == (OrderStatus.UNSHIPPED, 0)
        assert order.events.get(kind="canceled").source == "feed"

    def test_what_cannot_be_canceled(self):
        member, (order, sent) = member_with(1, orders=2)
        ship(sent)
        pending = place((Listing.objects.get(), 1))
        numbers = [order.number, order.number, sent.number, pending.number, UNKNOWN]
        feed = fed(member, "cancel", *[{"order_id": number} for number in numbers])
        refused = ("refused", "70704")
        assert told(feed) == [("done", ""), refused, refused, refused, ("refused", "70701")]


class TestAdjusting:
    def test_r2_a_refund_is_sent_at_once(self):
        member, (order,) = member_with(2)
        ship(order)
        feed = fed(member, "adjust", credit(order, "3.00"), credit(order, "99.00"))
        refund = Refund.objects.get()
        assert told(feed) == [("done", ""), ("refused", "70704")]
        assert results(feed)[1].column == "item-price-adj"
        assert (refund.amount, refund.source, refund.due_at) == (300, "feed", refund.requested_at)

    def test_r1_before_a_shipment_there_is_nothing_to_refund(self):
        member, (order,) = member_with(1)
        feed = fed(member, "adjust", credit(order, "1.00"))
        assert told(feed) == [("refused", "70704")]
        assert "cancel the order" in results(feed)[0].sentence

    def test_r6_units_that_are_cancelled_will_never_ship_and_the_buyer_reads_why(self):
        member, (order,) = member_with(3)
        item = order.items.get()
        ship(order, {item.pk: 1})
        row = {"adjustment_reason_code": "NoInventory", "quantity_cancelled": 2}
        feed = fed(member, "adjust", credit(order, "20.00", **row))
        item.refresh_from_db()
        assert told(feed) == [("done", "")], results(feed)[0].sentence
        assert (item.units_unsupplied, item.units_open) == (2, 0)
        assert "cannot be supplied: 2" in Refund.objects.get().memo


class TestListings:
    def test_i2_price_quantity_and_handling_time(self):
        member, _orders = member_with(4)
        listing = Listing.objects.get()
        feed = fed(member, "stock", {"sku": listing.sku, "price": "12.50", "quantity": 7, "handling_time": 3})
        listing.refresh_from_db()
        assert told(feed) == [("done", "")]
        assert (listing.price, listing.on_hand, listing.handling_days, listing.reserved) == (1250, 7, 3, 4)
        last = StockMovement.objects.latest("pk")
        assert (last.kind, last.source, last.actor) == ("feed", "feed", member.user)

    def test_i2_below_what_orders_hold_is_refused_whole_with_their_numbers(self):
        member, orders = member_with(4, orders=4)
        listing = Listing.objects.get()
        feed = fed(member, "stock", {"sku": listing.sku, "price": "12.50", "quantity": 7})
        fresh = Listing.objects.get()
        assert told(feed) == [("refused", "70704")]
        assert (fresh.price, fresh.on_hand) == (listing.price, listing.on_hand)
        assert all(order.number in results(feed)[0].sentence for order in orders[:3])
        assert orders[3].number not in results(feed)[0].sentence

    def test_unknown_foreign_repeated_and_unchanged_skus(self):
        member, stranger = MembershipFactory(), ListingFactory()
        one, two = (ListingFactory(seller=member.seller) for _ in range(2))
        feed = fed(
            member,
            "stock",
            {"sku": "NOWHERE", "quantity": 1},
            {"sku": stranger.sku, "quantity": 1},
            {"sku": one.sku, "quantity": 3},
            {"sku": one.sku, "quantity": 4},
            {"sku": two.sku, "quantity": two.on_hand},
        )
        unknown = ("refused", "70703")
        assert told(feed) == [unknown, unknown, ("done", ""), ("refused", "70212"), ("done", "5000")]
        assert [Listing.objects.get(pk=each.pk).on_hand for each in (stranger, one, two)] == [10, 3, 10]


class TestDryRun:
    def test_says_what_would_happen_and_changes_nothing(self):
        member, (order, sent) = member_with(2, orders=2)
        ship(sent)
        before = list(Listing.objects.values()), order.events.count()
        item = order.items.get().number
        rows = [
            parcel(order, order_item_id=item, quantity=1, tracking_number=A),
            parcel(order, order_item_id=item, quantity=1, tracking_number=B),
            parcel(order, order_item_id=item, quantity=1, tracking_number=C),
            parcel(UNKNOWN),
        ]
        feed = tried(member, "ship", *rows)
        order.refresh_from_db()
        # It sees what earlier rows would do: the third unit is not there, and two packages could be meant.
        assert (feed.state, feed.shared_count, order.status) == (FeedState.CHECKED, 2, OrderStatus.UNSHIPPED)
        assert told(feed) == [("done", ""), ("done", ""), ("refused", "70704"), ("refused", "70701")]
        assert (list(Listing.objects.values()), order.events.count()) == before
        assert not order.packages.exists()
        done = processed(feed, member)
        assert (done.state, told(done)) == (FeedState.DONE, told(feed))

    def test_of_atomic_kinds_too(self):
        member, (order,) = member_with(2)
        ship(order, everything(order))
        feed = tried(member, "adjust", credit(order, "15.00"), credit(order, "15.00"))
        assert told(feed) == [("done", ""), ("refused", "70704")]
        assert not Refund.objects.exists()

    def test_a_right_that_was_taken_away_meanwhile_stops_it(self):
        member, (order,) = member_with(1)
        feed = tried(member, "ship", parcel(order))
        member.rights = [Right.VIEW]
        member.save()
        done = processed(feed, member)
        order.refresh_from_db()
        assert (done.state, done.is_taken, order.status) == (FeedState.FAILED, False, OrderStatus.UNSHIPPED)
