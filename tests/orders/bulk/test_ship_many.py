"""Confirming many shipments in a grid: typed or pasted, each order by itself, each once (O14, O15)."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from accounts.actors import Actor
from batches import engine
from batches.models import Batch
from inventory.models import Fulfilment
from orders import cancel_requests, lifecycle
from orders.models import Order, Package
from orders.states import CancelReason, OrderStatus
from payments.models import SandboxOperation
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, authorised, everything, place, ship
from tests.orders.bulk.steps import grid, hidden, line, numbers, results, text, tracked, worked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
URL = "/orders/ship/"


@pytest.fixture
def orders(listing):
    return [authorised((listing, 2)) for _n in range(3)]


def test_the_grid_has_a_line_for_each_order_that_can_be_shipped_and_names_the_others(
    alice, seller, listing, orders
):
    shipped = ship(authorised((listing, 1)))
    marketplaces = authorised((ListingFactory(seller=seller, fulfilment=Fulfilment.AFN), 1))
    pending = place((listing, 1))
    shown = text(alice.post(URL, {"order": numbers(*orders, shipped, pending, marketplaces)}, follow=True))
    for order in orders:
        assert f'name="line" value="{order.number}"' in shown
    for order in (shipped, pending, marketplaces):
        assert f'name="line" value="{order.number}"' not in shown
        assert order.number in shown
    assert "3 orders cannot be confirmed and are not in the grid" in shown
    assert "Confirm 3 shipments and charge the buyers" in shown
    assert Package.objects.count() == 1


def test_each_is_shipped_whole_with_its_own_number_and_charged_once(alice, orders):
    form = grid(*orders)
    batch = worked(alice.post(URL, form))
    assert results(batch) == dict.fromkeys(numbers(*orders), ("done", "Shipment confirmed."))
    for order in orders:
        order.refresh_from_db()
        package = order.packages.get()
        assert (order.status, package.carrier, package.tracking_number) == (
            OrderStatus.SHIPPED,
            "UPS",
            tracked(order),
        )
        assert package.units.get().quantity == 2
    again = worked(alice.post(URL, form))
    assert (again.pk, Batch.objects.count(), Package.objects.count()) == (batch.pk, 1, 3)
    assert SandboxOperation.objects.filter(operation="capture").count() == 3


def test_twin_with_a_fresh_key_for_the_same_form_finds_nothing_left_to_ship(alice, orders):
    form = grid(*orders)
    worked(alice.post(URL, form))
    shown = text(alice.post(URL, form | {"key": str(uuid.uuid4())}), status=409)
    assert "3 orders cannot be confirmed and are not in the grid" in shown
    assert (Batch.objects.count(), Package.objects.count()) == (1, 3)


def test_a_refused_row_says_why_and_stops_none_of_the_others(alice, bob, seller, listing, orders):
    declined = authorised((listing, 1), payment_token="tok_capture_fails")
    units, asked = orders[0], orders[1]
    begun = alice.post(URL, grid(*orders, declined))
    item = units.items.get()
    words = {
        "reason": CancelReason.NO_INVENTORY,
        "actor": Actor.seller(seller.memberships.first().user),
        "now": NOON,
    }
    lifecycle.cancel_units(units, {item.pk: 1}, **words)
    cancel_requests.ask(asked, note="", actor=Actor.buyer(), now=NOON)
    found = results(worked(begun))
    assert found[orders[2].number] == ("done", "Shipment confirmed.")
    assert "Alice: Units canceled (1 × BTL-1): No inventory." in found[units.number][1]
    assert "The buyer asked to cancel the order." in found[asked.number][1]
    assert "could not be charged" in found[declined.number][1]
    assert [state for state, _why in found.values()].count("refused") == 3
    assert Package.objects.count() == 1


def test_the_moment_of_the_click_counts_though_the_worker_comes_after_the_deadline(alice, orders, at):
    order = orders[0]
    at(order.confirm_deadline)
    key = str(uuid.uuid4())
    assert alice.post(URL, grid(order, key=key)).status_code == 302
    at(order.confirm_deadline + timedelta(seconds=1))
    engine.work(Batch.objects.get(key=key).pk)
    assert order.packages.get().confirmed_at == order.confirm_deadline


def test_while_the_provider_does_not_answer_the_row_is_done_with_a_remark(alice, listing):
    order = authorised((listing, 1), payment_token="tok_capture_timeout")
    batch = worked(alice.post(URL, grid(order)))
    row = batch.rows.get()
    assert (row.state, row.is_warning, row.code) == ("done", True, "waiting")
    assert order.packages.get().confirmed_at is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"carrier": ""}, "This field is required."),
        ({"carrier": "FedX"}, "FedX is not a known carrier. Write “Other: FedX” if that is its name."),
        ({"carrier": "Other"}, "Write the carrier&#x27;s name after “Other:”"),
        ({"carrier": "Other: " + "x" * 51}, "Write the carrier&#x27;s name after “Other:”"),
        ({"carrier": "UPS: Horse"}, "is not a known carrier"),
        ({"tracking_number": "x" * 61}, "Ensure this value has at most 60 characters"),
        ({"tracking_number": "\0"}, "Null characters are not allowed."),
        ({"ship_date": "2026-11-21"}, "The ship date cannot lie in the future."),
        ({"ship_date": "2026-11-19"}, "The ship date cannot lie before the purchase."),
        ({"ship_date": "tomorrow"}, "Enter a valid date."),
        ({"service": "x" * 61}, "Ensure this value has at most 60 characters"),
        ({"seen": "1"}, "This page has gone stale."),
        ({"seen": "\0"}, "This page has gone stale."),
        ({"seen": "9" * 20 + ":1x1"}, "This page has gone stale."),
    ],
)
def test_one_wrong_line_is_named_and_nothing_is_begun(alice, orders, changes, sentence):
    form = grid(*orders) | line(orders[1], **changes)
    if "seen" in changes:
        form[f"{orders[1].number}-seen"] = changes["seen"]
    shown = text(alice.post(URL, form), status=422)
    assert sentence in shown
    assert f'value="{tracked(orders[0])}"' in shown
    assert Batch.objects.count() == 0


@pytest.mark.parametrize("key", ["", "1", "\0", "x" * 5000])
def test_without_its_key_the_page_has_gone_stale(alice, orders, key):
    assert "stale" in text(alice.post(URL, grid(*orders, key="x") | {"key": key}), status=422)


def test_carriers_are_known_however_they_are_written(alice, orders):
    form = grid(*orders) | line(orders[0], carrier="fedex") | line(orders[1], carrier="other: Horse & Co")
    worked(alice.post(URL, form))
    told = [(order.packages.get().carrier, order.packages.get().carrier_name) for order in orders]
    assert told == [("FedEx", ""), ("Other", "Horse & Co"), ("UPS", "")]


def test_the_line_on_top_fills_what_is_empty_and_nothing_is_confirmed(alice, orders):
    form = grid(*orders) | line(orders[0], carrier="", service="") | line(orders[1], carrier="DHL")
    form |= {"top-carrier": "FedEx", "top-service": "Ground", "top-ship_date": "2026-11-20", "fill": "1"}
    del form["confirm"]
    shown = text(alice.post(URL, form))
    values = [
        next(part for part in shown.split("<input") if f'name="{order.number}-carrier"' in part)
        for order in orders
    ]
    assert ['value="FedEx"' in values[0], 'value="DHL"' in values[1], 'value="UPS"' in values[2]] == [
        True
    ] * 3
    assert shown.count('value="Ground"') == 4
    assert Batch.objects.count() == 0


def test_pasted_rows_are_shown_before_anything_is_done(alice, bob, seller, listing, orders):
    foreign, shipped = authorised((ListingFactory(), 1)), ship(authorised((listing, 1)))
    new = authorised((listing, 1))
    rows = [
        f"{orders[0].number}\tUPS\t1Z1",
        f"{orders[1].number}\tFedX\t77",
        f"{new.number}\tDHL\tJD1",
        f"{foreign.number}\tDHL\tJD2",
        f"{shipped.number}\tDHL\tJD3",
        "nonsense\tDHL\tJD4",
    ]
    sheet = "\n".join(["order id\tcarrier\ttracking", *rows])
    form = {"grid": "1", "paste": "1", "pasted": sheet, "line": numbers(*orders)}
    for order in orders:
        form |= line(order, carrier="", tracking_number="")
    page = alice.post(URL, form)
    shown = text(page, status=422)
    assert "3 orders were filled in from your sheet" in shown
    assert f"{foreign.number} is none of your orders." in shown
    assert "Line 7: there is no order number." in shown
    assert "FedX is not a known carrier" in shown
    assert "1 order cannot be confirmed and is not in the grid" in shown
    assert f'name="line" value="{new.number}"' in shown
    assert (Batch.objects.count(), Package.objects.count()) == (0, 1)
    key = hidden(alice.post(URL, {"order": numbers(new)}, follow=True), "key")
    batch = worked(
        alice.post(URL, grid(orders[0], new, key=key) | line(new, carrier="DHL", tracking_number="JD1"))
    )
    assert batch.done_count == 2


def test_without_orders_the_page_offers_the_sheet_alone(alice, orders):
    shown = text(alice.get(URL))
    assert "Put these rows into the grid" in shown
    assert "Confirm 0" not in shown
    for form in ({"grid": "1", "confirm": "1"}, {"grid": "1", "paste": "1", "pasted": ""}):
        assert "shipments and charge" not in alice.post(URL, form).content.decode()


def test_a_line_can_be_left_out(alice, orders):
    form = grid(*orders) | {"drop": orders[1].number}
    del form["confirm"]
    shown = text(alice.post(URL, form))
    assert [f'name="line" value="{number}"' in shown for number in numbers(*orders)] == [True, False, True]


def test_more_than_a_hundred_lead_to_the_feed(alice, listing, orders, monkeypatch):
    monkeypatch.setattr("orders.bulk.grid.MOST", 2)
    answer = alice.post(URL, {"order": numbers(*orders)}, follow=True)
    assert "upload a Shipping Confirmation feed" in text(answer)


def test_the_grid_takes_the_same_few_queries_however_many_lines(
    alice, listing, django_assert_max_num_queries
):
    many = [authorised((listing, 1)) for _n in range(4)]
    # One of them for the buyers who asked to cancel, one for what of the orders is left to ship.
    page = alice.post(URL, {"order": numbers(*many)}).url
    with django_assert_max_num_queries(14):
        alice.get(page)


def test_only_members_with_the_right_ship_and_only_their_own(bob, charlie, orders):
    for client, status in ((bob, 403), (charlie, 200)):
        assert client.post(URL, grid(*orders)).status_code == status
    assert bob.get(URL).status_code == 403
    assert Client().post(URL, grid(*orders)).url.startswith("/accounts/login/")
    assert (Batch.objects.count(), Package.objects.count()) == (0, 0)


def test_a_dry_run_says_what_would_be_refused(alice, seller, orders):
    shipped = ship(orders[0])
    parcel = {
        "ship_date": "2026-11-20",
        "carrier": "UPS",
        "carrier_name": "",
        "service": "",
        "tracking_number": "1",
    }
    rows = [
        (order.number, {"parcel": parcel, "units": list(everything(order).items()) or [[1, 1]], "seen": 1})
        for order in (shipped, orders[1])
    ]
    words = {"seller": seller, "kind": "ship", "key": uuid.uuid4(), "actor": SYSTEM, "now": NOON}
    batch = engine.create(**words, rows=[*rows, ("nonsense", rows[0][1])], is_dry_run=True)
    engine.work(batch.pk)
    assert [state for state, _why in results(batch).values()] == ["refused", "done", "refused"]
    assert Order.objects.get(pk=orders[1].pk).status == OrderStatus.UNSHIPPED
