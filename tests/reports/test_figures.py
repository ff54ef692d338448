"""The sums of a period, and the PDF that shows them (F4)."""

from datetime import date, timedelta
from io import BytesIO

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.actors import Actor
from orders import lifecycle
from orders.states import CancelReason
from refunds.models import Refund
from reports import documents, figures
from reports.figures import Day, Part
from tests.factories import NOON, ChannelFactory, ListingFactory, MarketplaceFactory, SellerFactory
from tests.helpers import authorised, place, ship
from tests.refunds.steps import ask, refund

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
DAY = timedelta(days=1)


@pytest.fixture
def sold(seller):
    """Three orders of two days, two channels and two states, one refunded in part; one canceled, one pending."""
    lamp = ListingFactory(seller=seller, sku="LAMP", title="纸灯笼 Paper lantern", on_hand=50)
    wick = ListingFactory(seller=seller, sku="WICK", title="Spare wick", on_hand=50, price=200)
    web, app = (ChannelFactory(marketplace=seller.marketplace, name=name) for name in ("Web", "App"))
    authorised((lamp, 2), (wick, 1), channel=web)
    authorised((wick, 3), channel=web, now=NOON - DAY, state=" il ")
    back = ship(authorised((lamp, 1), channel=app, state="VT"))
    refund(back, ask(back, 300))
    authorised((lamp, 1), channel=app, now=NOON - 9 * DAY)
    gone = authorised((lamp, 1), channel=app)
    lifecycle.cancel(gone, reason=CancelReason.NO_INVENTORY, actor=Actor.system(), now=NOON)
    other = ListingFactory(sku="OTHER", seller=SellerFactory(marketplace=seller.marketplace))
    authorised((other, 1), channel=web)
    place((lamp, 1), channel=app)
    return seller


def test_the_sums_of_a_period_by_day_channel_state_and_sku_f4(sold):
    found = figures.of(sold, TODAY - 2 * DAY, TODAY)
    # Units at 10.00 or 2.00 with 0.80 tax each, and 5.00 shipping an item.
    assert found.days == [
        Day(TODAY - 2 * DAY, 0, 0, 0),
        Day(TODAY - DAY, 1, 0, 1_340),
        Day(TODAY, 2, 1, 3_440 + 1_580),
    ]
    assert found.channels == [Part("Web", 2, 4_780), Part("App", 1, 1_580)]
    assert found.states == [Part("IL", 2, 4_780, "US"), Part("VT", 1, 1_580, "US")]
    assert found.skus == [
        Part("LAMP", 3, 3_000, "纸灯笼 Paper lantern"),
        Part("WICK", 4, 800, "Spare wick"),
    ]
    assert (found.orders, found.canceled, found.units, found.amount) == (3, 1, 7, 6_360)
    assert (found.refunds, found.refunded) == (1, Refund.objects.get().amount)


def test_canceled_units_and_refunds_taken_back_count_for_nothing_f4(sold):
    order = sold.orders.filter(status="unshipped", placed_at=NOON).get()
    item = order.items.get(sku="LAMP")
    lifecycle.cancel_units(
        order, {item.pk: 1}, reason=CancelReason.NO_INVENTORY, actor=Actor.system(), now=NOON
    )
    found = figures.of(sold, TODAY, TODAY)
    assert found.skus[0] == Part("LAMP", 2, 2_000, "纸灯笼 Paper lantern")
    assert found.units == 3


def test_days_are_the_marketplaces_f4(seller):
    """An order of late evening in New York is of that day, though it is the next one in UTC."""
    listing = ListingFactory(seller=seller)
    authorised((listing, 1), now=NOON + timedelta(hours=11))
    assert figures.of(seller, TODAY, TODAY).orders == 1
    assert figures.of(seller, TODAY + DAY, TODAY + DAY).orders == 0


def test_nothing_sold_is_nothing_and_five_queries_are_enough(sold):
    empty = figures.of(sold, date(2020, 1, 1), date(2020, 3, 30))
    assert (empty.orders, empty.amount, empty.skus, len(empty.days)) == (0, 0, [], 90)
    with CaptureQueriesContext(connection) as queries:
        figures.of(sold, TODAY - 90 * DAY, TODAY)
    assert len(queries) == 5


@pytest.mark.parametrize(("country", "size"), [("US", (612, 792)), ("CN", (595, 842))])
def test_the_pdf_has_the_figures_on_the_paper_of_the_country_f4(country, size):
    seller = SellerFactory(name="明屿科技 Mingyu", marketplace=MarketplaceFactory(country=country))
    listing = ListingFactory(seller=seller, sku="LAMP", title="纸灯笼 Paper lantern", on_hand=50)
    for n in range(4):
        authorised((listing, n + 1), now=NOON - n * DAY)
    document = pypdf.PdfReader(BytesIO(documents.pdf(seller, TODAY - 29 * DAY, TODAY, NOON)))
    box = document.pages[0].mediabox
    assert (round(box.width), round(box.height)) == size
    text = " ".join(page.extract_text() for page in document.pages)
    for words in ("明屿科技", "Order summary", "$128.00", "LAMP", "纸灯笼", "IL", "Shipby.com", "2026-11-20"):
        assert words in text, words
    assert len(document.pages) <= 2


def test_the_pdf_is_in_the_readers_language_and_shows_no_empty_picture(seller):
    with translation.override("zh-hans"):
        document = pypdf.PdfReader(BytesIO(documents.pdf(seller, TODAY, TODAY, NOON)))
    assert document.trailer["/Root"]["/Lang"] == "zh-hans"
    assert "2026年11月20日" in document.pages[0].extract_text()
