"""Private notes: written on the order, told in its history without their words, never to the buyer (O19)."""

import re

import pytest

from accounts.actors import Actor
from orders import buyer_links, notes, sentences
from orders.models import OrderNote
from tests.factories import MINUTE, NOON
from tests.helpers import authorised, place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
WORDS = "Knows the owner, wrap it in blue"


def test_a_note_is_kept_changed_and_taken_away(listing):
    order, actor = authorised((listing, 1)), Actor.system()
    before = order.events.count()
    assert notes.set(order, f"  {WORDS} ", actor, NOON).text == WORDS
    notes.set(order, WORDS, actor, NOON)
    assert order.events.count() == before + 1
    assert notes.set(order, "Other", actor, NOON + MINUTE).at == NOON + MINUTE
    assert notes.set(order, " ", actor, NOON) is None
    assert not OrderNote.objects.exists()
    told = [line.sentence for line in sentences.timeline(order.events.all())][:3]
    assert told == [
        "The private note was removed.",
        "The private note was changed.",
        "The private note was changed.",
    ]
    assert not any(WORDS in str(event.details) for event in order.events.all())


def test_it_is_written_on_the_order_and_read_by_the_team_alone(alice, bob, charlie, client, listing):
    order = place((listing, 1))
    url = f"/orders/{order.number}/note/"
    assert alice.post(url, {"text": WORDS}).url == f"/orders/{order.number}/"
    for person in (alice, bob):
        assert WORDS in person.get(f"/orders/{order.number}/").content.decode()
    assert url not in bob.get(f"/orders/{order.number}/").content.decode()
    assert bob.post(url, {"text": "x"}).status_code == 403
    assert charlie.post(url, {"text": "x"}).status_code == 404
    assert client.post(url, {"text": "x"}).url.startswith("/accounts/login/")
    assert WORDS not in client.get(f"/buyer/{buyer_links.token_of(order)}/").content.decode()
    assert OrderNote.objects.get().text == WORDS


def test_what_is_too_long_is_refused_with_a_sentence(alice, listing):
    order = authorised((listing, 1))
    answer = alice.post(f"/orders/{order.number}/note/", {"text": "x" * 1001}, follow=True)
    assert "at most 1000 characters" in answer.content.decode()
    assert not OrderNote.objects.exists()


class TestPlace:
    def test_o19_the_way_back_leads_to_the_very_list(self, alice, listing):
        order = authorised((listing, 1))
        address = "http://testserver/orders/?tab=unshipped&service=Standard&sort=oldest"
        page = alice.get(f"/orders/{order.number}/", headers={"Referer": address})
        back = f'href="/orders/?tab=unshipped&amp;service=Standard&amp;sort=oldest#order-{order.number}"'
        assert back in page.content.decode()

    def test_after_an_action_too_by_what_the_browser_keeps(self, alice, listing):
        order = authorised((listing, 1))
        alice.get("/orders/?tab=unshipped&printed=no&nonsense=1")
        page = alice.get(f"/orders/{order.number}/", headers={"Referer": "http://testserver/elsewhere/"})
        assert f"/orders/?tab=unshipped&amp;printed=no#order-{order.number}" in page.content.decode()

    @pytest.mark.parametrize(
        "referer", ["http://evil.example/orders/?tab=shipped", "javascript:alert(1)", "//x", "http://[", "\0"]
    )
    def test_what_others_say_leads_to_the_plain_list(self, alice, listing, referer):
        order = authorised((listing, 1))
        alice.cookies["orders_place"] = "tab=nonsense&before=x&q=%00"
        page = alice.get(f"/orders/{order.number}/", headers={"Referer": referer})
        assert f'href="/orders/?tab=unshipped#order-{order.number}"' in page.content.decode()


class TestPage:
    def test_o19_what_narrows_the_list_stands_as_chips_that_can_be_taken_away(self, alice, listing):
        order = authorised((listing, 1))
        notes.set(order, "x", Actor.system(), NOON)
        page = alice.get(
            "/orders/?q=BTL-1&service=Standard&fulfilment=MFN&note=yes&printed=no&channel=nowhere"
        )
        shown = page.content.decode()
        for label in (
            "SKU BTL-1",
            "Standard",
            "Shipped by the seller",
            "With a note",
            "Not printed",
            "nowhere",
        ):
            assert re.search(rf">{label}\s*<svg", shown), label
        assert "Clear all" in shown
        assert 'name="sort"' in shown

    def test_a_list_that_filters_empty_says_so(self, alice, listing):
        authorised((listing, 1))
        assert "No order suits these filters" in alice.get("/orders/?printed=yes").content.decode()
        assert "Nothing found for “zzz”" in alice.get("/orders/?q=zzz").content.decode()

    def test_pasted_numbers_that_are_missing_are_named(self, alice, listing):
        order = authorised((listing, 1))
        shown = alice.get("/orders/", {"q": f"{order.number}\n999-9999999-9999999"}).content.decode()
        assert "1 number is not one of your orders: 999-9999999-9999999" in shown

    @pytest.mark.parametrize(
        "query",
        [
            "channel=%00",
            "channel=" + "&channel=".join(f"c{n}" for n in range(40)),
            "channel=<b>",
            "service=" + "x" * 50,
            "ship=never",
            "printed=maybe",
            "note=1",
            "sort=random()",
            "size=1000",
            "size=0",
            "fulfilment=XYZ",
        ],
    )
    def test_what_makes_no_sense_is_left_out_with_a_sentence(self, alice, listing, query):
        order = authorised((listing, 1))
        shown = alice.get(f"/orders/?{query}").content.decode()
        assert order.number in shown
        assert 'class="banner tone-info"' in shown
