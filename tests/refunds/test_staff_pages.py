"""Staff refund AFN orders and lead their returns in the admin, by the operations that sellers use (A1, O21)."""

import uuid

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import StaffPermission
from inventory.models import Fulfilment
from refunds import returns
from refunds.models import Refund
from refunds.states import RefundState, ReturnState
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, authorised, ship
from tests.refunds.form_steps import hidden
from tests.refunds.steps import item_of, nothing_changes, opened_return, refund
from tests.staff_steps import staff, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
REFUND, RETURNS = StaffPermission.REFUND, StaffPermission.RETURNS
STEPS = ("authorize", "receive", "close", "reopen")


def sold(seller, fulfilment):
    return ship(authorised((ListingFactory(seller=seller, on_hand=10, fulfilment=fulfilment), 3)))


@pytest.fixture
def order(seller):
    return sold(seller, Fulfilment.AFN)


@pytest.fixture
def mfn(seller):
    return sold(seller, Fulfilment.MFN)


def refund_url(order):
    return f"/admin/refunds/refund/order/{order.pk}/"


def return_url(order, rma="", step=""):
    return f"/admin/refunds/return/order/{order.pk}/" + (f"{rma}/{step}/" if rma else "")


def one_unit(client, order, **words):
    """The click on the summary of a refund of one unit."""
    pk = item_of(order).pk
    filled = hidden(client.get(refund_url(order)))
    data = {"reason": "customer_return", f"how_{pk}": "units", f"units_{pk}": "1"}
    summary = client.post(refund_url(order), filled | data | words)
    assert summary.status_code == 200, text(summary)
    return hidden(summary) | {"confirm": "1"}


def start_data(order, units=1):
    return {"key": str(uuid.uuid4()), "reason": "defective", f"units_{item_of(order).pk}": units}


def goods(order, units, restock, **more):
    pk = item_of(order).pk
    return {f"came_{pk}": units, f"condition_{pk}": "as_new", f"restock_{pk}": restock, **more}


def test_staff_refund_a_unit_with_memo_and_private_note(order, alice):
    sam = staff(REFUND)
    click = one_unit(sam, order, memo="Sorry for that.", note="Looks like fraud.")
    assert not Refund.objects.exists()
    response = sam.post(refund_url(order), click, follow=True)
    assert "is sent at" in text(response)
    done = order.refunds.get()
    assert (done.memo, done.note, done.actor.name, done.source) == (
        "Sorry for that.",
        "Looks like fraud.",
        "Sam Staff",
        "admin",
    )
    event = order.events.get(kind="refund_requested")
    assert (event.actor.name, event.actor_kind) == ("Sam Staff", "marketplace")
    shown = text(alice.get(f"/orders/{order.number}/"))
    assert "Sorry for that." in shown
    assert "Looks like fraud." not in shown


def test_summary_asks_first_and_shows_the_buyers_email(order):
    sam = staff(REFUND)
    pk = item_of(order).pk
    filled = hidden(sam.get(refund_url(order)))
    data = {"reason": "customer_return", f"how_{pk}": "all", "memo": "Sorry for that."}
    with nothing_changes():
        shown = text(sam.post(refund_url(order), filled | data))
    assert "Nothing is refunded yet." in shown
    assert "Sorry for that." in shown
    assert "Refund $37.40" in shown


def test_second_refund_of_same_form_is_ignored(order):
    sam = staff(REFUND)
    click = one_unit(sam, order)
    assert [sam.post(refund_url(order), click).status_code for _ in range(2)] == [302, 302]
    assert order.refunds.count() == 1


def test_form_from_before_another_refund_is_refused_with_both_versions(order):
    sam = staff(REFUND)
    click = one_unit(sam, order)
    refund(order)
    response = sam.post(refund_url(order), click)
    assert (response.status_code, order.refunds.count()) == (409, 1)


def test_wrong_amount_is_refused_with_a_sentence(order):
    sam, pk = staff(REFUND), item_of(order).pk
    filled = hidden(sam.get(refund_url(order)))
    for data in (
        {},
        {f"how_{pk}": "units", f"units_{pk}": "9"},
        {f"how_{pk}": "amount", f"price_{pk}": "-1"},
    ):
        with nothing_changes():
            response = sam.post(refund_url(order), filled | {"reason": "customer_return"} | data)
        assert response.status_code == 422


def test_unshipped_order_is_not_refunded(seller):
    listing = ListingFactory(seller=seller, on_hand=10, fulfilment=Fulfilment.AFN)
    order, sam = authorised((listing, 1)), staff(REFUND)
    assert "cancel the order instead" in text(sam.get(refund_url(order)))
    assert sam.post(refund_url(order), {"confirm": "1"}).status_code == 409


def test_staff_undo_a_refund_before_it_is_sent(order, mfn):
    sam = staff(REFUND)
    sam.post(refund_url(order), one_unit(sam, order))
    waiting, sellers = order.refunds.get(), refund(mfn)
    data = {"action": "undo", "_selected_action": [waiting.pk, sellers.pk]}
    shown = text(sam.post("/admin/refunds/refund/", data, follow=True))
    waiting.refresh_from_db()
    sellers.refresh_from_db()
    assert (waiting.state, sellers.state) == (RefundState.TAKEN_BACK, RefundState.REQUESTED)
    assert f"{mfn.number}: The seller ships this order" in shown


