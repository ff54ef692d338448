"""Gifts, business orders, taxes and wishes: shown on the order page and the slip, kept from whom they don't concern."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from orders import lifecycle
from orders.states import CancelReason
from tests.factories import NOON, gift_item, order_extras
from tests.helpers import SYSTEM, authorised, new_order, place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
SAID = order_extras()
SHOWN = [
    "Business, Replacement", "Harbor &amp; Sons", "4500-1234567", "701-0000001-7654321", "IM3720000000",
    "MarketplaceFacilitator", "Leave with the &lt;porter&gt;", "Red paper", "“Happy birthday, Mum!”",
    "The price includes $3.50 for gift wrap.", "A discount of $2.00 was taken off the price.",
]  # fmt: skip
LINK = '<a href="https://example.org/c/1.zip?a=1&amp;b=2" rel="noopener noreferrer">'


@pytest.fixture
def said(listing):
    return SAID | {"items": (gift_item(listing),)}


def text(client, order):
    return " ".join(client.get(f"/orders/{order.number}/").content.decode().split())


def slip(client, order):
    content = client.get(f"/orders/{order.number}/packing-slip.pdf").content
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_order_page_shows_what_the_order_says(alice, bob, listing, said):
    order = authorised((listing, 1), **said)
    for client in (alice, bob):
        shown = text(client, order)
        assert [each for each in [*SHOWN, LINK] if each not in shown] == []


def test_a_plain_order_says_nothing_more(alice, listing):
    shown = text(alice, authorised((listing, 1)))
    for absent in ("More about this order", "Gift", "Customization", "gift wrap", "discount"):
        assert absent not in shown


def test_a_pending_or_canceled_order_shows_basic_details_only(alice, listing, said):
    """O2, O13."""
    canceled = authorised((listing, 1), **said)
    lifecycle.cancel(canceled, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    for order in (place((listing, 1), **said), canceled):
        shown = text(alice, order)
        assert [each for each in [*SHOWN, LINK] if each in shown] == []


def test_the_slip_of_a_gift_prints_the_message_and_no_price(alice, listing, said):
    """B8."""
    shown = slip(alice, authorised((listing, 1), **said))
    for expected in (
        "Red paper",
        "“Happy birthday, Mum!”",
        "Harbor & Sons",
        "4500-1234567",
        "Leave with the <porter>",
    ):
        assert expected in shown
    for absent in ("$", "3.50", "13.50", "IM3720000000", "MarketplaceFacilitator", "example.org"):
        assert absent not in shown


def test_what_an_order_says_tells_it_from_another(listing, said):
    """The same reference with another gift message is another order (O6)."""
    new = new_order((listing, 1), reference="W-1", **said)
    (item,) = new.items
    other = replace(new, items=(replace(item, gift_message="Happy New Year!"),))
    assert new.fingerprint != other.fingerprint
