"""The refund tool: amounts, summary, confirm; one refund however often it is sent (R1, R2, R3, R5)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory.models import Fulfilment
from refunds.models import Refund
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import authorised, place, ship
from tests.refunds.form_steps import agreed, form, hidden, text, url, whole
from tests.refunds.steps import item_of, refund

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


@pytest.fixture
def order(seller, listing):
    other = ListingFactory(seller=seller, sku="CAP-1", title="Red cap", on_hand=10)
    return ship(authorised((listing, 2), (other, 1), buyer_language="en"))


def test_every_item_says_what_was_charged_refunded_and_left(alice, order):
    """R2: per component."""
    refund(order)
    shown = text(alice.get(url(order)))
    for expected in ("Blue bottle", "Red cap", "$20.00", "$3.00", "$17.00", "Shipping tax", "$39.16"):
        assert expected in shown
    assert 'name="seen" value="324"' in shown


def test_nothing_is_booked_before_the_summary_is_confirmed(alice, order):
    response = alice.post(url(order), whole(order, memo="So sorry", note="our mistake"), follow=True)
    shown = text(response)
    assert (response.status_code, Refund.objects.count()) == (200, 0)
    for expected in ("Goes back to the buyer", "$42.40", "Refund $42.40", "You were refunded $42.40"):
        assert expected in shown


def test_the_summary_confirmed_is_the_refund(alice, order):
    data = agreed(alice, order, whole(order, memo="So sorry", note="our mistake"))
    response = alice.post(url(order), data, follow=True)
    assert response.redirect_chain == [(f"/orders/{order.number}/", 302)]
    done = Refund.objects.get()
    told = (done.amount, done.reason, done.memo, done.note, done.state)
    assert told == (4240, "customer_return", "So sorry", "our mistake", "requested")
    assert "The refund of $42.40 is sent at 2026-11-20 12:30 EST." in text(response)


def test_the_preview_holds_the_memo_and_never_the_note(alice, order):
    """R2."""
    response = alice.post(url(order), whole(order, memo="MEMO-WORDS", note="NOTE-WORDS"), follow=True)
    letter = response.context["letter"]
    assert letter.quote == "MEMO-WORDS"
    assert "NOTE-WORDS" not in str(letter)
    assert letter.url == ""


def test_the_preview_is_in_the_buyers_language(alice, seller, listing):
    order = ship(authorised((listing, 1), buyer_language="zh-CN"))
    response = alice.post(url(order), whole(order), follow=True)
    assert response.context["language"] == "zh-hans"
    assert 'lang="zh-hans"' in text(response)


def test_units_come_with_their_share_of_tax_and_shipping(alice, order):
    bottle = item_of(order)
    data = form(order, **{f"how_{bottle.pk}": "units", f"units_{bottle.pk}": 1})
    assert f"{bottle.pk}:1000,80,250,0,1" in agreed(alice, order, data)["agreed"]


def test_a_part_of_the_price_takes_its_tax_along(alice, order):
    bottle = item_of(order)
    data = form(order, **{f"how_{bottle.pk}": "amount", f"price_{bottle.pk}": "3.10"})
    assert agreed(alice, order, data)["agreed"] == f"{bottle.pk}:310,25,0,0,0"


def test_less_the_shipping_cost_gives_none_back(alice, order):
    """R5."""
    data = agreed(alice, order, whole(order, is_less_shipping="on", reason="undeliverable"))
    alice.post(url(order), data)
    done = Refund.objects.get()
    assert (done.amount, done.is_less_shipping) == (3240, True)
    assert set(done.lines.values_list("shipping", flat=True)) == {0}


def test_several_items_at_once_and_others_left_alone(alice, order):
    cap = item_of(order, 1)
    data = agreed(alice, order, form(order, **{f"how_{cap.pk}": "all"}))
    alice.post(url(order), data)
    assert list(Refund.objects.get().lines.values_list("item", "price", "units")) == [(cap.pk, 1000, 1)]


def test_one_click_fills_in_all_that_is_left_and_keeps_the_words(alice, order):
    for headers in ({}, {"HX-Request": "true"}):
        response = alice.post(url(order), form(order, memo="typed", fill="all"), follow=True, headers=headers)
        chosen = {row.how.value() for row in response.context["form"].rows()}
        assert (response.status_code, chosen) == (200, {"all"})
        assert response.context["form"]["memo"].value() == "typed"
        assert ("<html" in text(response)) is not bool(headers)


def test_change_something_brings_the_form_back_as_it_was(alice, order):
    response = alice.post(url(order), whole(order, memo="typed", edit="1"), follow=True)
    assert response.context["form"]["memo"].value() == "typed"
    assert Refund.objects.count() == 0


def test_a_guide_leads_here_with_its_reason(alice, order):
    """O7, R5."""
    response = alice.get(url(order, "?all=1&reason=undeliverable&less_shipping=1"))
    filled = response.context["form"]
    assert (filled["reason"].value(), filled["is_less_shipping"].value()) == ("undeliverable", True)
    assert {row.how.value() for row in filled.rows()} == {"all"}
    assert alice.get(url(order, "?reason=<script>&return=x&all=")).status_code == 200


class TestTwice:
    def test_the_same_confirm_twice_is_one_refund(self, alice, order):
        """R3."""
        data = agreed(alice, order, whole(order))
        answers = [alice.post(url(order), data).status_code for _again in range(2)]
        assert (answers, Refund.objects.count()) == ([302, 302], 1)

    def test_of_two_tabs_the_second_reads_what_changed(self, alice, order):
        bottle = item_of(order)
        part = {f"how_{bottle.pk}": "amount", f"price_{bottle.pk}": "3.00"}
        first, second = (agreed(alice, order, form(order, **part)) for _tab in range(2))
        assert alice.post(url(order), first).status_code == 302
        response = alice.post(url(order), second)
        assert (response.status_code, Refund.objects.count()) == (409, 1)
        expected = "Refunded when the page was opened: $0.00. Refunded now: $3.24."
        assert expected in text(response)
        assert response.context["key"] != second["key"]

    def test_a_form_overtaken_before_its_summary_says_so(self, alice, order):
        data = whole(order)
        refund(order)
        response = alice.post(url(order), data)
        assert (response.status_code, Refund.objects.count()) == (409, 1)

    def test_the_same_key_with_other_amounts_is_refused(self, alice, order):
        data = agreed(alice, order, whole(order))
        alice.post(url(order), data)
        cap = item_of(order, 1)
        response = alice.post(url(order), data | {"agreed": f"{cap.pk}:1,0,0,0,0"})
        assert (response.status_code, Refund.objects.count()) == (409, 1)
        assert "sent before with other content" in text(response)


class TestNotToBeRefunded:
    def test_before_a_shipment_the_page_leads_to_cancel(self, alice, listing):
        """R1, R4."""
        order = authorised((listing, 1))
        response = alice.get(url(order))
        assert "the buyer was not charged" in text(response)
        assert f"/orders/{order.number}/cancel/" in text(response)
        assert alice.post(url(order), whole(order)).status_code == 409

    def test_a_pending_order_has_nothing_to_refund(self, alice, listing):
        order = place((listing, 1))
        shown = text(alice.get(url(order)))
        assert "cancel/" not in shown
        assert "No shipment is confirmed" in shown

    def test_what_the_marketplace_ships_it_refunds_itself(self, alice, seller):
        """O21."""
        listing = ListingFactory(seller=seller, fulfilment=Fulfilment.AFN)
        order = ship(authorised((listing, 1)))
        assert "only its customer service can refund it" in text(alice.get(url(order)))

    def test_all_of_it_is_refunded(self, alice, order):
        alice.post(url(order), agreed(alice, order, whole(order)))
        assert "All of this order is refunded" in text(alice.get(url(order)))


class TestWho:
    def test_bob_may_not_refund(self, bob, order):
        answers = (bob.get(url(order)), bob.post(url(order), whole(order)))
        assert [answer.status_code for answer in answers] == [403, 403]

    def test_for_charlie_there_is_no_such_order(self, charlie, order):
        answers = (charlie.get(url(order)), charlie.post(url(order), whole(order)))
        assert [answer.status_code for answer in answers] == [404, 404]

    def test_signed_out_it_asks_to_sign_in(self, order):
        assert Client().get(url(order))["Location"].startswith("/accounts/login/")


def queries(client, path):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_three_items_cost_no_more_queries_than_one(alice, seller, listing):
    small = ship(authorised((listing, 1)))
    lines = [(ListingFactory(seller=seller), 1) for _each in range(3)]
    large = ship(authorised(*lines))
    for each in (small, large):
        refund(each)
    refund(large)
    alice.get(url(small))
    assert queries(alice, url(small)) == queries(alice, url(large))


def test_back_after_a_refund_leads_to_the_order(alice, order):
    """The summary has an address of its own: Back asks for it, and sends nothing again."""
    checked = alice.post(url(order), whole(order, memo="So sorry"))
    assert (checked.status_code, Refund.objects.count()) == (302, 0)
    shown = alice.get(checked["Location"])
    assert "Goes back to the buyer" in text(shown)
    assert alice.post(url(order), hidden(shown) | {"confirm": "1"}).status_code == 302
    assert alice.get(checked["Location"])["Location"] == f"/orders/{order.number}/"
    assert Refund.objects.count() == 1


def test_draft_of_a_refund_is_its_writers_and_its_orders_alone(alice, seller, order, listing):
    checked = alice.post(url(order), whole(order))["Location"]
    other = ship(authorised((listing, 1), buyer_language="en"))
    colleague = Client()
    colleague.force_login(MembershipFactory(seller=seller).user)
    for client, address in (
        (colleague, checked),
        (alice, checked.replace(order.number, other.number)),
        (alice, f"{url(order)}?draft=nothing"),
    ):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, address.partition("?")[0])


def test_draft_of_an_order_refunded_since_is_shown_with_both_figures(alice, order):
    checked = alice.post(url(order), whole(order))["Location"]
    refund(order)
    answer = alice.get(checked)
    assert answer.status_code == 409
    assert "Refunded when the page was opened: $0.00. Refunded now: $3.24." in text(answer)


def test_only_the_last_few_drafts_are_kept(alice, order):
    places = [alice.post(url(order), whole(order))["Location"] for _ in range(9)]
    assert [alice.get(place).status_code for place in places] == [302, *[200] * 8]
