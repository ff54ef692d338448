"""Staff confirm and cancel AFN orders in the admin, by the operations that sellers use (A1, O21, C4)."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import StaffPermission
from inventory.models import Fulfilment
from notifications import notices
from notifications.models import Notice, Owed
from notifications.states import Kind
from orders import lifecycle, standing, sweeps
from orders.actions import of as actions_of
from orders.figures import rates
from orders.models import Order, Package
from orders.states import CancelReason, OrderStatus
from payments.models import ProviderCall
from payments.states import Operation
from tests.factories import MINUTE, NOON, ListingFactory
from tests.helpers import CHANNEL, SYSTEM, authorised, ship
from tests.refunds import steps as refunds
from tests.staff_steps import seen, staff, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
SHIP, CANCEL = StaffPermission.SHIP, StaffPermission.CANCEL
ACTIONS = ("ship", "cancel", "cancel-units")


@pytest.fixture
def order(seller):
    return authorised((ListingFactory(seller=seller, on_hand=10, fulfilment=Fulfilment.AFN), 3))


@pytest.fixture
def mfn(listing):
    return authorised((listing, 3))


def url(order, action="ship"):
    return f"/admin/orders/order/{order.pk}/{action}/"


def package(order, units, **changes):
    """What a browser sends for one package."""
    fields = {"ship_date": "2026-11-20", "carrier": "UPS", "tracking_number": "1Z999AA10123456784", **changes}
    fields |= {f"units_{item.pk}": units for item in order.items.all()}
    counts = {"package-TOTAL_FORMS": 1, "package-INITIAL_FORMS": 1, "key": uuid.uuid4()}
    return counts | {f"package-0-{name}": value for name, value in fields.items()}


def captures():
    return ProviderCall.objects.filter(operation=Operation.CAPTURE).count()


def test_staff_confirm_a_shipment_that_charges_the_buyer(order):
    sam = staff(SHIP)
    page = text(sam.get(url(order)))
    assert "The buyer is charged $37.40 once" in page
    response = sam.post(url(order), package(order, 1), follow=True)
    assert response.redirect_chain == [(f"/admin/orders/order/{order.pk}/change/", 302)]
    assert "The buyer was charged $37.40 for the whole order." in text(response)
    assert (order.packages.get().tracking_number, captures()) == ("1Z999AA10123456784", 1)
    event = order.events.get(kind="shipment_confirmed")
    assert (event.actor.name, event.actor_kind, event.source) == ("Sam Staff", "marketplace", "admin")
    assert "Sam Staff" in text(response)
    assert "this package charges nothing more" in text(sam.get(url(order)))
    sam.post(url(order), package(order, 2))
    order.refresh_from_db()
    assert (order.status, captures()) == (OrderStatus.SHIPPED, 1)


def test_staff_complete_an_order_whose_rest_was_refunded(order, alice):
    """O17, R6: nothing of it is waited for any more; its seller is offered none of this (O21)."""
    sam = staff(SHIP)
    ship(order, {order.items.get().pk: 1})
    sam.post(url(order), {"complete": "1"})
    assert Order.objects.get(pk=order.pk).status == OrderStatus.PARTIALLY_SHIPPED
    refunds.refund(order, refunds.ask(order, 2000, units=2))
    assert "Mark order as shipped" in text(sam.get(url(order)))
    assert "Mark order as shipped" not in text(alice.get(f"/orders/{order.number}/ship/"))
    alice.post(f"/orders/{order.number}/ship/", {"complete": "1"})
    assert Order.objects.get(pk=order.pk).status == OrderStatus.PARTIALLY_SHIPPED
    for _again in range(2):
        shown = text(sam.post(url(order), {"complete": "1"}, follow=True))
        assert "The order is shipped: nothing more of it is waited for." in shown
    assert order.events.filter(kind="order_completed").get().actor_kind == "marketplace"


def test_second_confirmation_of_same_form_is_ignored(order):
    sam, data = staff(SHIP), package(order, 2)
    codes = [sam.post(url(order), data).status_code for _ in range(2)]
    assert (codes, order.packages.count(), captures()) == ([302, 302], 1, 1)


def test_staff_add_a_package_without_script(order):
    response = staff(SHIP).post(url(order), package(order, 1) | {"add": "1"})
    assert "Package 2" in text(response)
    assert 'name="package-1-units_' in text(response)
    assert not Package.objects.exists()


def test_page_from_before_a_change_confirms_nothing(order):
    sam = staff(SHIP, CANCEL)
    mark = seen(sam.get(url(order)))
    units = {item.pk: 1 for item in order.items.all()}
    lifecycle.cancel_units(order, units, reason=CancelReason.PRICING_ERROR, actor=CHANNEL, now=NOON + MINUTE)
    response = sam.post(url(order), package(order, 2) | {"seen_event": mark})
    assert response.status_code == 409
    assert "nothing was done" in text(response)
    assert "1 ×" in text(response)
    assert not Package.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ship_date": "2027-01-01"}, "future"),
        ({"carrier": "Pigeon"}, "Pigeon"),
        ({"carrier": "Other"}, "name of the carrier"),
    ],
)
def test_wrong_package_is_refused_with_a_sentence(order, changes, sentence):
    response = staff(SHIP).post(url(order), package(order, 1, **changes))
    assert (response.status_code, captures(), order.packages.count()) == (422, 0, 0)
    assert sentence in text(response)


def test_refused_charge_confirms_nothing(order):
    order = authorised((order.items.get().listing, 3), payment_token="tok_capture_fails")
    response = staff(SHIP).post(url(order), package(order, 3))
    order.refresh_from_db()
    assert (response.status_code, order.status) == (422, OrderStatus.UNSHIPPED)
    assert "nothing was confirmed" in text(response)


def test_staff_edit_a_package(order):
    ship(order)
    sam = staff(SHIP)
    address = url(order, "packages/1")
    mark = seen(sam.get(address))
    data = {"ship_date": "2026-11-20", "carrier": "FedEx", "tracking_number": "77", "seen_event": mark}
    assert sam.post(address, data).status_code == 302
    assert order.packages.get().carrier == "FedEx"
    stale = sam.post(address, data | {"carrier": "UPS"})
    assert (stale.status_code, order.packages.get().carrier) == (409, "FedEx")
    assert "FedEx" in text(stale)
    assert sam.post(address, data | {"carrier": ""}).status_code == 422
    assert sam.get(url(order, "packages/2")).status_code == 404


def test_staff_cancel_the_order_and_the_buyer_is_not_charged(order):
    sam = staff(CANCEL)
    assert "You can't undo this" in text(sam.get(url(order, "cancel")))
    data = {"reason": "no_inventory", "memo": "Sorry."}
    assert [sam.post(url(order, "cancel"), data).status_code for _ in range(2)] == [302, 302]
    order.refresh_from_db()
    told = (order.status, order.canceled_by, order.cancel_reason, order.is_cancel_defect, captures())
    assert told == (OrderStatus.CANCELED, "marketplace", "no_inventory", False, 0)
    assert order.events.filter(kind="canceled").get().actor.name == "Sam Staff"


def test_staff_cancel_units_once(order):
    sam, item = staff(CANCEL), order.items.get()
    page = sam.get(url(order, "cancel-units"))
    data = {"reason": "pricing_error", "seen": page.context["form"]["seen"].value(), f"units_{item.pk}": 1}
    data |= {"seen_event": seen(page)}
    first, second = sam.post(url(order, "cancel-units"), data), sam.post(url(order, "cancel-units"), data)
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Sam Staff" in text(second)
    item.refresh_from_db()
    assert item.units_canceled == 1


def test_cancel_without_reason_or_units_is_refused(order):
    sam = staff(CANCEL)
    assert sam.post(url(order, "cancel"), {}).status_code == 422
    page = sam.get(url(order, "cancel-units"))
    data = {"reason": "pricing_error", "seen": page.context["form"]["seen"].value()}
    response = sam.post(url(order, "cancel-units"), data)
    assert (response.status_code, "Choose the units to cancel" in text(response)) == (422, True)
    order.refresh_from_db()
    assert order.status == OrderStatus.UNSHIPPED


def test_shipped_order_is_not_canceled(order):
    sam = staff(CANCEL)
    ship(order)
    response = sam.post(url(order, "cancel"), {"reason": "pricing_error"})
    assert (response.status_code, "Shipped" in text(response)) == (409, True)
    assert sam.get(url(order, "cancel")).status_code == 200


def test_order_that_changed_meanwhile_is_not_canceled(order):
    sam, item = staff(CANCEL), order.items.get()
    mark = seen(sam.get(url(order, "cancel")))
    lifecycle.cancel_units(
        order, {item.pk: 1}, reason=CancelReason.PRICING_ERROR, actor=CHANNEL, now=NOON + MINUTE
    )
    response = sam.post(url(order, "cancel"), {"reason": "pricing_error", "seen_event": mark})
    order.refresh_from_db()
    assert (response.status_code, order.status) == (409, OrderStatus.UNSHIPPED)


@pytest.mark.parametrize("action", ACTIONS)
def test_reading_staff_and_sellers_do_nothing(order, alice, action):
    before = list(Order.objects.values())
    reader = staff(StaffPermission.REFUND)
    for method in ("get", "post"):
        assert getattr(reader, method)(url(order, action), {"reason": "pricing_error"}).status_code == 403
        for client in (alice, Client()):
            response = getattr(client, method)(url(order, action), {"reason": "pricing_error"})
            assert (response.status_code, "/login/" in response["Location"]) == (302, True)
    assert list(Order.objects.values()) == before
    assert url(order, action) not in text(reader.get(f"/admin/orders/order/{order.pk}/change/"))


@pytest.mark.parametrize("action", [*ACTIONS, "packages/1"])
def test_orders_of_sellers_are_not_offered(mfn, action):
    sam = staff(SHIP, CANCEL)
    ship(mfn, {item.pk: 1 for item in mfn.items.all()})
    before = list(Order.objects.values())
    for response in (sam.get(url(mfn, action)), sam.post(url(mfn, action), package(mfn, 1))):
        assert (response.status_code, "The seller ships this order" in text(response)) == (403, True)
    assert (list(Order.objects.values()), mfn.packages.count()) == (before, 1)
    assert url(mfn, action) not in text(sam.get(f"/admin/orders/order/{mfn.pk}/change/"))


def test_order_page_offers_what_its_status_allows(order):
    sam = staff(SHIP, CANCEL)
    change = f"/admin/orders/order/{order.pk}/change/"
    assert [action for action in ACTIONS if url(order, action) in text(sam.get(change))] == [*ACTIONS]
    ship(order)
    shown = text(sam.get(change))
    assert [action for action in ACTIONS if url(order, action) in shown] == []
    assert url(order, "packages/1") in shown


def test_forms_need_the_sites_own_token(order):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff_user := _user(staff(SHIP)))
    assert staff_user.is_staff
    assert client.post(url(order), package(order, 3)).status_code == 403
    assert not order.packages.exists()


def _user(client):
    return client.get("/admin/").context["user"]


def test_deadlines_and_rates_leave_the_seller_alone(order, seller, at):
    """O17, O18, H2: nothing of an AFN order counts against its seller, however late staff ship it."""
    later = order.confirm_deadline + timedelta(days=30)
    sweeps.run(sweeps.cancel_overdue, now=later, actor=SYSTEM)
    order.refresh_from_db()
    assert order.status == OrderStatus.UNSHIPPED
    assert not Order.objects.late(later).exists()
    assert not Order.objects.about_to_be_canceled(later).exists()
    assert not standing.is_late(order, later)
    at(later)
    response = staff(SHIP).post(url(order), package(order, 3, tracking_number="", carrier="UPS"))
    assert response.status_code == 302
    order.refresh_from_db()
    assert (order.status, order.is_shipped_late) == (OrderStatus.SHIPPED, False)
    period = rates.period(seller, 60, later)
    assert [rate.slug for rate in (rates.LATE, rates.CANCELED, rates.TRACED) if rate.behind(period)] == []


def test_buyer_and_seller_get_the_emails(order, alice):
    """N1: the seller isn't told to ship, but learns of a cancellation; the buyer gets the same emails as ever."""
    sam, item = staff(SHIP, CANCEL), order.items.get()
    page = sam.get(url(order, "cancel-units"))
    data = {"reason": "pricing_error", "memo": "Sorry.", f"units_{item.pk}": 1}
    sam.post(url(order, "cancel-units"), data | {"seen": page.context["form"]["seen"].value()})
    order.refresh_from_db()
    sam.post(url(order), package(order, 2))
    # The database owes no emails for what happened more than a day ago, as the tests' day did.
    Owed.objects.bulk_create([Owed(event=event) for event in order.events.all()], ignore_conflicts=True)
    notices.write_due(NOON)
    assert set(Notice.objects.filter(order=order).values_list("kind", flat=True)) == {
        Kind.CANCELED,
        Kind.BUYER_UNITS_CANCELED,
        Kind.BUYER_SHIPPED,
    }


def test_seller_reads_the_progress_and_can_do_nothing(order, alice, seller):
    staff(SHIP).post(url(order), package(order, 1))
    shown = text(alice.get(f"/orders/{order.number}/"))
    assert "1Z999AA10123456784" in shown
    assert "Sam Staff" in shown
    membership = seller.memberships.first()
    order.refresh_from_db()
    assert not any(vars(actions_of(order, membership, NOON)).values())
    assert (order.relay_phone, standing.shows_phone(order, NOON)) == ("", False)
