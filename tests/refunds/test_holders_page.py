"""The page of orders that hold a listing's units: reading, settling in one step, and who may (I2, I4, R6)."""

import uuid

import pytest
from django.test import Client

from accounts.models import Right
from inventory import stock
from inventory.models import MovementKind
from orders.models import Memo
from orders.states import OrderStatus
from refunds.models import Refund
from tests.factories import MINUTE, NOON, ListingFactory, MembershipFactory
from tests.helpers import SYSTEM, authorised, place, ship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


def text(response, status: int = 200) -> str:
    assert response.status_code == status, (response.status_code, response.headers)
    return " ".join(response.content.decode().split())


def counted(listing, on_hand: int) -> None:
    shared = {"seen_version": None, "kind": MovementKind.COUNT, "now": NOON, "actor": SYSTEM}
    stock.set_on_hand(listing, on_hand, **shared)


def form(order, units: int = 1, **changes) -> dict[str, object]:
    item = order.items.select_related("order").get()
    is_charged = item.order.status == OrderStatus.PARTIALLY_SHIPPED
    plain = {"item": item.pk, "units": units, "held": item.units_open, "is_charged": int(is_charged)}
    return {**plain, "key": uuid.uuid4(), "memo": "Sorry, it broke.", **changes}


@pytest.fixture
def address(listing) -> str:
    return f"/inventory/{listing.pk}/orders/"


@pytest.fixture
def two(listing):
    """Two orders of two units each, the second a minute later; three of the four are there."""
    orders = [authorised((listing, 2), now=NOON + n * MINUTE) for n in range(2)]
    counted(listing, 3)
    return orders


def test_nobody_holds_units(alice, address):
    assert "No order holds units" in text(alice.get(address))


def test_i2_it_says_who_holds_the_units(alice, address, listing):
    order = authorised((listing, 2))
    shown = text(alice.get(address))
    assert order.number in shown
    assert "All these orders can be met." in shown


def test_i4_the_newest_that_cannot_be_met_has_words_ready_in_its_buyers_language(alice, address, two):
    two[1].buyer_language = "zh-hans"
    two[1].save(update_fields=["buyer_language"])
    shown = text(alice.get(address))
    assert "Orders hold 4 units, on hand: 3" in shown
    unmet, kept = shown.split('id="kept"')
    assert two[1].number in unmet
    assert two[0].number not in unmet
    assert two[0].number in kept
    assert "Tell the buyer and cancel" in unmet


def test_i4_one_step_tells_the_buyer_and_cancels_what_is_missing(alice, address, two, client):
    assert "the buyer is told" in text(alice.post(address, form(two[1]), follow=True))
    two[1].refresh_from_db()
    assert two[1].status == OrderStatus.UNSHIPPED
    assert two[1].items.get().units_canceled == 1
    assert Memo.objects.get().text == "Sorry, it broke."
    assert "No order" not in text(alice.get(address))


def test_i4_sent_twice_it_cancels_once(alice, address, two):
    sent = form(two[1])
    alice.post(address, sent)
    shown = text(alice.post(address, sent), 409)
    assert "The order has changed since that page was made" in shown
    assert "Sorry, it broke." in shown
    assert two[1].items.get().units_canceled == 1


def test_r6_a_charged_order_is_refunded_with_the_memo(alice, address, listing):
    order = authorised((listing, 2))
    ship(order, {order.items.get().pk: 1})
    counted(listing, 0)
    assert "Refund with this memo" in text(alice.get(address))
    sent = form(order)
    for _ in range(2):
        alice.post(address, sent)
    assert Refund.objects.get().memo == "Sorry, it broke."


def test_without_words_nothing_happens_and_the_form_says_so(alice, address, two):
    shown = text(alice.post(address, form(two[1], memo=" ")), 422)
    assert "Tell the buyer what happened." in shown
    assert two[1].items.get().units_canceled == 0


def test_o2_a_pending_order_waits(alice, address, listing):
    order = place((listing, 1))
    counted(listing, 0)
    shown = text(alice.get(address))
    assert "still being authorised" in shown
    assert "<textarea" not in shown
    assert "still being authorised" in text(alice.post(address, form(order)), 409)


def test_who_may_only_look_sees_no_form_and_is_refused(bob, address, two):
    assert "<textarea" not in text(bob.get(address))
    assert "You may not do this." in text(bob.post(address, form(two[1])), 403)
    assert two[1].items.get().units_canceled == 0


def test_who_may_cancel_but_not_refund_settles_what_is_not_charged(seller, address, listing, two):
    ship(two[1], {two[1].items.get().pk: 1})
    counted(listing, 2)
    member = Client()
    member.force_login(MembershipFactory(seller=seller, rights=[Right.VIEW, Right.CANCEL]).user)
    member.post(address, form(two[1]))
    assert Refund.objects.count() == 0


def test_a_stranger_finds_nothing(charlie, address, two):
    assert charlie.get(address).status_code == 404
    assert charlie.post(address, form(two[1])).status_code == 404


def test_an_item_of_another_listing_is_not_found(alice, address, two, seller):
    other = authorised((ListingFactory(seller=seller), 1))
    assert alice.post(address, form(other)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"units": "0"},
        {"units": "-1"},
        {"units": "1e9"},
        {"units": "１"},
        {"units": ""},
        {"item": "x"},
        {"item": "99999999999999999999999"},
        {"key": "not-a-key"},
        {"memo": "x" * 1001},
        {"memo": "a\x00b"},
    ],
)
def test_hostile_forms_change_nothing(alice, address, two, wrong):
    answer = alice.post(address, form(two[1], **wrong))
    assert answer.status_code in (302, 422)
    assert two[1].items.get().units_canceled in (0, 1)
    if answer.status_code == 422:
        assert two[1].items.get().units_canceled == 0


def test_the_number_of_queries_does_not_grow(alice, address, listing, django_assert_max_num_queries):
    for n in range(6):
        authorised((listing, 1), now=NOON + n * MINUTE)
    counted(listing, 3)
    alice.get(address)
    with django_assert_max_num_queries(9):
        alice.get(address)
