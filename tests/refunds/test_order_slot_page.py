"""Refunds and returns on the order's page and on the buyer's: what each says, and to whom (R2, R4, R7, R8)."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from inventory.models import Fulfilment
from orders import buyer_links
from refunds import mails, refunds, returns, sweeps
from refunds.amounts import Split
from refunds.models import Refund, Return
from refunds.states import RefundState, ReturnState
from tests.factories import NOON, ListingFactory, UserFactory
from tests.helpers import SYSTEM, authorised, ship
from tests.refunds.form_steps import text
from tests.refunds.steps import ask, item_of, refund, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
HALF_HOUR = timedelta(minutes=30)
buyer = Client()  # nobody signs in: the link is all that a buyer has


@pytest.fixture
def order(listing):
    return ship(authorised((listing, 2), buyer_language="en"))


def detail(client, order):
    return text(client.get(f"/orders/{order.number}/"))


def by_hand(order, **changes):
    """A refund from the page, which can be taken back for half an hour."""
    plain = {"key": uuid.uuid4(), "reason": "price_error", "actor": Actor.seller(UserFactory()), "now": NOON}
    return refunds.request(order, [ask(order)], **{**plain, **changes})


class TestOnTheOrdersPage:
    def test_a_refund_says_how_much_why_by_whom_and_how_long_it_can_be_taken_back(self, alice, order):
        by_hand(order, memo="For the buyer", note="For us")
        shown = detail(alice, order)
        for expected in (
            "$3.24 of $26.60",
            "Price error",
            "For the buyer",
            "For us",
            "Can be taken back for",
        ):
            assert expected in shown
        assert "Take back" in shown

    def test_taken_back_it_is_not_sent(self, alice, order):
        found = by_hand(order)
        for _again in range(2):
            alice.post(f"/orders/{order.number}/refunds/{found.number}/take-back/")
        found.refresh_from_db()
        assert (found.state, sent(found, NOON + HALF_HOUR).state) == (RefundState.TAKEN_BACK,) * 2
        assert "$0.00 of $26.60" in detail(alice, order)

    def test_after_its_time_it_can_no_longer_be_taken_back(self, alice, order, at):
        found = by_hand(order)
        at(NOON + HALF_HOUR)
        assert "Take back" not in detail(alice, order)
        response = alice.post(f"/orders/{order.number}/refunds/{found.number}/take-back/", follow=True)
        assert "can no longer be taken back" in text(response)

    def test_a_failed_one_says_why_and_can_be_tried_again(self, alice, listing):
        """R7."""
        order = ship(authorised((listing, 1), payment_token="tok_refund_fails"))
        found = sent(refund(order))
        assert found.state == RefundState.FAILED
        shown = detail(alice, order)
        assert "Nothing went back to the buyer:" in shown
        assert "Try again" in shown
        alice.post(f"/orders/{order.number}/refunds/{found.number}/retry/")
        found.refresh_from_db()
        assert found.state == RefundState.REQUESTED

    def test_bob_sees_them_and_has_no_button(self, bob, order):
        found = by_hand(order)
        shown = detail(bob, order)
        assert "$3.24" in shown
        assert "Take back" not in shown
        assert f"/orders/{order.number}/refunds/" not in shown
        for action in ("take-back", "retry"):
            assert bob.post(f"/orders/{order.number}/refunds/{found.number}/{action}/").status_code == 403

    def test_charlie_and_unknown_numbers_are_a_404(self, alice, charlie, order):
        found = by_hand(order)
        for client, number in ((charlie, found.number), (alice, 9), (alice, "9" * 40), (alice, "9" * 5000)):
            for action in ("take-back", "retry"):
                path = f"/orders/{order.number}/refunds/{number}/{action}/"
                assert client.post(path).status_code == 404

    def test_the_button_is_there_where_something_is_left(self, alice, seller, listing, order):
        link = f'href="/orders/{order.number}/refunds/"'
        assert link in detail(alice, order)
        refund(order, ask(order, 2000, shipping=500))
        assert link not in detail(alice, order)
        unshipped = authorised((listing, 1))
        afn = ship(authorised((ListingFactory(seller=seller, fulfilment=Fulfilment.AFN), 1)))
        for other in (unshipped, afn):
            assert f"/orders/{other.number}/refunds/" not in detail(alice, other)

    def test_three_refunds_cost_no_more_queries_than_one(self, alice, order):
        by_hand(order)
        detail(alice, order)
        first = queries(alice, f"/orders/{order.number}/")
        for _each in range(2):
            by_hand(order)
        assert queries(alice, f"/orders/{order.number}/") == first

    @pytest.mark.parametrize(
        "words", ["<script>alert(1)</script>", "\u202egnp.exe", "{{ 7 }}", "' OR 1=1 --"]
    )
    def test_words_stay_words(self, alice, order, words):
        by_hand(order, memo=words, note=words)
        assert "<script>alert(1)" not in detail(alice, order)


class TestGuides:
    def test_before_a_shipment_the_parcel_that_came_back_leads_to_cancel(self, alice, listing):
        """O7, R4."""
        order = authorised((listing, 1))
        shown = detail(alice, order)
        assert f"/orders/{order.number}/cancel/?reason=address_undeliverable" in shown
        assert "refunds/?all=1" not in shown

    def test_after_it_to_a_refund_less_shipping_or_in_full_or_a_return(self, alice, order):
        """O7, R4, R5."""
        shown = detail(alice, order)
        for reason in ("undeliverable", "address_incorrect"):
            assert f"refunds/?all=1&amp;reason={reason}&amp;less_shipping=1" in shown
            assert f'refunds/?all=1&amp;reason={reason}"' in shown
        assert f"/orders/{order.number}/return/?reason=undeliverable" in shown

    def test_bob_is_told_who_does_it(self, bob, order):
        assert "A colleague with the right to refund does this." in detail(bob, order)


class TestOnTheBuyersPage:
    def page(self, order):
        return text(buyer.get(buyer_links.path_for(order)))

    def test_a_refund_is_told_once_it_is_let_go_of_and_its_note_never(self, order):
        """R2, R8."""
        found = by_hand(order, memo="MEMO-WORDS", note="NOTE-WORDS")
        assert "$3.24" not in self.page(order)
        sent(found, NOON + HALF_HOUR)
        shown = self.page(order)
        assert "You were refunded $3.24." in shown
        assert ("MEMO-WORDS" in shown, "NOTE-WORDS" in shown) == (True, False)

    def test_the_buyer_asks_for_a_return_once(self, order):
        """R4."""
        path = f"{buyer_links.path_for(order)}return/"
        key = buyer.get(path).context["form"]["key"].value()
        data = {"key": str(key), "reason": "defective", f"units_{item_of(order).pk}": "1", "note": "It hums."}
        for _again in range(2):
            assert buyer.post(path, data).status_code == 302
        found = Return.objects.get()
        assert (found.state, found.note) == (ReturnState.REQUESTED, "It hums.")
        assert "Wait for the answer before you send it." in self.page(order)

    @pytest.mark.parametrize("units", ["", "0", "3", "-1", "1e309", "\0", "9" * 5000])
    def test_odd_units_are_refused(self, order, units):
        path = f"{buyer_links.path_for(order)}return/"
        data = {"key": str(uuid.uuid4()), "reason": "defective", f"units_{item_of(order).pk}": units}
        assert (buyer.post(path, data).status_code, Return.objects.count()) == (422, 0)

    def test_the_slip_is_there_once_it_is_authorised_and_goes_when_it_is_withdrawn(self, order):
        found = returns.ask(
            order, {item_of(order).pk: 1}, key=uuid.uuid4(), reason="defective", actor=Actor.buyer(), now=NOON
        )
        slip = f"{buyer_links.path_for(order)}return/{found.rma}/slip.pdf"
        assert buyer.get(slip).status_code == 404
        returns.authorise(found, actor=SYSTEM, now=NOON)
        assert slip in self.page(order)
        assert buyer.get(slip).content[:5] == b"%PDF-"
        for _again in range(2):
            assert buyer.post(f"{buyer_links.path_for(order)}return/{found.rma}/withdraw/").status_code == 302
        found.refresh_from_db()
        assert (found.state, found.close_reason) == (ReturnState.CLOSED, "withdrawn")
        assert buyer.get(slip).status_code == 404

    def test_the_link_of_one_order_opens_no_return_of_another(self, order, listing):
        other = ship(authorised((listing, 1)))
        found = returns.ask(
            other, {item_of(other).pk: 1}, key=uuid.uuid4(), reason="other", actor=SYSTEM, now=NOON
        )
        path = f"{buyer_links.path_for(order)}return/{found.rma}/"
        assert buyer.get(f"{path}slip.pdf").status_code == 404
        assert buyer.post(f"{path}withdraw/").status_code == 404

    def test_what_the_marketplace_ships_it_takes_back_itself(self, seller):
        order = ship(authorised((ListingFactory(seller=seller, fulfilment=Fulfilment.AFN), 1)))
        assert "write to" in self.page(order)
        assert buyer.get(f"{buyer_links.path_for(order)}return/").status_code == 302


class TestMail:
    def test_what_is_sent_is_what_was_previewed_with_the_link(self, order):
        """R2: the same letter, from the same function."""
        found = by_hand(order, memo="Sorry", note="NOTE-WORDS", is_less_shipping=True)
        item = item_of(order)
        parts = [mails.Part(item.title, Split(price=300, tax=24), 0)]
        previewed = mails.preview(order, parts, "Sorry", is_less_shipping=True)
        written = mails.letter(found)
        assert written.url == buyer_links.url_for(order)
        assert (written.heading, written.items, written.facts) == (
            previewed.heading,
            previewed.items,
            previewed.facts,
        )
        mail = mails.to_buyer(found)
        assert "You were refunded $3.24" in mail.text
        assert "NOTE-WORDS" not in mail.text + mail.html

    def test_a_memo_writes_no_header_and_no_markup(self, order):
        found = by_hand(order, memo="<b>\r\nBcc: all@example.com")
        mail = mails.to_buyer(found)
        assert "\n" not in mail.subject
        assert "<b>" not in mail.html


def queries(client, path):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_sweep_leaves_what_can_still_be_taken_back(order):
    found = by_hand(order)
    assert sweeps.send_due(NOON, SYSTEM) == 0
    assert Refund.objects.get().state == found.state
