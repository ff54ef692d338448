"""The mails that go with an order's life, each to whom it belongs, in their language (O3, O10, O11, O18, R8)."""

from datetime import timedelta

import pytest

from accounts import clock
from accounts.actors import Actor
from accounts.models import User
from notifications import envelope
from notifications.models import Notice
from notifications.states import Kind
from orders import cancel_requests, lifecycle, sweeps
from orders.models import Order
from orders.states import CancelReason
from tests.helpers import CHANNEL, SYSTEM
from tests.notifications.steps import seller_of, shipped, sold, write

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = ("en", "zh-hans", "zh-hant")


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def order(language):
    """An Unshipped order; its seller's member and its buyer read this language."""
    order = sold(seller_of(), buyer_language=language)
    User.objects.filter(email="alice@example.com").update(language=language)
    return order


def mailed(order, kind: Kind):
    """The mail of this kind that the order made, as it would leave now."""
    write()
    return envelope.message(Notice.objects.get(order=order, kind=kind))


def check(mail, order, to: str, language: str) -> None:
    """It goes to that address alone, names the order, and speaks the language, in text and HTML."""
    assert mail.to == [to]
    html = mail.alternatives[0][0]
    for words in (mail.body, html):
        assert order.number in words
    is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in mail.subject)
    assert is_chinese == language.startswith("zh")
    assert order.buyer_email not in mail.body + html


def test_o3_sold_ship_now(order, language):
    check(mailed(order, Kind.SOLD), order, "alice@example.com", language)


def test_o10_the_seller_hears_that_the_buyer_asks_and_the_buyer_what_became_of_it(order, language):
    now = clock.now()
    cancel_requests.ask(order, note="Please!", actor=CHANNEL, now=now)
    asked = mailed(order, Kind.CANCEL_REQUESTED)
    check(asked, order, "alice@example.com", language)
    cancel_requests.decline(order, actor=SYSTEM, now=now)
    check(mailed(order, Kind.BUYER_REQUEST_DECLINED), order, "ada@example.org", language)


def test_o11_the_buyer_of_a_canceled_order_is_mailed_with_the_memo(order, language):
    seller = Actor.seller(User.objects.get(email="alice@example.com"))
    words = {"reason": CancelReason.NO_INVENTORY, "memo": "The last one was broken."}
    lifecycle.cancel(order, **words, actor=seller, now=clock.now())
    mail = mailed(order, Kind.BUYER_CANCELED)
    check(mail, order, "ada@example.org", language)
    assert "The last one was broken." in mail.body
    assert "The last one was broken." in mail.alternatives[0][0]


def test_o18_about_to_be_canceled(order, language):
    Order.objects.filter(pk=order.pk).update(warn_at=clock.now() - timedelta(minutes=1))
    sweeps.run(sweeps.warn_of_deadlines, now=clock.now(), actor=SYSTEM)
    check(mailed(order, Kind.ABOUT_TO_BE_CANCELED), order, "alice@example.com", language)


def test_the_buyer_hears_of_the_shipment(order, language):
    shipped(order)
    check(mailed(order, Kind.BUYER_SHIPPED), order, "ada@example.org", language)
