"""Whatever is sent to the pages of the inventory: an answer with a sentence, and nothing changed."""

import pytest

from tests.access import World, visitor
from tests.factories import NOON
from tests.inventory import access
from tests.test_bad_input import HEADER, LONG, NUMBERS, OVERRIDE, TEXTS

pytestmark = pytest.mark.django_db
REFUSED = range(400, 500)
MONEY = ("", "0", "0.00", "1.234", "1,00", "$5", "1e3", "9" * 16, *NUMBERS)
UNITS = ("", "1.5", "10000000", "1e3", "1 0", *NUMBERS)
UNSEEN = ("", " ", "\0", "a\0b", LONG, OVERRIDE, HEADER, "\u200b", "a\nb")


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def owner(world):
    return visitor("owner", world)


def forms(world):
    """(address name, good form, field, what the field must refuse)"""
    row, whole, count, new = (
        make(world) for make in (access.figures, access.edited, access.counted, access.added)
    )
    for name, good in (("figures", row), ("edit", whole), ("count", count)):
        yield name, good, "on_hand", UNITS
        yield name, good, "version", ("", "0", "x", str(2**31), *NUMBERS)
    for name, good in (("figures", row), ("edit", whole), ("add", new)):
        yield name, good, "price", MONEY
    for name, good in (("edit", whole), ("add", new)):
        yield name, good, "title", (*UNSEEN, "x" * 501)
        yield name, good, "handling_days", ("", "31", "1.5", *NUMBERS)
        yield name, good, "low_stock_at", UNITS
    yield "add", new, "sku", (*UNSEEN, "x" * 41)
    yield "add", new, "asin", ("B1", "B00000000/", "\0", LONG, "B00000000é")
    yield "add", new, "fulfilment", ("", "mfn", *TEXTS)
    yield "add", new, "on_hand", UNITS
    yield "count", count, "reason", (*UNSEEN, "x" * 201)


def test_each_field_refuses_what_makes_no_sense_and_nothing_changes(world, owner):
    wrong = []
    for name, good, field, values in forms(world):
        address = world.address(f"inventory:{name}")
        for value in values:
            response, rows = owner.ask("post", address, {**good, field: value})
            if response.status_code not in REFUSED or rows or b"</html>" not in response.content:
                wrong.append((name, field, ascii(value)[:40], response.status_code, rows))
    assert wrong == []


def test_a_row_of_the_grid_that_makes_no_sense_is_not_saved(world, owner):
    good, prefix = access.grid(world), f"listing-{world.listing.pk}"
    wrong = []
    for field, values in (("on_hand", UNITS), ("price", MONEY), ("version", ("", "0", "x"))):
        for value in values:
            response, rows = owner.ask("post", "/inventory/many/edit/", {**good, f"{prefix}-{field}": value})
            if (response.status_code, rows) != (422, 0):
                wrong.append((field, ascii(value)[:40], response.status_code, rows))
    assert wrong == []


def test_the_forms_themselves_are_good(world, owner):
    """The control: what stands around the odd value is not what was refused."""
    for name, good, _field, _values in forms(world):
        response, rows = owner.ask("post", world.address(f"inventory:{name}"), good)
        assert (response.status_code, bool(rows)) == (302, True), name


def test_what_a_form_says_was_seen_is_only_repeated(world, owner):
    """Both versions are shown beside each other; the one that was seen is the browser's own word for it."""
    row = access.figures(world)
    for odd in ("<script>alert(1)</script>", "\0", LONG, "{{ 7 }}", "%(x)s", "9" * 5000, "NaN", ""):
        data = {**row, "version": "1000", "seen_on_hand": odd, "seen_price": odd}
        response, rows = owner.ask("post", world.address("inventory:figures"), data)
        assert (response.status_code, rows, b"<script>alert" in response.content) == (409, 0, False)


def test_the_address_of_the_list_may_say_anything(world, owner):
    odd = ["q=%F0%9F%98%80", "q=a%00b", "q=%25", "q=" + "a+" * 90, "status=a&status=active", "sort[]=sku"]
    odd += [
        f"sort={sort}&before={place}"
        for sort in ("sku", "price", "newest", "match")
        for place in (
            "1.1",
            "-1.1",
            "x",
            "TEFNUA==.1",
            "AA==.1",
            "_w==.1",
            f"{'9' * 17}.{'9' * 18}",
            "%00",
            ".",
        )
    ]
    for fields, values in {
        ("status", "fulfilment", "sort", "end", "q"): ("", "%00", "x", "%FF", "x" * 9000),
        ("before", "after"): ("1", ".", "1.1.1", "%00", "1e9.1"),
    }.items():
        odd += [f"{name}={value}" for name in fields for value in values]
    wrong = []
    for query in odd:
        for headers in ({}, {"HX-Request": "true", "HX-Target": "desk"}):
            response, rows = owner.ask("get", f"/inventory/?{query}", **headers)
            if (response.status_code, rows) != (200, 0):
                wrong.append((query[:50], response.status_code))
    assert wrong == []


def test_the_address_of_a_listing_may_say_anything_behind_it(world, owner):
    address = world.address("inventory:listing")
    for query in ("before=x", "after=%00", "end=1&before=0.0", f"before={'9' * 17}.1", "before=-1.1"):
        assert owner.ask("get", f"{address}?{query}")[0].status_code == 200, query
    for query in ("on_hand=%00", "on_hand=x", f"on_hand={'9' * 5000}", "on_hand=%D9%A1"):
        assert owner.ask("get", f"{address}count/?{query}")[0].status_code == 200, query
    for pk in ("0", "9" * 18, "9" * 40, "9" * 5000, "x", "-1"):
        for page in ("", "edit/", "figures/", "count/"):
            assert owner.ask("get", f"/inventory/{pk}/{page}")[0].status_code == 404, pk[:9]
