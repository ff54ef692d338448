"""A statement as PDF and as CSV: whole, exact, and harmless in a spreadsheet program (P1)."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pypdf
import pytest
from django.urls import reverse
from django.utils import translation

from payments import documents, statements
from payments.models import Payment
from tests.factories import MarketplaceFactory, MembershipFactory, SellerFactory
from tests.payments.helpers import NOW, charged, refunded

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=29)


def statement(seller):
    statements.sweep(LATER)
    return seller.statements.get(number=2)


def rows(text: str) -> list[list[str]]:
    assert text[0] == "\ufeff"
    return list(csv.reader(StringIO(text[1:])))


def test_the_table_has_every_order_and_its_amounts_are_numbers(seller, monkeypatch):
    monkeypatch.setattr(documents, "CHUNK", 2)
    payments = [charged(seller, 1_000 + n) for n in range(5)]
    refunded(payments[0], 333)
    heads, *found = rows("".join(documents.table(statement(seller))))
    assert heads == [
        "Order",
        "Charged on",
        "Available on",
        "Currency",
        "Charges",
        "Refunds",
        "Fees",
        "Amount",
    ]
    assert [row[0] for row in found] == [payment.order_number for payment in payments]
    assert found[0][1:] == ["2026-03-02", "2026-03-16", "USD", "10.00", "-3.33", "-1.10", "5.57"]


@pytest.mark.parametrize(
    ("currency", "amounts"),
    [("JPY", ["1000", "0", "-150", "850"]), ("KWD", ["1.000", "0.000", "-0.150", "0.850"])],
)
def test_amounts_have_the_decimals_of_their_currency(db, currency, amounts):
    seller = SellerFactory(marketplace=MarketplaceFactory(currency=currency))
    charged(seller)
    assert rows("".join(documents.table(statement(seller))))[1][4:] == amounts


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_that_begins_like_a_formula_is_made_a_text(seller, text):
    assert documents.formulas.defused(text) == f"'{text}"
    assert documents.formulas.defused("701-1") == "701-1"
    charged(seller)
    found = statement(seller)
    Payment.objects.update(order_number=text)
    assert rows("".join(documents.table(found)))[1][0].startswith("'")


def words(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(document)).pages)


def test_the_document_says_how_it_adds_up_in_the_readers_language_and_letters(seller, caplog):
    seller.name = "山东灯具 <b>& Co</b>"
    seller.save()
    payment = charged(seller)
    found = statement(seller)
    text = words(documents.pdf(found))
    assert "山东灯具 <b>& Co</b>" in text
    assert "Statement 2" in text
    assert payment.order_number in text
    assert "$8.50" in text
    with translation.override("zh-hans"):
        assert "2026年3月16日" in words(documents.pdf(found))
    assert not [each for each in caplog.records if "notdef" in each.getMessage()]


def test_a_long_document_says_where_the_rest_is(seller, monkeypatch):
    monkeypatch.setattr(documents, "PRINTED", 2)
    for _ in range(3):
        charged(seller)
    assert "The first 2 of 3 orders; the CSV file has them all." in words(documents.pdf(statement(seller)))


def test_the_files_are_sent_with_names_and_only_of_closed_statements(client, seller, monkeypatch):
    monkeypatch.setattr("accounts.clock.now", lambda: LATER)
    client.force_login(MembershipFactory(seller=seller, rights=["report"]).user)
    charged(seller)
    statement(seller)
    for name, kind, disposition in (("pdf", "application/pdf", "inline"), ("csv", "text/csv", "attachment")):
        response = client.get(reverse(f"payments:statement_{name}", args=[2]))
        assert response["Content-Type"].startswith(kind)
        assert (
            response["Content-Disposition"] == f'{disposition}; filename="statement-{seller.slug}-2.{name}"'
        )
        assert response.getvalue()
        assert client.get(reverse(f"payments:statement_{name}", args=[3])).status_code == 404
