"""The buyer's own order page: what it shows, and what the buyer may do with the link (O9, O10, O13, O15)."""

from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.money import Money
from inventory.models import Fulfilment
from orders import buyer_links, cancel_requests, lifecycle
from orders.models import CancelRequest, Order
from orders.states import CancelReason, OrderStatus
from tests.factories import NOON, ListingFactory, UserFactory
from tests.helpers import authorised, everything, place, ship

pytestmark = pytest.mark.django_db
buyer = Client()  # no test signs in: the link is all that a buyer has
HALF_HOUR = timedelta(minutes=30)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def at(monkeypatch):
    """Set the database's clock; a test begins at noon."""

    def set_to(moment):
        monkeypatch.setattr("accounts.clock.now", lambda: moment)

    set_to(NOON)
    return set_to


@pytest.fixture
def listing():
    return ListingFactory(title="Blue bottle", on_hand=10)


@pytest.fixture
def order(listing):
    return authorised((listing, 2))


def page(order, action="", query="", **kwargs):
    return buyer.get(f"{buyer_links.path_for(order)}{action}{query}", **kwargs)


def post(order, action, data=None, query=""):
    return buyer.post(f"{buyer_links.path_for(order)}{action}{query}", data or {})


def text(response):
    return " ".join(response.content.decode().split())


def test_the_link_opens_its_order_and_leaves_no_trace(order):
    response = page(order)
    assert response.status_code == 200
    assert order.number in text(response)
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert not response.cookies


def test_the_whole_address_stands_in_mails(order, settings):
    assert buyer_links.url_for(order) == settings.PUBLIC_BASE_URL + buyer_links.path_for(order)


