"""Each page that answers with a buyer's data leaves a row that says who saw it, of what, and from where (D2)."""

import pytest
from django.contrib import admin
from django.db import DatabaseError, connection
from django.urls import reverse

from access_log import record
from access_log.models import Access
from tests.access import GUARDED, OPEN, World, visitor
from tests.factories import NOON

pytestmark = pytest.mark.django_db
PLANTED = ("Zelda Quux", "zelda@example.org", "77 Hidden Lane", "Where does it go?")
"""The buyer of the world's orders: name, addresses and words."""

WITHOUT_PEOPLE = ("payments:statement_pdf",)
"""Documents with money and order numbers alone."""

QUERIES = {
    "orders:list": ("q=Zelda", "q=zelda@example.org", "tab=shipped"),
    "performance": ("rate=cancellation", "rate=valid-tracking"),
    "messaging:list": ("q=Zelda", "show=all"),
}
"""Searches and tabs that show more than the page does by itself."""


@pytest.fixture(autouse=True)
def _noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


@pytest.fixture
def world():
    return World()


def written():
    """How many rows were ever asked for; what a test undoes still counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value + is_called::int FROM access_log_access_id_seq")
        return cursor.fetchone()[0]


def rows_of(who, method, address, data=None):
    before = written()
    response, _rows = who.ask(method, address, data)
    return response, written() - before


def shows(response):
    """Whether the answer is a document, or holds what was planted."""
    whole = b"".join(response.streaming_content) if response.streaming else response.content
    is_document = response.status_code == 200 and "pdf" in response.headers.get("Content-Type", "")
    return is_document or any(word in whole.decode("utf-8", "ignore") for word in PLANTED)


def requests(world, pages):
    """Yield a look at each page, and a form without sense, which shows the page again."""
    for name in pages:
        address = world.address(name)
        yield name, "get", address, None
        yield from ((name, "get", f"{address}?{query}", None) for query in QUERIES.get(name, ()))
        if pages[name] != 405:
            yield name, "post", address, {"order": [world.order.number]}


def unseen(world, kind, pages):
    """Pages that showed the buyer without leaving one row; and refusals that left one."""
    found, needless, who = set(), set(), visitor(kind, world)
    for name, method, address, data in requests(world, pages):
        response, rows = rows_of(who, method, address, data)
        if shows(response) and rows != 1 and name not in WITHOUT_PEOPLE:
            found.add(name)
        if response.status_code in (401, 403, 404, 405) and rows:
            needless.add(name)
    return found, needless


SELLERS = {name: page.post for name, page in GUARDED.items()}
OF_LINKS = {name: post for name, (_get, post) in OPEN.items()}


def test_page_that_shows_a_buyer_leaves_a_row(world):
    assert unseen(world, "owner", SELLERS) == (set(), set())
    assert unseen(world, "signed_out", OF_LINKS) == (set(), set())


def test_page_that_nobody_declared_is_found(world, settings):
    """The twin: without their entries in config/disclosures.py these pages are found."""
    settings.DISCLOSURES = {}
    names = (
        "orders:list",
        "orders:detail",
        "performance",
        "messaging:list",
        "reports:download",
    )
    names += ("orders:print_slips", "refunds:return_slip")
    found, _needless = unseen(world, "owner", {name: SELLERS[name] for name in names})
    assert found == set(names)
    names = ("buyer:order", "messaging:buyer", "refunds:buyer_slip")
    found, _needless = unseen(world, "signed_out", {name: OF_LINKS[name] for name in names})
    assert found == set(names)


def staffs_addresses():
    """The list and a record of each model."""
    for model in admin.site._registry:
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{label}_changelist")
        if record_of := model._default_manager.first():
            yield reverse(f"{label}_change", args=[record_of.pk])


def test_each_page_of_the_staff_that_shows_a_buyer_leaves_a_row(world):
    who, found = visitor("superuser", world), []
    for address in staffs_addresses():
        response, rows = rows_of(who, "get", address)
        if shows(response) and rows != 1:
            found.append(address)
    assert found == []


@pytest.mark.parametrize("kind", ["signed_out", "stranger", "removed", "view"])
def test_who_sees_nothing_leaves_no_row(world, kind):
    who = visitor(kind, world)
    for name in ("orders:ship", "orders:detail", "messaging:file", "reports:download"):
        response, rows = rows_of(who, "get", world.address(name))
        assert rows == (response.status_code == 200), name


def test_page_does_not_leave_when_its_row_cannot_be_written(world, monkeypatch):
    who = visitor("owner", world)

    def fail(_entry):
        raise DatabaseError

    monkeypatch.setattr(record, "add", fail)
    response, _rows = who.ask("get", world.address("orders:detail"))
    assert response.status_code == 500
    assert "Zelda" not in response.content.decode()
    assert not Access.objects.filter(page="orders:detail").exists()
