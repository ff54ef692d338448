"""Payments and statements as people see them: what stands there, who may look, what it costs (P1, O16)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payments import desk, periods, statements
from payments.desk import Question, Stage
from tests.factories import MembershipFactory, SellerFactory
from tests.payments.helpers import NOW, authorised, charged, refunded

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOW + 29 * DAY  # both first periods are over; what was charged at NOW is paid


@pytest.fixture
def now(monkeypatch):
    """Sets what the pages take for now."""

    def to(moment):
        monkeypatch.setattr("accounts.clock.now", lambda: moment)

    to(LATER)
    return to


@pytest.fixture
def alice(client, seller, now):
    client.force_login(MembershipFactory(seller=seller, rights=["view", "report"]).user)
    return client


def page(client, name: str = "list", *args: object, **query: str) -> str:
    response = client.get(reverse(f"payments:{name}", args=args), query)
    assert response.status_code == 200, response
    return response.content.decode()


@pytest.fixture
def settled(seller):
    """Two orders that were paid, one of them refunded in part before; one that is not due yet."""
    first = charged(seller, 1_000)
    second = charged(seller, 2_000, now=NOW + DAY)
    refunded(second, 500, now=NOW + 2 * DAY)
    last = charged(seller, 4_000, now=LATER - DAY)
    statements.sweep(LATER)
    return first, second, last


def test_each_order_says_when_what_and_on_which_statement_p1(alice, settled):
    response = alice.get(reverse("payments:list"))
    rows = {row.number: row for row in response.context["rows"]}
    first, second, last = (rows[payment.order_number] for payment in settled)
    assert (first.charged_on, first.available_on, first.state) == ("2026-03-02", "2026-03-16", "Paid out")
    assert (first.charges, first.refunds, first.fees) == ("$10.00", "–", "-$1.50")
    assert (first.paid_out, first.amount) == ("$8.50", "–")
    assert (second.charges, second.refunds, second.fees) == ("$20.00", "-$5.00", "-$2.40")
    assert [(link.label, link.url) for link in first.statements] == [("2", "/payments/statements/2/")]
    assert (last.state, last.paid_out, last.amount) == ("Not yet available", "–", "$34.00")
    assert last.statements == []
    assert [row.number for row in response.context["rows"]] == [
        payment.order_number for payment in reversed(settled)
    ]


def test_the_states_are_filters_and_the_last_day_counts_p1(seller, settled):
    def listed(stage, today):
        found = desk.answer(Question(stage=stage), seller, today)
        return [payment.order_number for payment in found.rows]

    first, second, last = (payment.order_number for payment in settled)
    available_on = settled[2].available_on
    assert listed(Stage.PAID, available_on) == [second, first]
    assert listed(Stage.WAITING, available_on - DAY) == [last]
    assert listed(Stage.AVAILABLE, available_on - DAY) == []
    assert listed(Stage.WAITING, available_on) == []
    assert listed(Stage.AVAILABLE, available_on) == [last]


def test_the_days_of_the_charge_are_the_marketplaces(alice, seller, settled):
    """NOW is noon in UTC and early morning of the same day in Los Angeles."""
    found = alice.get(reverse("payments:list"), {"from": "2026-03-02", "to": "2026-03-02"})
    assert [row.number for row in found.context["rows"]] == [settled[0].order_number]
    none = page(alice, **{"from": "2026-03-04", "to": "2026-03-05"})
    assert "Nothing was charged on these days" in none


def test_an_order_is_found_by_its_number_however_it_was_pasted(alice, settled):
    number = settled[0].order_number
    for text in (
        number,
        f"  {number} ",
        number.replace("-", ""),
        number.replace("-", "\u2013"),
        f"no. {number}",
    ):
        response = alice.get(reverse("payments:list"), {"q": text, "state": "waiting"})
        assert [row.number for row in response.context["rows"]] == [number], text


@pytest.mark.parametrize("text", ["nonsense", "701", "000-0000000-0000000"])
def test_what_is_not_found_says_so(alice, settled, text):
    assert "No order with this number" in page(alice, q=text)


def test_the_money_of_an_unshipped_order_is_never_coming_o16(alice, seller):
    unshipped = authorised(seller)
    text = page(alice)
    assert unshipped.order_number not in text
    assert "No money yet" in text
    assert "The money of an unshipped order is never coming" in text
    found = page(alice, q=unshipped.order_number)
    assert "Nothing was charged for this order" in found
    assert "The money of an unshipped order is never coming" in found


def test_of_a_strangers_order_nothing_is_said(alice, settled):
    theirs = charged(SellerFactory())
    assert theirs.order_number not in page(alice)
    text = page(alice, q=theirs.order_number)
    assert "No order with this number" in text


def test_the_running_period_says_what_it_will_pay(alice, seller, now):
    now(NOW)
    charged(seller)
    statement = periods.running(seller, NOW)
    assert (statement.pk, statement.number, seller.statements.count()) == (None, 1, 0)
    assert "Next payout" in page(alice)
    assert "Running" in page(alice, "statement", 1)
    assert seller.statements.count() == 0  # looking writes nothing
    statements.sweep(NOW + 14 * DAY)
    standing = periods.standing(seller, seller.statements.running().get(), date(2026, 3, 16))
    assert (standing.available, standing.in_period, standing.later, standing.expected) == (850, 850, 0, 850)
    before = periods.standing(seller, seller.statements.running().get(), date(2026, 3, 15))
    assert (before.available, before.waiting) == (0, 850)


def test_a_statement_adds_up_and_has_its_picture_and_its_orders_p1(alice, settled):
    response = alice.get(reverse("payments:statement", args=[2]))
    assert [(fact["label"], fact["value"]) for fact in response.context["facts"]] == [
        ("Charges", "$30.00"),
        ("Refunds", "-$5.00"),
        ("Fees", "-$3.90"),
        ("Paid out", "$21.10"),
    ]
    assert [row.number for row in response.context["rows"]] == [
        settled[1].order_number,
        settled[0].order_number,
    ]
    bars = response.context["picture"].bars
    assert [(bar.day.day, bar.amount) for bar in bars if bar.amount] == [(16, 850), (17, 1_260)]
    assert len(bars) == 14
    assert "<svg" in response.content.decode()


def test_a_day_of_refunds_hangs_below_the_line(alice, seller, settled, now):
    refunded(settled[0], 1_000, now=LATER)
    picture = periods.picture(seller.statements.running().get())
    today = next(bar for bar in picture.bars if bar.amount < 0)
    assert (today.amount, today.y) == (-880, picture.zero)
    assert picture.bottom == "-$8.80"
    assert "lowest: -$8.80" in page(alice, "statement", 3)


def test_an_amount_that_is_carried_is_said(alice, seller, settled, now):
    refunded(settled[0], 1_000, now=LATER)
    refunded(settled[2], 4_000, now=LATER)
    statements.sweep(LATER + 14 * DAY)
    now(LATER + 14 * DAY)
    assert "Nothing was paid; the difference is taken from the next period." in page(alice, "statement", 3)
    text = page(alice)
    assert "-$8.80 carried forward" in text
    assert "Owed from the last period" in text


def test_all_statements_are_listed_page_by_page(alice, seller, monkeypatch):
    charged(seller)
    monkeypatch.setattr("accounts.keyset.SIZE", 2)
    statements.sweep(NOW + 100 * DAY)
    response = alice.get(reverse("payments:statements"))
    assert [each["number"] for each in response.context["statements"]][:2] == [7, 6]


def test_before_the_first_charge_there_is_nothing_and_it_says_when(alice):
    assert "No money yet" in page(alice)
    assert "No statement yet" in page(alice, "statements")
    assert alice.get(reverse("payments:statement", args=[1])).status_code == 404


@pytest.mark.parametrize("name", ["list", "statement", "statements", "statement_pdf", "statement_csv"])
def test_bob_charlie_and_the_signed_out_do_not_get_in(client, seller, settled, now, name):
    args = [2] if name in ("statement", "statement_pdf", "statement_csv") else []
    address = reverse(f"payments:{name}", args=args)
    assert client.get(address).status_code == 302
    client.force_login(MembershipFactory(seller=seller, rights=["view", "ship", "refund"]).user)
    assert client.get(address).status_code == 403
    client.force_login(MembershipFactory().user)
    assert client.get(address).status_code == (404 if args else 200)


def test_a_page_costs_the_same_for_one_order_and_for_many(alice, seller):
    def queries(name, *args):
        with CaptureQueriesContext(connection) as captured:
            page(alice, name, *args)
        return len(captured)

    payment = charged(seller)
    statements.sweep(LATER)
    refunded(payment, 100, now=LATER)
    page(alice)  # the first page of a session writes it
    few = [queries("list"), queries("statement", 2), queries("statement", 3), queries("statements")]
    for n in range(4):
        refunded(charged(seller, now=LATER - n * DAY), 10, now=LATER)
    statements.sweep(LATER + 30 * DAY)
    for payment in seller.payments.all():
        refunded(payment, 10, now=LATER + 30 * DAY)
    many = [queries("list"), queries("statement", 4), queries("statement", 5), queries("statements")]
    assert many == few
    assert max(many) <= 14
