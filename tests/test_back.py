"""After any form the browser's Back leads to a page: a redirect, or a refusal whose place the form's page takes."""

import uuid

import pytest

from tests.access import GUARDED, Visitor, World
from tests.factories import NOON, MembershipFactory

pytestmark = pytest.mark.django_db
FORM_PAGE = "/orders/?tab=unshipped"
HEADERS = {"Referer": f"http://testserver{FORM_PAGE}"}


@pytest.fixture(autouse=True)
def _noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


@pytest.fixture
def world():
    return World()


def test_every_successful_form_redirects(world):
    who, pages = Visitor.of(world.owner), []
    for name, page in GUARDED.items():
        if page.post == 405:
            continue
        answer, _rows = who.ask("post", world.address(name), page.data(world), **HEADERS)
        if answer.status_code == 200 and answer["Content-Type"] != "application/pdf":
            pages.append(name)  # a document opens in a tab of its own
    assert pages == []


@pytest.mark.parametrize(
    "name",
    [
        "inventory:edit_many",
        "inventory:close_many",
        "inventory:reopen_many",
        "orders:cancel_many",
        "orders:ship_many",
    ],
)
def test_page_that_asks_about_a_selection_has_an_address(world, name):
    client, is_orders = Visitor.of(world.owner).client, name.startswith("orders")
    selected = {"order": [world.order.number]} if is_orders else {"listing": [world.listing.pk]}
    sent = client.post(world.address(name), selected)
    shown = world.order.number if is_orders else world.listing.sku
    for _reload in range(2):
        answer = client.get(sent["Location"])
        assert (answer.status_code, shown in answer.content.decode()) == (
            200,
            name != "inventory:reopen_many",
        )


@pytest.mark.parametrize("change", ["add", "remove"])
def test_packages_added_and_removed_without_script_have_an_address(world, change):
    client = Visitor.of(world.owner).client
    address, key = world.address("orders:ship"), uuid.uuid4()
    form = {"package-TOTAL_FORMS": "2", "package-INITIAL_FORMS": "0", "key": str(key)}
    form |= {"package-0-tracking_number": "TYPED-1", "package-1-tracking_number": "TYPED-2", change: "1"}
    sent = client.post(address, form)
    assert sent.status_code == 302
    shown = client.get(sent["Location"]).content.decode()
    packages = 3 if change == "add" else 1
    assert f'name="package-TOTAL_FORMS" value="{packages}"' in shown
    assert ("TYPED-1" in shown, "TYPED-2" in shown, str(key) in shown) == (True, change == "add", True)


def test_selection_of_one_seller_is_not_shown_while_its_reader_works_for_another(world):
    client = Visitor.of(world.owner).client
    sent = client.post(world.address("orders:cancel_many"), {"all": "1", "query": "tab=unshipped"})
    second = MembershipFactory(user=world.owner, seller__marketplace=world.seller.marketplace).seller
    client.post("/settings/seller/", {"seller": second.pk})
    assert client.get(sent["Location"])["Location"] == "/orders/"


def test_page_that_refuses_or_asks_once_more_gives_its_place_to_the_forms_page(world):
    who = Visitor.of(world.owner)
    asked = {
        "orders:cancel": {},
        "orders:ship": {},
        "orders:cancel_many": {"order": [world.order.number], "confirm": "1", "key": str(uuid.uuid4())},
        "orders:ship_many": {"grid": "1", "paste": "1"},
        "accounts:invite": {"invite-email": "x"},
        "notifications:add_address": {"email": "x"},
        "inventory:add": {},
        "messaging:add_template": {},
        "refunds:refund": {},
    }
    wrong = {}
    for name, data in asked.items():
        answer, _rows = who.ask("post", world.address(name), data, **HEADERS)
        told = f'data-form-page="{FORM_PAGE}"' in answer.content.decode()
        if answer.status_code not in (200, 422) or not told:
            wrong[name] = (answer.status_code, told)
    assert wrong == {}


@pytest.mark.parametrize(
    "referer", ["", "https://evil.example/x", "javascript:alert(1)", "http://testserver"]
)
def test_without_a_page_of_ours_the_forms_own_address_is_the_place(world, referer):
    who = Visitor.of(world.owner)
    answer, _rows = who.ask("post", "/inventory/add/", {}, **({"Referer": referer} if referer else {}))
    assert 'data-form-page="/inventory/add/"' in answer.content.decode()


def test_page_that_was_asked_for_keeps_its_own_place(world):
    answer, _rows = Visitor.of(world.owner).ask("get", "/orders/", None, **HEADERS)
    assert "data-form-page" not in answer.content.decode()
