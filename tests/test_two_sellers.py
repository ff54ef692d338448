"""A person of two sellers: a form acts for the seller it was made for, or is refused, whatever another tab chose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Membership, Seller, User
from inventory.models import Listing
from reports.feeds.models import Feed
from tests.access import ACCOUNT, GUARDED, OPEN, Visitor, World
from tests.factories import NOON, ListingFactory, MembershipFactory
from tests.reports.feeds.case_steps import content
from tests.reports.feeds.feed_steps import worked

pytestmark = pytest.mark.django_db
GUARD = "accounts.form_seller.FormSellerMiddleware"
HTMX = {"HX-Request": "true", "HX-Target": "desk"}
NO_SELLERS = {*OPEN, *ACCOUNT, "accounts:switch_seller", "accounts:invitation", "payments:stripe_webhook"}
"""Addresses that act for no seller, whoever sends the form."""
SAMPLES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "6f0c6c1e-0000-4000-8000-000000000000"}


@pytest.fixture(autouse=True)
def _noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def second(world) -> Seller:
    """The owner's second seller."""
    return MembershipFactory(user=world.owner, seller__marketplace=world.seller.marketplace).seller


def working_for(world: World, seller: Seller) -> Visitor:
    """The owner, who chose this seller in the tab used last."""
    who = Visitor.of(world.owner)
    session = who.client.session
    session["seller"] = seller.pk
    session.save()
    return who


def addresses(
    resolver: URLResolver | None = None, space: str = "", root: str = "/"
) -> Iterator[tuple[str, str]]:
    """Each name of the URLconf with an address, whether or not the record exists."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = root + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", re.sub(r"<(\w+):\w+>", _sample, route)
        elif pattern.namespace != "admin":
            yield from addresses(
                pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space, route
            )


def _sample(part: re.Match[str]) -> str:
    own = {"order_number": "113-1111111-1111111", "rma": "113-1111111-1111111-R1"}
    return {**SAMPLES, **own}[part[1]]


class Forms(HTMLParser):
    """The forms of a page that are sent by POST, each with its action and hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.found.append({"method": values.get("method"), "action": values.get("action"), "fields": {}})
        elif tag == "input" and values.get("type") == "hidden" and self.found:
            self.found[-1]["fields"][values.get("name")] = values.get("value")


def posted(page: str) -> list[dict[str, Any]]:
    return [form for form in Forms(page).found if form["method"] == "post"]


@dataclass
class Twins:
    """The same SKU at both sellers of one person, and the file of the case."""

    user: User
    first: Listing
    other: Listing

    def upload_from_the_first_tab(self, client: Client, chosen: Seller | None = None) -> HttpResponse:
        """Open the upload page for the first seller, choose the second in another tab, and send the page's form."""
        client.force_login(self.user)
        page = client.get("/feeds/").content.decode()
        (form,) = [form for form in posted(page) if "upload" in form["action"]]
        client.post("/settings/seller/", {"seller": (chosen or self.other.seller).pk})
        file = SimpleUploadedFile("stock-two-tabs.txt", content("stock-two-tabs.txt"))
        return client.post(form["action"], form["fields"] | {"file": file, "is_at_once": "on"})

    def on_hand(self) -> list[int]:
        """Units of the first and of the other seller, once every feed is done."""
        for feed in Feed.objects.filter(seller__in=[self.first.seller, self.other.seller]):
            worked(feed)
        return [Listing.objects.get(pk=each.pk).on_hand for each in (self.first, self.other)]


@pytest.fixture
def twins(world, second) -> Twins:
    first, other = (ListingFactory(seller=each, sku="MYJ-001", on_hand=5) for each in (world.seller, second))
    return Twins(world.owner, first, other)


def test_stock_file_of_one_seller_is_not_taken_for_the_other(twins, client):
    answer = twins.upload_from_the_first_tab(client)
    assert (answer.status_code, twins.other.seller.feeds.count()) == (409, 0)
    assert twins.on_hand() == [5, 5]


def test_stock_file_is_taken_for_the_seller_it_was_opened_for(twins, client):
    """The control: switched back, the same form sets the first seller's stock."""
    assert twins.upload_from_the_first_tab(client, chosen=twins.first.seller).status_code == 302
    assert twins.on_hand() == [33, 5]


def test_stock_file_without_the_guard_overwrites_the_other_sellers_stock(twins, client, settings):
    """The twin: without the middleware the case is the fault that it was."""
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != GUARD]
    assert twins.upload_from_the_first_tab(client).status_code == 302
    assert twins.on_hand() == [5, 33]


def test_every_form_of_the_other_seller_is_refused_and_changes_nothing(world, second):
    who, wrong = working_for(world, second), {}
    for name, page in GUARDED.items():
        if name in NO_SELLERS:
            continue
        for claim, headers in (({"for_seller": world.seller.pk}, {}), ({}, HTMX)):
            response, rows = who.ask("post", world.address(name), page.data(world) | claim, **headers)
            if (response.status_code, rows) != (409, 0):
                wrong[name, bool(claim)] = (response.status_code, rows)
    assert wrong == {}


