"""Saved texts: list, add, edit, delete, per language (C5)."""

import pytest
from django.test import Client

from messaging.models import Template
from tests.messaging.page_steps import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
LIST, ADD = "/settings/templates/", "/settings/templates/add/"
GOOD = {"name": "Greeting", "language": "en", "text": "Dear {buyer}, your order {order} is on its way."}


@pytest.fixture
def saved(seller):
    return Template.objects.create(seller=seller, **GOOD)


def test_one_is_added_changed_and_deleted(alice, seller):
    assert alice.post(ADD, GOOD)["Location"] == LIST
    added = Template.objects.get(seller=seller)
    assert "Greeting" in text(alice.get(LIST))
    alice.post(f"{LIST}{added.pk}/", GOOD | {"name": "Hello", "text": "Hi {buyer}"})
    added.refresh_from_db()
    assert (added.name, added.text) == ("Hello", "Hi {buyer}")
    alice.post(f"{LIST}{added.pk}/delete/")
    assert not Template.objects.exists()


def test_a_hundred_can_be_saved(alice, seller, saved):
    words = [Template(seller=seller, **GOOD | {"name": f"Text {number}"}) for number in range(98)]
    Template.objects.bulk_create(words)
    assert alice.post(ADD, GOOD | {"name": "The last"}).status_code == 302
    answer = alice.post(ADD, GOOD | {"name": "One more"})
    assert (answer.status_code, Template.objects.count()) == (422, 100)
    assert "At most 100 texts can be saved." in text(answer)
    assert alice.post(f"{LIST}{saved.pk}/", GOOD | {"name": "Changed"}).status_code == 302


def test_a_name_stands_once_in_a_language(alice, saved):
    again = alice.post(ADD, GOOD)
    assert (again.status_code, Template.objects.count()) == (422, 1)
    assert "There is a saved text of this name in this language already." in text(again)
    assert alice.post(ADD, GOOD | {"language": "zh-hans"}).status_code == 302
    assert alice.post(f"{LIST}{saved.pk}/", GOOD).status_code == 302


@pytest.mark.parametrize(
    "words",
    [
        "Dear {nobody}",
        "See www.example.net",
        "Call +1 206 555 0199",
        "<script>x</script>",
        "",
        "  ",
        "x" * 2001,
    ],
)
def test_what_could_not_be_sent_is_not_saved(alice, words):
    answer = alice.post(ADD, GOOD | {"text": words})
    assert (answer.status_code, Template.objects.count()) == (422, 0)


def test_each_placeholder_is_explained(alice):
    shown = text(alice.get(ADD))
    for name in ("{buyer}", "{order}", "{tracking}", "{carrier}", "{ship_by}"):
        assert name in shown


def test_who_may(alice, bob, charlie, saved):
    for address in (LIST, ADD, f"{LIST}{saved.pk}/"):
        assert bob.get(address).status_code == 403
        assert Client().get(address).status_code == 302
    assert charlie.get(f"{LIST}{saved.pk}/").status_code == 404
    assert charlie.post(f"{LIST}{saved.pk}/", GOOD).status_code == 404
    for client, code in ((bob, 403), (charlie, 404), (Client(), 302)):
        assert client.post(f"{LIST}{saved.pk}/delete/").status_code == code
    assert "Greeting" not in text(charlie.get(LIST))
    assert Template.objects.get().name == "Greeting"
