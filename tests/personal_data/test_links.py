"""A buyer's link works until 90 days after delivery or cancellation, and until it is revoked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Right
from orders import buyer_links, lifecycle
from orders.models import Order, OrderEvent
from orders.states import CancelReason, EventKind
from tests.factories import ListingFactory, MembershipFactory, UserFactory
from tests.helpers import SYSTEM, authorised
from tests.personal_data.steps import DAY, LONG_AGO, shipped_long_ago

pytestmark = pytest.mark.django_db
MICRO = timedelta(microseconds=1)
EXPIRED = "This link has expired: your order was completed more than 90 days ago."
REPLACED = "This link was replaced. Use the one in our latest email about your order."


@pytest.fixture
def at(monkeypatch):
    """Set the database's clock."""

    def set_to(moment):
        monkeypatch.setattr("accounts.clock.now", lambda: moment)

    set_to(LONG_AGO)
    return set_to


@pytest.fixture
def order():
    return authorised((ListingFactory(), 1), now=LONG_AGO)


def opened(path, sentence="", status=200):
    answer = Client().get(path)
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_link_works_to_the_end_of_the_ninetieth_day_after_delivery(order, at):
    order = shipped_long_ago(order)
    assert order.delivered_on == date(2026, 3, 10)
    end = datetime(2026, 6, 9, 4, tzinfo=UTC)  # midnight in New York
    at(end - MICRO)
    opened(buyer_links.path_for(order))
    at(end)
    opened(buyer_links.path_for(order), EXPIRED, 410)


def test_link_works_90_days_after_a_cancellation(order, at):
    lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=LONG_AGO)
    at(LONG_AGO + 90 * DAY)
    opened(buyer_links.path_for(order))
    at(LONG_AGO + 90 * DAY + MICRO)
    opened(buyer_links.path_for(order), EXPIRED, 410)


def test_link_of_an_open_order_never_expires(order, at):
    at(LONG_AGO + 400 * DAY)
    opened(buyer_links.path_for(order))


@pytest.mark.parametrize("name", ["buyer:cancel", "buyer:ask", "messaging:buyer", "refunds:buyer_return"])
def test_revoked_link_does_nothing_on_any_page(order, at, name):
    token = buyer_links.token_of(order)
    buyer_links.revoke(order, actor=SYSTEM, now=LONG_AGO)
    for answer in (
        Client().get(reverse(name, args=[token])),
        Client().post(reverse(name, args=[token]), {"text": "Hello", "note": "please"}),
    ):
        assert (answer.status_code, REPLACED in answer.content.decode()) == (410, True)
    order.refresh_from_db()
    assert (order.status, order.cancel_requests.count(), order.threads.count()) == ("unshipped", 0, 0)


def test_next_link_works_after_a_revocation_and_is_revoked_in_its_turn(order, at):
    paths = [buyer_links.path_for(order)]
    for _each in range(2):
        order = buyer_links.revoke(order, actor=SYSTEM, now=LONG_AGO)
        paths.append(buyer_links.path_for(order))
    assert len(set(paths)) == 3
    opened(paths[0], REPLACED, 410)
    opened(paths[1], REPLACED, 410)
    opened(paths[2])


def test_made_up_version_is_no_link(order, at):
    token = buyer_links.SIGNER.sign(order.number)[len(order.number) :]
    assert Client().get(reverse("buyer:order", args=[f"{order.number}~1{token}"])).status_code == 404


def test_member_revokes_it_on_the_order_page(order, at):
    member = MembershipFactory(seller=order.seller, rights=[Right.VIEW, Right.MESSAGE])
    client, address = Client(), reverse("orders:revoke_link", args=[order.number])
    client.force_login(member.user)
    assert address in client.get(reverse("orders:detail", args=[order.number])).content.decode()
    path = buyer_links.path_for(order)
    assert client.post(address).status_code == 302
    opened(path, REPLACED, 410)
    event = OrderEvent.objects.get(kind=EventKind.LINK_REVOKED)
    assert (event.actor, event.order_id) == (member.user, order.pk)
    assert "link was revoked" in client.get(reverse("orders:detail", args=[order.number])).content.decode()


def test_link_can_be_revoked_after_the_data_was_deleted(order, at):
    """It still opens the order then."""
    order = shipped_long_ago(order)
    at(order.personal_data_expires_at)
    Order.objects.filter(pk=order.pk).update(
        personal_data_deleted_at=order.personal_data_expires_at, buyer_name="", buyer_email="", address_1=""
    )
    client = Client()
    client.force_login(MembershipFactory(seller=order.seller).user)
    page = client.get(reverse("orders:detail", args=[order.number])).content.decode()
    assert reverse("orders:revoke_link", args=[order.number]) in page


def test_member_without_the_right_sees_no_button(order, at):
    member = MembershipFactory(seller=order.seller, rights=[Right.VIEW])
    client, address = Client(), reverse("orders:revoke_link", args=[order.number])
    client.force_login(member.user)
    assert address not in client.get(reverse("orders:detail", args=[order.number])).content.decode()
    assert client.post(address).status_code == 403
    assert Order.objects.get(pk=order.pk).buyer_link_version == 0


def test_mail_after_a_revocation_brings_the_new_link(order, at):
    old = buyer_links.url_for(order)
    buyer_links.revoke(order, actor=Actor.seller(UserFactory()), now=LONG_AGO)
    order.refresh_from_db()
    assert buyer_links.url_for(order) != old
    opened(buyer_links.path_for(order))