def test_every_address_of_the_urlconf_asks_which_seller_a_form_is_for(world, second):
    who, wrong = working_for(world, second), {}
    for name, address in addresses():
        claims = [who.ask("post", address, {"for_seller": world.seller.pk})[0].status_code]
        claims.append(who.ask("post", address)[0].status_code)
        if (claims == [409, 409]) is (name in NO_SELLERS):
            wrong[name] = claims
    assert wrong == {}


def test_form_of_the_chosen_seller_acts(world, second):
    """The control: with the right seller each form does what its row says."""
    who, wrong = working_for(world, world.seller), {}
    for name, page in GUARDED.items():
        data = page.data(world) | {"for_seller": world.seller.pk}
        response, _rows = who.ask("post", world.address(name), data)
        if response.status_code != page.post:
            wrong[name] = response.status_code
    assert wrong == {}


def test_every_form_on_every_page_carries_its_seller(world, second):
    who, bare, seen = working_for(world, world.seller), [], 0
    for name, page in GUARDED.items():
        if page.get != 200:
            continue
        answer, _rows = who.ask("get", world.address(name))
        for form in posted("" if answer.streaming else answer.content.decode(errors="replace")):
            seen += 1
            if form["fields"].get("for_seller") != str(world.seller.pk):
                bare.append((name, form["action"]))
    assert (bare, seen > 100) == ([], True)


@pytest.mark.parametrize("odd", ["", "0", "1e309", "NaN", "\0", "9" * 5000])
def test_form_with_an_odd_seller_is_refused(world, second, odd):
    who = working_for(world, second)
    response, rows = who.ask("post", world.address("accounts:invite"), {"for_seller": odd})
    assert (response.status_code, rows) == (409, 0)


@pytest.mark.parametrize("place", ["address", "header"])
def test_address_or_header_of_the_chosen_seller_does_not_outweigh_the_form(world, second, place):
    """A crafted link or script can't send the form of one seller for the other."""
    who, made_for = working_for(world, second), {"for_seller": world.seller.pk}
    address = f"/notifications/read/?for_seller={second.pk}" if place == "address" else "/notifications/read/"
    headers = {"X-For-Seller": str(second.pk)} if place == "header" else {}
    response, rows = who.ask("post", address, made_for, **headers)
    assert (response.status_code, rows) == (409, 0)


def test_refusal_names_both_sellers_and_leads_back_to_the_page(world, second):
    client = working_for(world, second).client
    page = "http://testserver/orders/?tab=shipped"
    answer = client.post("/notifications/read/", {"for_seller": world.seller.pk}, headers={"Referer": page})
    shown = answer.content.decode()
    assert [each.name in shown for each in (world.seller, second)] == [True, True]
    (back,) = [form for form in posted(shown) if form["fields"].get("next") == "/orders/?tab=shipped"]
    answer = client.post(back["action"], back["fields"] | {"seller": world.seller.pk})
    assert (answer.status_code, answer["Location"]) == (302, "/orders/?tab=shipped")
    assert client.get("/orders/").context["request"].seller == world.seller


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_switching_leads_to_no_other_site(world, second, page):
    client = working_for(world, second).client
    answer = client.post("/settings/seller/", {"seller": world.seller.pk, "next": page})
    assert answer["Location"] == "/"


def test_page_of_one_seller_shows_no_piece_of_the_other(world, second):
    """What htmx or the page's own script asks for says for whom; the answer replaces the page's content."""
    client = working_for(world, second).client
    for address in ("/orders/?tab=shipped", "/orders/pulse/"):
        answer = client.get(address, headers={**HTMX, "X-For-Seller": str(world.seller.pk)})
        assert (answer.status_code, answer["HX-Retarget"]) == (409, "#content")
        assert client.get(address, headers={**HTMX, "X-For-Seller": str(second.pk)}).status_code == 200


def test_seller_that_the_person_left_is_not_named(world, second):
    client = working_for(world, second).client
    Membership.objects.filter(user=world.owner, seller=world.seller).delete()
    answer = client.post("/notifications/read/", {"for_seller": world.seller.pk})
    assert (answer.status_code, world.seller.name in answer.content.decode()) == (409, False)


def test_person_of_one_seller_needs_no_field(world):
    client = Visitor.of(world.owner).client
    assert client.post("/notifications/read/").status_code == 302


def test_upload_is_refused_before_its_body_is_read(world, second, monkeypatch):
    client = working_for(world, second).client
    monkeypatch.setattr(
        HttpRequest, "_load_post_and_files", lambda _request: pytest.fail("the body was read")
    )
    for query in ("", f"?for_seller={world.seller.pk}"):
        assert client.post(f"/feeds/upload/{query}", {"kind": "stock"}).status_code == 409