@pytest.mark.parametrize("action", ["", "cancel/", "ask/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_changed_or_foreign_link_is_not_found(order, action, method):
    token = buyer_links.token_of(order)
    other = authorised((ListingFactory(), 1))
    stolen = f"{other.number}.{token.rpartition('.')[2]}"
    for bad in (
        token[:-1],
        token + "x",
        stolen,
        order.number,
        "x",
        buyer_links.SIGNER.sign("114-0000000-0000000"),
    ):
        assert getattr(buyer, method)(f"/buyer/{bad}/{action}").status_code == 404


def test_a_token_of_another_purpose_does_not_open_the_page(order):
    assert buyer.get(f"/buyer/{Signer(salt='other', sep='.').sign(order.number)}/").status_code == 404


def test_the_page_says_what_is_paid_and_that_nothing_was_charged_yet(order):
    shown = text(page(order))
    assert "Blue bottle" in shown
    assert str(Money(order.total, "USD")) in shown
    assert "You have not been charged yet." in shown
    assert "Cancel order" in shown


def test_a_pending_order_can_be_canceled_too(listing):
    order = place((listing, 1))
    assert "We have your order" in text(page(order))
    assert post(order, "cancel/").status_code == 302
    order.refresh_from_db()
    assert (order.status, order.canceled_by) == (OrderStatus.CANCELED, "buyer")


def test_canceling_asks_once_more_and_works_without_script(order):
    asked = page(order, "cancel/")
    assert "Cancel this order?" in text(asked)
    order.refresh_from_db()
    assert order.status == OrderStatus.UNSHIPPED
    response = post(order, "cancel/")
    assert (response.status_code, response["Location"]) == (302, buyer_links.path_for(order))
    shown = text(page(order))
    assert "You canceled it." in shown
    assert "You were not charged." in shown
    assert "feedback" not in shown


def test_canceling_twice_is_canceling_once(order):
    assert [post(order, "cancel/").status_code for _ in range(2)] == [302, 302]
    assert order.events.filter(kind="canceled").count() == 1
    order.items.get().listing.refresh_from_db()
    assert order.items.get().listing.reserved == 0


def test_exactly_thirty_minutes_is_inside_the_window(order, at):
    at(NOON + HALF_HOUR)
    assert "Changed your mind?" in text(page(order))
    assert post(order, "cancel/").status_code == 302
    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELED


def test_a_microsecond_later_is_outside_and_the_buyer_is_led_to_ask(order, at):
    at(NOON + HALF_HOUR + MICROSECOND)
    assert "Changed your mind?" not in text(page(order))
    assert page(order, "cancel/").status_code == 302
    response = post(order, "cancel/")
    assert response.status_code == 409
    assert "The time to cancel by yourself is over." in text(response)
    assert "Ask to cancel" in text(response)
    order.refresh_from_db()
    assert order.status == OrderStatus.UNSHIPPED


def test_asking_is_one_request_however_often_it_is_sent(order, at):
    at(NOON + HALF_HOUR + MICROSECOND)
    note = "Ordered twice.\r\n" * 20
    for _ in range(2):
        assert post(order, "ask/", {"note": note}).status_code == 302
    request = CancelRequest.objects.get(order=order)
    assert request.note == ("Ordered twice.\n" * 20).strip()
    shown = text(page(order))
    assert "You asked to cancel." in shown
    assert "Ask to cancel" not in shown


@pytest.mark.parametrize(("letters", "status"), [(500, 302), (501, 422)])
def test_a_note_has_at_most_500_characters(order, at, letters, status):
    at(NOON + HALF_HOUR + MICROSECOND)
    assert post(order, "ask/", {"note": "字" * letters}).status_code == status
    assert CancelRequest.objects.count() == (status == 302)


def test_line_ends_count_once_as_in_the_browser(order, at):
    at(NOON + HALF_HOUR + MICROSECOND)
    note = "a\r\n" * 249 + "ab"
    assert post(order, "ask/", {"note": note}).status_code == 302


def test_a_declined_request_is_told_and_a_granted_one_cancels(order, at):
    at(NOON + HALF_HOUR + MICROSECOND)
    seller = Actor.seller(UserFactory())
    post(order, "ask/", {"note": "x"})
    cancel_requests.decline(order, actor=seller, now=NOON + HALF_HOUR)
    assert "declined: your order goes on." in text(page(order))
    post(order, "ask/", {"note": "please"})
    cancel_requests.accept(order, actor=seller, now=NOON + HALF_HOUR)
    shown = text(page(order))
    assert f"{order.seller.name} canceled it. You had asked for it." in shown
    assert "You may still leave feedback" in shown


@pytest.mark.django_db(transaction=True)
def test_after_shipping_the_page_shows_packages_and_says_return(at):
    order = authorised((ListingFactory(title="Blue bottle"), 2))
    ship(order)
    shown = text(page(order))
    assert "1Z1" in shown
    assert "You were charged" in shown
    assert "you can return it" in shown
    assert "Changed your mind?" not in shown
    for action in ("cancel/", "ask/"):
        response = post(order, action, {"note": ""})
        assert response.status_code == 409
        assert "Shipped" in text(response)
    assert not CancelRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_part_shipped_is_a_part_on_its_way(at):
    order = authorised((ListingFactory(), 3))
    (item,) = everything(order)
    ship(order, {item: 1})
    shown = text(page(order))
    assert "Part of your order is on its way" in shown
    assert "1 shipped" in shown


@pytest.mark.parametrize(
    ("reason", "words", "again"),
    [
        (CancelReason.NO_INVENTORY, "What you ordered is out of stock.", False),
        (CancelReason.ADDRESS_UNDELIVERABLE, "order again at Shipby.com with the right address", True),
    ],
)
def test_a_canceled_order_says_who_and_why(order, reason, words, again):
    lifecycle.cancel(order, reason=reason, actor=Actor.seller(UserFactory(name="Sam Staff")), now=NOON)
    shown = text(page(order))
    assert words in shown
    assert ("right address" in shown) is again
    assert "You may still leave feedback on this order." in shown
    assert "Sam Staff" not in shown
    assert "Cancel order" not in shown


def test_canceled_units_are_not_to_be_paid(order):
    item = order.items.get()
    lifecycle.cancel_units(
        order, {item.pk: 1}, reason=CancelReason.NO_INVENTORY, actor=Actor.seller(UserFactory()), now=NOON
    )
    order.refresh_from_db()
    shown = text(page(order))
    assert "1 canceled, not to be paid" in shown
    assert str(Money(order.total, "USD")) in shown


def test_the_marketplace_decides_about_what_it_ships_itself(at):
    listing = ListingFactory(fulfilment=Fulfilment.AFN)
    order = authorised((listing, 1))
    at(NOON + HALF_HOUR + MICROSECOND)
    assert "Ask Shipby Customer Service to cancel" in text(page(order))


def test_the_page_speaks_the_language_of_the_order_unless_one_is_chosen(listing):
    order = authorised((listing, 1), buyer_language="zh-CN")
    assert '<html lang="zh-hans"' in text(page(order))
    assert '<html lang="en"' in text(page(order, query="?language=en"))
    assert '<html lang="zh-hans"' in text(page(order, query="?language=xx"))
    odd = authorised((listing, 1), buyer_language="tlh")
    assert '<html lang="en"' in text(page(odd))
    assert post(order, "cancel/", query="?language=en")["Location"].endswith("?language=en")


def test_what_the_buyer_wrote_or_is_called_is_never_markup(at):
    listing = ListingFactory(title="<script>alert(1)</script>")
    order = authorised((listing, 1), recipient="<b>Ada</b>")
    shown = text(page(order))
    assert "<script>alert" not in shown
    assert "<b>Ada" not in shown


def test_a_get_changes_nothing(order):
    before = Order.objects.values().get(pk=order.pk)
    for action in ("", "cancel/", "ask/"):
        page(order, action)
    assert Order.objects.values().get(pk=order.pk) == before
    assert not CancelRequest.objects.exists()


def test_the_page_asks_the_same_number_of_queries_for_one_and_three_items():
    counts = []
    for items in (1, 3):
        seller_listing = ListingFactory()
        others = [ListingFactory(seller=seller_listing.seller) for _ in range(items - 1)]
        order = authorised(*[(each, 1) for each in [seller_listing, *others]])
        with CaptureQueriesContext(connection) as queries:
            page(order)
        counts.append(len(queries))
    assert counts[0] == counts[1]
