"""Card numbers are refused wherever somebody may write one, with one sentence, and nothing is kept (PCI)."""

import uuid

import pytest
from django import forms
from django.test import Client

from accounts import card_numbers
from inventory.forms.listing import CountForm
from messaging import cases, screening
from messaging.models import Message, SupportCase
from messaging.refusals import TextRefused
from orders.entry.cart import Item
from orders.forms.buyer import AskForm, NoteField
from orders.forms.memo import MemoField
from orders.forms.note import NoteForm
from orders.forms.package import ParcelForm
from orders.models import OrderNote
from payments import providers
from refunds.forms.returns import AskForm as ReturnForm
from refunds.forms.returns import BuyersAskForm
from refunds.forms.words import WordsForm
from reports.feeds.files import checks, codes
from reports.feeds.files.cells import Terms
from reports.feeds.files.rows import FeedRow
from tests.factories import NOON
from tests.messaging.steps import alice, from_buyer, from_seller, order_of
from tests.orders.test_cart import order, problems

CARD = "4111 1111 1111 1111"
SENTENCE = str(card_numbers.SENTENCE)


@pytest.mark.parametrize(
    "name",
    [
        "reference",
        "purchase_order_number",
        "delivery_instructions",
        "buyer_name",
        "address_2",
        "buyer_company",
    ],
)
def test_order_with_a_card_in_a_text_is_refused(name):
    (problem,) = problems(order(**{name: f"Pay by {CARD}"}))
    assert (problem.rule, problem.sentence, problem.field) == ("card_number", f"{name}: {SENTENCE}", name)


def test_order_with_a_card_in_a_gift_message_is_refused():
    item = Item("A", 1, 1000, gift_message=CARD)
    (problem,) = problems(order(items=(item,)))
    assert problem.sentence == f"A: gift_message: {SENTENCE}"


@pytest.mark.parametrize("reference", ["701-4839201-5820194", "W-1", "70148392015820194", "1002003004005"])
def test_references_of_channels_are_taken(reference):
    assert problems(order(reference=reference)) == []


@pytest.mark.parametrize(
    ("provider", "token", "is_one"),
    [
        ("stripe", "pm_1NvPzD2eZvKYlo2C", True),
        ("stripe", "pm_card_visa", True),
        ("stripe", "card_1NvPzD2eZvKYlo2C", True),
        ("stripe", "src_1NvPzD2eZvKYlo2C", True),
        ("stripe", "tok_visa", True),
        ("stripe", "4111111111111111", False),
        ("stripe", "4111.1111.1111.1111", False),
        ("stripe", "pm_", False),
        ("stripe", "pm_4111 1111", False),
        ("stripe", "cs_live_secret", False),
        ("stripe", "anything", False),
        ("sandbox", "tok_approve", True),
        ("sandbox", "unknown_token", True),
        ("sandbox", "4111111111111111", False),
        ("sandbox", "4111/1111/1111/1111", False),
    ],
)
def test_payment_token_is_known_by_its_form(settings, provider, token, is_one):
    settings.PAYMENT_PROVIDER = provider
    assert providers.is_token(provider, token) == is_one
    found = problems(order(payment_token=token))
    assert [problem.field for problem in found] == ([] if is_one else ["payment_token"])
    assert not any(token in problem.sentence for problem in found)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (AskForm, "note"),
        (NoteForm, "text"),
        (WordsForm, "memo"),
        (WordsForm, "note"),
        (ReturnForm, "note"),
        (BuyersAskForm, "note"),
        (CountForm, "reason"),
        (ParcelForm, "carrier_name"),
        (ParcelForm, "service"),
    ],
)
def test_field_refuses_a_card(form, name):
    with pytest.raises(forms.ValidationError, match="Don't send card numbers"):
        form.base_fields[name].clean(f"Visa {CARD}")


def test_each_field_of_a_memo_refuses_a_card():
    for field in (MemoField(), NoteField()):
        with pytest.raises(forms.ValidationError, match="Don't send card numbers"):
            field.clean("CVV 123")


@pytest.mark.parametrize("column", ["carrier-name", "ship-method"])
def test_row_of_a_feed_with_a_card_is_refused(column):
    row = {"order-id": "701-4839201-5820194", "ship-date": "2026-11-20", "carrier-code": "Other"}
    columns = {"order-item-id": "", "quantity": "", "tracking-number": "4111111111111111", "ship-method": ""}
    cells = {**columns, **row, "carrier-name": "Bikes", column: f"Bikes {CARD}"}
    found = checks.ship(FeedRow(1, 2, cells), Terms("USD", "UTC"))
    assert [(problem.code, problem.column) for problem in found] == [(codes.CARD_NUMBER, column)]
    assert not any("4111" in problem.sentence for problem in found)


def test_message_marks_the_card():
    (passage,) = screening.find(f"Here: {CARD}.")
    assert (passage.start, passage.end, passage.sentence) == (6, 25, SENTENCE)


@pytest.mark.django_db
class TestKept:
    def test_messages_and_cases_are_not(self):
        order = order_of()
        for write in (from_buyer, from_seller):
            with pytest.raises(TextRefused, match="Don't send card numbers"):
                write(order, f"My card is {CARD}")
        with pytest.raises(TextRefused, match="Don't send card numbers"):
            cases.open_case(
                order.seller, "701-1", f"He paid by {CARD}", key=uuid.uuid4(), actor=alice(order), now=NOON
            )
        assert not Message.objects.exists() and not SupportCase.objects.exists()

    def test_note_is_not_and_the_page_says_so(self, monkeypatch):
        monkeypatch.setattr("accounts.clock.now", lambda: NOON)
        order, client = order_of(), Client()
        client.force_login(order.seller.memberships.get().user)
        shown = client.post(f"/orders/{order.number}/note/", {"text": f"Card {CARD}, CVV 123"}, follow=True)
        assert "Don&#x27;t send card numbers" in shown.content.decode()
        assert not OrderNote.objects.exists()
