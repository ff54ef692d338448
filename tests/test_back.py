"""After any form the browser's Back leads to a page: a redirect, or a page that gives its place to the form's page."""

import pytest

from tests.access import GUARDED, Visitor, World
from tests.factories import NOON

pytestmark = pytest.mark.django_db
FORM_PAGE = "/orders/?tab=unshipped"
HEADERS = {"Referer": f"http://testserver{FORM_PAGE}"}
PAGES = {"inventory:edit_many", "inventory:close_many", "inventory:reopen_many"}
"""They show what became of each row, of which some are asked again."""


@pytest.fixture(autouse=True)
def _noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


@pytest.fixture
def world():
    return World()


def test_every_successful_form_redirects_or_gives_its_place_to_the_forms_page(world):
    who, pages, stuck = Visitor.of(world.owner), set(), []
    for name, page in GUARDED.items():
        if page.post == 405:
            continue
        answer, _rows = who.ask("post", world.address(name), page.data(world), **HEADERS)
        if answer.status_code != 200 or answer["Content-Type"] == "application/pdf":
            continue  # a document opens in a tab of its own
        pages.add(name)
        if "data-form-page" not in answer.content.decode():
            stuck.append(name)
    assert (pages, stuck) == (PAGES, [])


def test_page_that_refuses_or_asks_once_more_gives_its_place_to_the_forms_page(world):
    who = Visitor.of(world.owner)
    asked = {
        "orders:cancel": {},
        "orders:ship": {},
        "orders:cancel_many": {"order": [world.order.number]},
        "orders:ship_many": {"order": [world.order.number]},
        "accounts:invite": {"invite-email": "x"},
        "notifications:add_address": {"email": "x"},
        "inventory:add": {},
        "inventory:close_many": {"listing": [world.listing.pk]},
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
