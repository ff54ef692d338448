"""A page of 100 orders stays light, however many columns are chosen."""

import gzip
import re

import pytest

from orders.lists import columns
from orders.models import DeskPreference
from tests.orders.desk.many import full_page
from tests.orders.desk.steps import of_alice, saved

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
MOST = 60_000
MOST_ELEMENTS = 4_000  # what a browser builds, styles and lays out


def test_a_hundred_orders_are_under_60_kb_with_every_column(alice, seller):
    member = of_alice(seller)
    full_page(member)
    for n in range(12):
        saved(member, f"View {n}", "tab=unshipped&service=Standard")
    weights, elements = {}, {}
    for name, chosen in {"usual": [], "all": list(columns.ALL)}.items():
        DeskPreference.objects.update_or_create(membership=member, defaults={"columns": chosen, "size": 100})
        page = alice.get("/orders/")
        assert page.content.count(b"data-select-row ") == 100
        weights[name] = len(gzip.compress(page.content, 6))
        elements[name] = len(re.findall(rb"<[a-z]", page.content))
    assert max(weights.values()) < MOST, weights
    assert elements["usual"] < MOST_ELEMENTS, elements
