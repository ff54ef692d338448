"""Each door says the same of a tracking number: both pages, grid, paste, feed as text, feed as XML (O14)."""

import html
import uuid

import pytest

from accounts.models import Membership
from orders import carriers
from orders.models import Package
from tests.factories import ListingFactory
from tests.helpers import authorised, ship
from tests.orders.bulk import steps
from tests.reports.feeds.feed_files import envelope
from tests.reports.feeds.feed_steps import A, parcel, results, upload, worked
from tests.reports.feeds.feed_steps import text as feed_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
GRID = "/orders/ship/"
ODD = {
    "mangled": ("USPS", "9.40011E+21", "a spreadsheet program changed it", True),
    "several": ("UPS", "1Z999AA10123456784, 1Z999AA10123456793", "holds 2 tracking numbers", False),
    "another carrier": (
        "USPS",
        "1Z999AA10123456784",
        "looks like a tracking number of UPS, not of USPS",
        False,
    ),
    "used": ("UPS", A, f"has the tracking number {A}, too", False),
}


@pytest.fixture(autouse=True)
def _kept_apart(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("accounts.nudge._publish", lambda *_args: None)


def said(response) -> str:
    return html.unescape(response.content.decode())


def by_page(alice, order, carrier, number):
    fields = {
        "ship_date": "2026-11-20",
        "carrier": carrier,
        "carrier_name": "",
        "service": "",
        "tracking_number": number,
    }
    fields |= {f"units_{item.pk}": item.units_open for item in order.items.all()}
    form = {"key": uuid.uuid4(), "package-TOTAL_FORMS": 1, "package-INITIAL_FORMS": 1}
    form |= {f"package-0-{name}": value for name, value in fields.items()}
    return said(alice.post(f"/orders/{order.number}/ship/", form, follow=True))


def by_package_page(alice, order, carrier, number):
    ship(order)
    fields = {
        "ship_date": "2026-11-20",
        "carrier": carrier,
        "carrier_name": "",
        "service": "",
        "tracking_number": number,
    }
    return said(alice.post(f"/orders/{order.number}/packages/1/", fields, follow=True))


def by_grid(alice, order, carrier, number):
    form = {"grid": "1", "confirm": "1", "line": order.number, "key": uuid.uuid4()}
    answer = alice.post(GRID, form | steps.line(order, carrier=carrier, tracking_number=number))
    if answer.status_code != 302:
        return said(answer)
    return " ".join(sentence for _state, sentence in steps.results(steps.worked(answer)).values())


def by_paste(alice, order, carrier, number):
    sheet = f"order id\tcarrier\ttracking\n{order.number}\t{carrier}\t{number}"
    return said(alice.post(GRID, {"grid": "1", "paste": "1", "pasted": sheet}))


def by_feed(order, content):
    (row,) = results(worked(upload(Membership.objects.get(seller=order.seller), content)))
    return row.sentence


def by_feed_text(_alice, order, carrier, number):
    return by_feed(order, feed_text("ship", parcel(order, carrier_code=carrier, tracking_number=number)))


def by_feed_xml(_alice, order, carrier, number):
    body = (
        f"<AmazonOrderID>{order.number}</AmazonOrderID><FulfillmentDate>2026-11-20</FulfillmentDate><FulfillmentData>"
        f"<CarrierCode>{carrier}</CarrierCode><ShipperTrackingNumber>{number}</ShipperTrackingNumber></FulfillmentData>"
    )
    return by_feed(order, envelope("OrderFulfillment", [body]))


DOORS = [by_page, by_package_page, by_grid, by_paste, by_feed_text, by_feed_xml]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("door", DOORS)
def test_every_door_has_the_same_verdict(alice, listing, door, odd):
    carrier, number, sentence, is_refused = ODD[odd]
    other = ship(authorised((listing, 1)))
    other.packages.update(tracking_number=A)
    order = authorised((listing, 1))
    assert sentence in door(alice, order, carrier, number)
    is_saved = Package.objects.filter(order=order, tracking_number=number).exists()
    assert is_saved is (not is_refused and door is not by_paste)


@pytest.mark.parametrize("door", [by_page, by_grid, by_feed_text])
def test_a_carriers_usual_name_is_that_carrier(alice, listing, door):
    order = authorised((listing, 1))
    name = "UPS" if door is by_page else "United Parcel Service"
    door(alice, order, name, A)
    assert order.packages.get().carrier == "UPS"


def test_another_sellers_package_is_no_news(alice, listing):
    stranger = ship(authorised((ListingFactory(), 1)))
    stranger.packages.update(tracking_number=A)
    shown = by_page(alice, authorised((listing, 1)), "UPS", A)
    assert "has the tracking number" not in shown


def test_the_grid_asks_as_many_queries_for_one_number_as_for_three(
    alice, listing, django_assert_max_num_queries
):
    orders = [authorised((listing, 1)) for _ in range(3)]
    sheet = "order id\tcarrier\ttracking\n" + "\n".join(f"{each.number}\tUPS\t{A}" for each in orders)
    with django_assert_max_num_queries(40):
        alice.post(GRID, {"grid": "1", "paste": "1", "pasted": sheet})


def test_a_stored_number_is_judged_only_when_it_changes(alice, listing):
    order = ship(authorised((listing, 1)))
    order.packages.update(tracking_number="9.40011E+21", carrier="USPS")
    by_package = {"ship_date": "2026-11-20", "carrier": "USPS", "carrier_name": "", "service": "Air"}
    answer = alice.post(
        f"/orders/{order.number}/packages/1/", {**by_package, "tracking_number": "9.40011E+21"}
    )
    assert (answer.status_code, order.packages.get().service) == (302, "Air")


@pytest.mark.parametrize(
    ("code", "name", "wanted"),
    [
        ("", "UPS", ("UPS", "")),
        ("", "u.p.s.", ("UPS", "")),
        ("other", "FedEx", ("FedEx", "")),
        ("", "federal express", ("FedEx", "")),
        ("Fedex Ground", "", ("FedEx", "")),
        ("fed-ex", "", ("FedEx", "")),
        ("顺丰速运", "", ("SF Express", "")),
        ("UPS", "Anything", ("UPS", "")),
        ("", "Village Post", ("Other", "Village Post")),
        ("Other", "Village Post", ("Other", "Village Post")),
        ("Pigeon", "", ("Pigeon", "")),
        ("", "", ("", "")),
    ],
)
def test_who_is_meant_by_a_code_and_a_name(code, name, wanted):
    assert carriers.resolve(code, name) == wanted


def test_no_two_carriers_have_the_same_name():
    known = [carriers._folded(name) for name in carriers.CARRIERS]
    aliases = [carriers._folded(name) for names in carriers.ALIASES.values() for name in names]
    assert len({*known, *aliases}) == len(known) + len(aliases)
    assert set(carriers.ALIASES) <= set(carriers.CARRIERS)
