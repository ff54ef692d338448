"""What docs/complaints.md answers by several pages together: looking for orders, printing them, another address."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import buyer_links
from orders.models import Order
from orders.states import CancelReason
from tests.helpers import authorised, ship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
# What grows with the orders, and is never to be read from its beginning to its end.
GROWING = "order|orderitem|package|orderdigits|soldproduct|buyername|productorder|buyerorder"
READ_WHOLE = re.compile(rf"Seq Scan on orders_(?:{GROWING})\b")
TYPED = {
    "whole number": "113-1234567-7654321",
    "its beginning": "113-12",
    "its last digits": "4321",
    "several": "113-1234567-7654321, 1Z1",
    "reference": "EXT-77",
    "tracking": "1Z1",
    "SKU": "BTL-1",
    "beginning of a SKU": "BTL",
    "buyer": "maria silva",
    "title": "blue bottle",
    "nothing": "no such thing",
}


def plans(queries):
    """How PostgreSQL would go about it with many rows: only where no index serves, a table is read whole."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in queries:
            # What the history of changes puts before a statement is none of it.
            sql = query["sql"].rpartition(", true); ")[2].strip()
            if sql.lstrip("(").startswith(("SELECT", "WITH")):
                cursor.execute(f"EXPLAIN {sql}")
                yield sql, "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED.keys())
def test_1_no_search_reads_a_table_whole(alice, listing, typed):
    number = {"number": "113-1234567-7654321", "reference": "EXT-77", "buyer_name": "Maria da Silva"}
    ship(authorised((listing, 1), **number))
    with CaptureQueriesContext(connection) as asked:
        page = alice.get("/orders/", {"q": typed})
    assert ("113-1234567-7654321" in page.content.decode()) == (typed != TYPED["nothing"])
    found = list(plans(asked.captured_queries))
    assert found
    assert [sql for sql, plan in found if READ_WHOLE.search(plan)] == []


def test_1_control_what_no_index_serves_is_found_out():
    ((_sql, plan),) = plans([{"sql": "SELECT id FROM orders_order WHERE recipient LIKE '%x%'"}])
    assert READ_WHOLE.search(plan)


def test_6_9_what_is_printed_leaves_the_list_of_what_is_not(alice, listing):
    address = "/orders/?tab=unshipped&printed=no"
    orders = [authorised((listing, 1)) for _ in range(2)]
    assert all(order.number in alice.get(address).content.decode() for order in orders)
    slips = alice.post("/orders/packing-slips.pdf", {"order": [orders[0].number]})
    assert slips["Content-Type"] == "application/pdf"
    shown = alice.get(address).content.decode()
    assert (orders[0].number in shown, orders[1].number in shown) == (False, True)


def test_31_another_address_leads_to_a_cancel_and_an_invitation(alice, client, listing):
    """O7: with the reason chosen; the buyer reads the seller's words, that nothing was charged, and where to go."""
    order = authorised((listing, 1))
    address = f"/orders/{order.number}/cancel/"
    guide = f"{address}?reason=address_undeliverable"
    assert guide in alice.get(f"/orders/{order.number}/").content.decode()
    form = alice.get(guide).context["form"]
    assert form["reason"].value() == CancelReason.ADDRESS_UNDELIVERABLE
    alice.post(
        address, {"reason": form["reason"].value(), "memo": "We ship to the address of the order only."}
    )
    assert Order.objects.get(pk=order.pk).cancel_reason == CancelReason.ADDRESS_UNDELIVERABLE
    shown = client.get(f"/buyer/{buyer_links.token_of(order)}/", follow=True).content.decode()
    assert "You are welcome to order again" in shown
    assert "with the right address" in shown
