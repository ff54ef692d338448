"""The list as a file: asked for anew by each page, once however often its form is sent (O19, F4)."""

import re
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from reports.forms.selection import SelectionForm
from reports.models import Report
from tests.factories import SellerFactory
from tests.helpers import authorised
from tests.reports.steps import cells, made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


def test_a_page_made_again_and_another_seller_ask_anew_o19(alice, seller, listing):
    first, url = authorised((listing, 1)), reverse("reports:selection")
    form = {"all": "1", "query": "tab=unshipped", "format": "tsv"}
    for order in (first, authorised((listing, 1))):
        shown = alice.get("/orders/").content.decode()
        key = re.search(r'name="key" value="([^"]+)"', shown)[1]
        for _twice in range(2):
            answer = alice.post(url, {**form, "key": key})
        report = Report.objects.get(key=answer.url.rstrip("/").rsplit("/", 1)[-1])
        assert order.number in {row["amazon-order-id"] for row in cells(made(report))}
    assert Report.objects.count() == 2
    user = User.objects.get(pk=alice.session["_auth_user_id"])
    chosen = SelectionForm(QueryDict(f"format=tsv&order={first.number}&key={key}"))
    assert chosen.is_valid()
    assert chosen.once(seller, user) != chosen.once(SellerFactory(marketplace=seller.marketplace), user)


def test_a_list_of_many_pasted_numbers_can_be_exported_o19(alice, listing):
    order = authorised((listing, 1))
    words = " ".join([order.number, *(f"114-1234567-{n:07d}" for n in range(119))])
    form = {"all": "1", "query": urlencode({"tab": "unshipped", "q": words}), "format": "tsv"}
    alice.post(reverse("reports:selection"), form)
    assert [row["amazon-order-id"] for row in cells(made(Report.objects.get()))] == [order.number]
