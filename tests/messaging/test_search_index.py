"""The search of messages is answered by indexes, and knows buyers by the names that they have now (C5)."""

import uuid

import pytest
from django.db import connection

from messaging import desk
from messaging.desk import Question, Show
from messaging.models import Message, Thread, ThreadBuyer
from messaging.states import Reason
from orders.models import Order
from tests.factories import NOON, ListingFactory
from tests.helpers import authorised
from tests.messaging.steps import from_buyer

pytestmark = pytest.mark.django_db
MESSAGES = 8000


def as_owner(*statements):
    """Until the test ends; the app's role may not measure its tables."""
    with connection.cursor() as cursor:
        for statement in ("SET LOCAL ROLE none", *statements):
            cursor.execute(statement)


@pytest.fixture
def order():
    return authorised((ListingFactory(on_hand=20), 1), buyer_name="Ágnes Buyer")


def found(order, text):
    page = desk.page(Question(show=Show.ALL, text=text), order.seller, NOON)
    return [thread.pk for thread in page.rows]


def test_the_name_is_the_orders_whoever_changes_it(order):
    first = from_buyer(order).thread.pk
    second = from_buyer(order, reason=Reason.PRODUCT).thread.pk
    assert sorted(found(order, "ÁGNES")) == [first, second]
    Order.objects.filter(pk=order.pk).update(buyer_name="")
    assert found(order, "ágnes") == []
    assert set(ThreadBuyer.objects.values_list("name", flat=True)) == {""}


def test_one_sellers_search_finds_nothing_of_anothers(order):
    from_buyer(order, "Is it blue?")
    other = authorised((ListingFactory(), 1))
    assert [found(other, words) for words in ("blue", "Ágnes", order.number)] == [[], [], []]


def test_c5_a_seller_of_many_messages_is_searched_by_index(order):
    thread = from_buyer(order, "Where does the zebra live?").thread
    words = ({"text": f"Message {number} about the parcel."} for number in range(MESSAGES))
    common = {"seller": order.seller, "thread": thread, "who": "buyer", "source": "page", "at": NOON}
    Message.objects.bulk_create(Message(**common, **each, key=uuid.uuid4()) for each in words)
    assert found(order, "ZEBRA") == [thread.pk] == [each.pk for each in Thread.objects.all()]
    as_owner("SELECT gin_clean_pending_list('message_text')", "ANALYZE messaging_message")
    for text in ("zebra", "the zebra live"):
        assert "message_text" in desk._matching(order.seller, text).explain()
    as_owner("SET LOCAL enable_seqscan = off")
    assert "thread_buyer_name" in ThreadBuyer.objects.filter(name__icontains="agnes").explain()
