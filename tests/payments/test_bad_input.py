"""Whatever the addresses of the payments' pages say: an answer with a sentence, never an error of ours."""

import pytest
from django.test import Client
from django.urls import reverse

from payments import statements
from tests.factories import MembershipFactory
from tests.payments.helpers import NOW, charged
from tests.test_bad_input import DAYS, LONG, NUMBERS, TEXTS

pytestmark = pytest.mark.django_db
CURSORS = ("1.1.1", ".", "1.", "-1.1", f"{'9' * 17}.{'9' * 18}", "1.99999999999999999999", "Zm9v.1", *NUMBERS)


@pytest.fixture
def owner(client: Client, seller):
    client.raise_request_exception = False
    client.force_login(MembershipFactory(seller=seller).user)
    charged(seller)
    statements.sweep(NOW)
    return client


@pytest.mark.parametrize("name", ["list", "statements", "statement"])
def test_an_address_may_say_anything(owner, name):
    address = reverse(f"payments:{name}", args=[1] if name == "statement" else [])
    odd = [("state", text) for text in (*TEXTS, "PAID", "", "running")]
    odd += [(field, day) for field in ("from", "to") for day in DAYS]
    odd += [("q", text) for text in (*TEXTS, *NUMBERS)]
    odd += [(field, cursor) for field in ("before", "after") for cursor in (*CURSORS, *TEXTS)]
    odd += [("end", text) for text in TEXTS]
    wrong = [
        (field, value[:40], response.status_code)
        for field, value in odd
        if len(value) < len(LONG) or field == "q"
        for response in [owner.get(address, {field: value})]
        if response.status_code not in (200, 400)
    ]
    assert wrong == []


def test_what_is_left_out_is_said(owner):
    text = owner.get(reverse("payments:list"), {"state": "nonsense", "from": "tomorrow"}).content.decode()
    assert "There is no such state; these are all payments." in text
    assert "The first day is not a date; it was left out." in text
    turned = owner.get(reverse("payments:list"), {"from": "2026-05-01", "to": "2026-04-01"}).content.decode()
    assert "The first day comes after the last one" in turned


@pytest.mark.parametrize("number", ["0", "2", "2147483648", "9" * 30])
def test_a_statement_that_there_is_not_is_no_page(owner, number):
    for end in ("", "statement.pdf", "statement.csv"):
        assert owner.get(f"/payments/statements/{number}/{end}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_is_changed_by_any_method(owner, method):
    for name in ("list", "statements"):
        assert getattr(owner, method)(reverse(f"payments:{name}")).status_code == 405
