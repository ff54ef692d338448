"""A charge that is refused after the click was answered: the seller is notified, warned, and reads what to do (O15)."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from accounts import clock
from accounts.actors import Actor
from accounts.models import Membership
from notifications import notices
from notifications.models import InboxItem, Notice
from notifications.states import Kind
from orders import lifecycle, packages, shipping, sweeps
from orders.refusals import CaptureRefused
from orders.states import CancelReason, EventKind
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import SYSTEM, authorised, everything, parcel

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=5)
LATE_REFUSAL = "tok_capture_unreachable_then_fails"


@pytest.fixture
def member() -> Membership:
    return MembershipFactory()


@pytest.fixture
def listing(member):
    return ListingFactory(seller=member.seller)


@pytest.fixture
def alice(member):
    client = Client()
    client.force_login(member.user)
    return client


def unshipped(listing, token):
    """Return an order of this moment: only what happens now owes a notice."""
    return authorised((listing, 2), payment_token=token, now=clock.now())


def refused_later(listing, user):
    """Return an order whose provider could not be reached at the click and refused the charge minutes later."""
    order, now = unshipped(listing, LATE_REFUSAL), clock.now()
    parcels = [(parcel(order.placed_on), everything(order))]
    done = shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=Actor.seller(user), now=now)
    assert done.is_waiting
    sweeps.run(sweeps.finish_provider_calls, now=now + SOON, actor=SYSTEM)
    order.refresh_from_db()
    return order


def refused_at_once(listing, user, token="tok_capture_fails"):
    """Return an order whose charge was refused while the seller waited for the page."""
    order = unshipped(listing, token)
    with pytest.raises(CaptureRefused):
        confirm(order, user)
    return order


def confirm(order, user):
    parcels = [(parcel(order.placed_on), everything(order))]
    actor = Actor.seller(user)
    return shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=actor, now=clock.now()).order


def notified(order):
    """Return how many mails and how many inbox items tell of the refused charge."""
    while notices.write_due(clock.now()):
        pass
    about = {"order": order, "kind": Kind.CHARGE_REFUSED}
    return Notice.objects.filter(**about).count(), InboxItem.objects.filter(**about).count()


def test_o15_a_charge_refused_after_the_click_notifies_the_seller(member, listing):
    order = refused_later(listing, member.user)
    assert (order.status, order.packages.count()) == ("unshipped", 0)
    assert order.events.last().kind == EventKind.CAPTURE_REFUSED
    assert notified(order) == (1, 1)


def test_o15_twin_that_writes_no_event_notifies_nobody(member, listing, monkeypatch):
    monkeypatch.setattr("orders.packages.history.write", lambda _events: None)
    order = refused_later(listing, member.user)
    assert order.charge_refused_at
    assert notified(order) == (0, 0)


def test_o15_twin_that_takes_every_refusal_for_one_at_the_click_notifies_nobody(member, listing, monkeypatch):
    drop = packages.drop
    monkeypatch.setattr(packages, "drop", lambda *args, **more: drop(*args, **more | {"is_later": False}))
    assert notified(refused_later(listing, member.user)) == (0, 0)


def test_o15_a_charge_refused_at_the_click_is_on_the_page_and_sends_nothing(member, listing):
    order = refused_at_once(listing, member.user)
    assert notified(order) == (0, 0)


def test_o15_home_warns_of_refused_charges_and_opens_the_list_that_it_counts(member, listing, alice):
    order = refused_later(listing, member.user)
    unshipped(listing, "tok_approve")
    home = alice.get("/").content.decode()
    assert "1 charge was refused" in home
    assert "attention=charge-refused" in home
    shown = alice.get("/orders/?tab=unshipped&attention=charge-refused").content.decode()
    assert re.findall(r'<tr[^>]* id="order-([0-9-]+)"', shown) == [order.number]
    assert 'state-charge_refused"' in shown


def test_o15_the_order_says_what_happened_and_what_to_do_by_when(member, listing, alice):
    order = refused_later(listing, member.user)
    shown = " ".join(alice.get(f"/orders/{order.number}/").content.decode().split())
    assert "The buyer could not be charged, so nothing was confirmed." in shown
    assert "The reason: The card was declined. Confirm the shipment again by" in shown


@pytest.mark.parametrize("end", ["shipped", "canceled"])
def test_o15_the_warning_ends_with_the_charge_or_the_order(member, listing, alice, end):
    order = refused_at_once(listing, member.user, "tok_capture_fails_then_approves")
    assert "1 charge was refused" in alice.get("/").content.decode()
    if end == "shipped":
        assert confirm(order, member.user).charge_refused_at is None
    else:
        reason, actor = CancelReason.NO_INVENTORY, Actor.seller(member.user)
        lifecycle.cancel(order, reason=reason, actor=actor, now=clock.now())
    assert "was refused" not in alice.get("/").content.decode()
    assert "Confirm the shipment again by" not in alice.get(f"/orders/{order.number}/").content.decode()


def test_o15_after_the_click_the_page_does_not_promise_the_charge(member, listing, alice):
    order = unshipped(listing, LATE_REFUSAL)
    item = order.items.get()
    form = {
        "package-0-ship_date": f"{order.placed_on:%Y-%m-%d}",
        "package-0-carrier": "UPS",
        "package-0-tracking_number": "1Z1",
    }
    form |= {"package-TOTAL_FORMS": "1", "package-INITIAL_FORMS": "0", f"package-0-units_{item.pk}": "2"}
    answer = alice.post(f"/orders/{order.number}/ship/", form | {"key": str(uuid.uuid4())}, follow=True)
    assert answer.redirect_chain, answer.context["form"].errors
    shown = " ".join(answer.content.decode().split())
    assert "nothing more to do" not in shown
    assert shown.count("If it is refused, nothing is confirmed and you are notified.") == 2
