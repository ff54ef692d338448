"""The packing slip: a PDF without prices, in every script, that fetches nothing (D11)."""

import io
import logging

import pytest
from django.db import connection
from django.test import Client
from pypdf import PdfReader

from accounts import paper
from accounts.actors import Actor
from inventory.models import Fulfilment
from orders import lifecycle, slips
from orders.states import CancelReason
from tests.factories import NOON, ListingFactory, MarketplaceFactory, SellerFactory
from tests.helpers import authorised, place, ship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


@pytest.fixture
def order(listing):
    return authorised((listing, 3))


def url(order, query=""):
    return f"/orders/{order.number}/packing-slip.pdf{query}"


def read(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def text(response):
    return " ".join(" ".join(page.extract_text() for page in read(response).pages).split())


def test_the_slip_holds_what_is_packed_and_no_price(alice, bob, order):
    for client in (alice, bob):
        shown = text(client.get(url(order)))
        for expected in (
            order.number,
            "Blue Harbor",
            "Ada Buyer",
            "1 Main Street",
            "BTL-1",
            "Ship by 2026-11-23",
        ):
            assert expected in shown
        assert "Quantity Blue bottle BTL-1" in shown
        for hidden in ("$", "30.00", "37.40", "ada@example.org"):
            assert hidden not in shown


@pytest.mark.parametrize(
    ("recipient", "city"),
    [
        ("张伟", "上海市"),
        ("山田 太郎", "東京都"),
        ("김민준", "서울"),
        ("Νίκος Παπαδόπουλος", "Ελλάδα"),
        ("สมชาย ใจดี", "กรุงเทพมหานคร"),
        ("Олександр Шевченко", "Київ"),
        ("Mia 🎉 Test", "Springfield"),
    ],
)
def test_every_script_prints(alice, listing, caplog, recipient, city):
    """No glyph is missing: the log stays silent, and the words can be read back."""
    caplog.set_level(logging.DEBUG)
    order = authorised((listing, 1), recipient=recipient, city=city, country="JP", buyer_language="zh-hans")
    shown = text(alice.get(url(order)))
    assert recipient.replace(" ", "") in shown.replace(" ", "")
    assert city in shown
    assert [record.getMessage() for record in caplog.records if "notdef" in record.getMessage().lower()] == []


@pytest.mark.parametrize(
    ("recipient", "font"),
    [
        ("สมชาย ใจดี", "Thai"),
        ("राजेश कुमार, महात्मा गांधी मार्ग 7", "Devanagari"),
        ("Mia 🎉 Test", "Emoji"),
        ("বাংলা তালিকা", "Bengali"),
        ("தமிழ்", "Tamil"),
        ("አማርኛ", "Ethiopic"),
        ("فاطمة الزهراء", ""),
        ("דוד כהן", ""),
    ],
)
def test_slip_holds_the_letters_of_its_script(alice, listing, caplog, recipient, font):
    """No box, and a font of theirs. Ligatures keep some words from being read back out of the file."""
    caplog.set_level(logging.DEBUG)
    document = read(alice.get(url(authorised((listing, 1), recipient=recipient))))
    fonts = [each.get_object()["/BaseFont"] for each in document.pages[0]["/Resources"]["/Font"].values()]
    assert any(font in name for name in fonts), fonts
    assert [record.getMessage() for record in caplog.records if "notdef" in record.getMessage().lower()] == []


@pytest.mark.parametrize(("country", "width"), [("US", 612), ("DE", 595)])
def test_the_paper_is_that_of_the_sellers_country(country, width):
    market = MarketplaceFactory(country=country, time_zone="UTC")
    order = authorised((ListingFactory(seller=SellerFactory(marketplace=market)), 1))
    document = PdfReader(io.BytesIO(slips.pdf(order, [(order.items.get(), 1)])))
    assert int(document.pages[0].mediabox.width) == width


def test_canceled_units_are_not_packed(alice, order):
    """O12."""
    item = order.items.get()
    lifecycle.cancel_units(
        order, {item.pk: 1}, reason=CancelReason.NO_INVENTORY, actor=Actor.system(), now=NOON
    )
    assert "Units together 2" in text(alice.get(url(order)))


def test_one_package_has_a_slip_of_its_own(alice, order):
    ship(order, {order.items.get().pk: 1})
    shown = text(alice.get(url(order, "?package=1")))
    assert "Package 1" in shown
    assert "Units together 1" in shown
    for unknown in ("2", "x", "99999999", "-1", "٣"):
        assert alice.get(url(order, f"?package={unknown}")).status_code == 404


def test_fifty_items_take_several_pages(alice, seller):
    # The test's own transaction is idle while the document is laid out; a view has none open then.
    connection.cursor().execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    order = authorised(*((ListingFactory(seller=seller, title=f"Thing {n} " * 9), 1) for n in range(50)))
    document = read(alice.get(url(order)))
    assert len(document.pages) > 1
    assert all("Quantity" in page.extract_text() for page in document.pages)


def test_nothing_is_fetched(alice, seller, tmp_path, caplog):
    """What a buyer or seller wrote stays text, and no file or address gets into the document."""
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    evil = f'<link rel=attachment href="file://{secret}"><img src="http://127.0.0.1:9/x">'
    order = authorised((ListingFactory(seller=seller, title=evil), 1), recipient=evil, address_1=evil)
    response = alice.get(url(order))
    assert b"TOPSECRET" not in response.content
    assert "rel=attachment" in text(response)
    assert not read(response).attachments
    with pytest.raises(ValueError, match="disallowed protocol"):
        paper.fetcher().fetch(f"file://{secret}")


@pytest.mark.parametrize("kind", ["pending", "canceled", "afn"])
def test_there_is_no_slip_where_nothing_is_to_be_packed(alice, seller, listing, kind):
    if kind == "pending":
        order = place((listing, 1))
    elif kind == "canceled":
        order = authorised((listing, 1))
        lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=Actor.system(), now=NOON)
    else:
        order = authorised((ListingFactory(seller=seller, fulfilment=Fulfilment.AFN), 1))
    response = alice.get(url(order))
    assert response.status_code == 404
    said = {
        "pending": "still being authorised",
        "canceled": "is canceled",
        "afn": "packs and ships this order",
    }
    assert said[kind] in response.content.decode()


def test_nobody_else_prints_it(charlie, order):
    assert charlie.get(url(order)).status_code == 404
    assert Client().get(url(order)).url.startswith("/accounts/login/")