def test_staff_start_a_return_once(order):
    sam, data = staff(RETURNS), start_data(order)
    assert sam.get(return_url(order)).status_code == 200
    codes = [sam.post(return_url(order), data).status_code for _ in range(2)]
    opened = order.returns.get()
    assert (codes, opened.state, opened.actor.name) == ([302, 302], ReturnState.AUTHORISED, "Sam Staff")
    assert sam.post(return_url(order), start_data(order, 3)).status_code == 422
    assert sam.post(return_url(order), data | {f"units_{item_of(order).pk}": 2}).status_code == 409


def test_staff_authorize_receive_refund_close_and_reopen(order, alice):
    sam = staff(RETURNS, REFUND)
    asked = opened_return(order, actor=Actor.buyer())
    change = f"/admin/refunds/return/{asked.pk}/change/"
    listing = item_of(order).listing
    listing.refresh_from_db()
    before = listing.on_hand
    offered = []
    for step, data in (
        ("authorize", {}),
        ("receive", goods(order, 1, 1, seen="0")),
        ("close", {"reason": "completed"}),
        ("reopen", {}),
    ):
        page = text(sam.get(change))
        offered.append([name for name in STEPS if return_url(order, asked.rma, name) in page])
        assert sam.get(return_url(order, asked.rma, step)).status_code == 200
        assert sam.post(return_url(order, asked.rma, step), data).status_code == 302, step
    assert offered == [["authorize", "close"], ["receive", "close"], ["close"], ["reopen"]]
    listing.refresh_from_db()
    asked.refresh_from_db()
    assert (listing.on_hand - before, asked.state) == (1, ReturnState.REOPENED)
    kinds = ("return_authorised", "return_received", "return_closed", "return_reopened")
    found = order.events.filter(kind__in=kinds).order_by("pk")
    assert [(event.kind, event.actor.name) for event in found] == [(kind, "Sam Staff") for kind in kinds]
    assert f"{refund_url(order)}?return={asked.rma}" in text(sam.get(change))
    page = alice.get(f"/returns/{asked.rma}/")
    assert not page.context["may"]


def test_second_receive_of_same_form_is_refused(order):
    sam, coming = staff(RETURNS), opened_return(order, {item_of(order).pk: 2})
    address, data = return_url(order, coming.rma, "receive"), goods(order, 1, 1, seen="0")
    assert sam.post(address, data).status_code == 302
    with nothing_changes():
        response = sam.post(address, data)
    assert (response.status_code, "received since this page was made" in text(response)) == (409, True)


def test_step_that_the_return_does_not_allow_is_refused(order):
    sam, closed = staff(RETURNS), opened_return(order)
    returns.close(closed, reason="completed", actor=SYSTEM, now=NOON)
    with nothing_changes():
        for step, data in (("authorize", {}), ("receive", goods(order, 1, 0, seen="0")), ("close", {})):
            response = sam.post(return_url(order, closed.rma, step), data)
            assert (response.status_code, "Closed" in text(response)) == (409, True), step


def test_receiving_nothing_or_closing_without_reason_is_refused(order):
    sam, coming = staff(RETURNS), opened_return(order)
    with nothing_changes():
        for step, data in (("receive", goods(order, 0, 0, seen="0")), ("close", {})):
            assert sam.post(return_url(order, coming.rma, step), data).status_code == 422, step


def test_failed_refund_is_retried_by_staff_and_not_shown_to_the_seller(order, mfn, alice):
    theirs, sellers = refund(order), refund(mfn)
    Refund.objects.update(state=RefundState.FAILED, finished_at=NOON)
    shown = text(alice.get("/refunds/failed/"))
    assert (mfn.number in shown, order.number in shown) == (True, False)
    data = {"action": "try_again", "_selected_action": [theirs.pk]}
    staff(REFUND).post("/admin/refunds/refund/", data)
    theirs.refresh_from_db()
    sellers.refresh_from_db()
    assert (theirs.state, sellers.state) == (RefundState.REQUESTED, RefundState.FAILED)


def addresses(order, opened):
    steps = [return_url(order, opened.rma, step) for step in STEPS]
    return [refund_url(order), return_url(order), *steps]


def test_reading_staff_and_sellers_do_nothing(order, alice):
    opened = opened_return(order)
    reader = staff(StaffPermission.SHIP, StaffPermission.CANCEL)
    with nothing_changes():
        for address in addresses(order, opened):
            for method in ("get", "post"):
                assert getattr(reader, method)(address, start_data(order)).status_code == 403, address
                for client in (alice, Client()):
                    response = getattr(client, method)(address, start_data(order))
                    assert "/login/" in response.headers.get("Location", ""), address


def test_orders_of_sellers_are_not_offered(mfn):
    sam, opened = staff(REFUND, RETURNS), opened_return(mfn)
    with nothing_changes():
        for address in addresses(mfn, opened):
            for response in (sam.get(address), sam.post(address, start_data(mfn))):
                assert (response.status_code, "The seller ships this order" in text(response)) == (403, True)
    assert return_url(mfn, opened.rma, "close") not in text(
        sam.get(f"/admin/refunds/return/{opened.pk}/change/")
    )


def test_return_of_another_order_is_not_found(order, seller):
    other = opened_return(sold(seller, Fulfilment.AFN))
    assert (
        staff(RETURNS).post(return_url(order, other.rma, "close"), {"reason": "completed"}).status_code == 404
    )
