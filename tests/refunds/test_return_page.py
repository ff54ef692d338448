"""Returns: the list, one return and its steps, starting one, its slip (R4, R8)."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from inventory.models import Fulfilment
from refunds import returns
from refunds.models import Refund, Return
from refunds.states import ReturnState
from tests.factories import NOON, ListingFactory, MembershipFactory
from tests.helpers import SYSTEM, authorised, ship
from tests.refunds.form_steps import text
from tests.refunds.steps import item_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
BUYER = Actor.buyer()
STEPS = ("authorise", "receive", "close", "reopen")


@pytest.fixture
def order(listing):
    return ship(authorised((listing, 3)))


def asked(order, units=1, *, by=BUYER, now=NOON):
    lines = {item.pk: units for item in order.items.all()}
    return returns.ask(order, lines, key=uuid.uuid4(), reason="defective", note="It hums.", actor=by, now=now)


def page(found, step=""):
    return f"/returns/{found.rma}/{step}"


def came(found, units=1, condition="as_new", restock=0):
    pk = found.lines.get().item_id
    return {f"came_{pk}": units, f"condition_{pk}": condition, f"restock_{pk}": restock}


class TestSteps:
    def test_from_the_buyers_wish_to_its_end(self, alice, order, listing):
        """R4, R8: authorised, received with one unit back to stock, refunded, closed, reopened."""
        found = asked(order, 2)
        shown = text(alice.get(page(found)))
        assert "It hums." in shown
        alice.post(page(found, "authorise/"))
        alice.post(page(found, "receive/"), came(found, 2, restock=1))
        listing.refresh_from_db()
        assert listing.on_hand == 10 - 3 + 1
        link = f"/orders/{order.number}/refunds/?return={found.rma}"
        assert link in text(alice.get(page(found)))
        form = alice.get(link).context["form"]
        filled = [(row.how.value(), row.units.value()) for row in form.rows()]
        assert (form["rma"].value(), filled) == (found.rma, [("units", 2)])
        alice.post(page(found, "close/"), {"reason": "completed"})
        found.refresh_from_db()
        assert (found.state, found.close_reason) == (ReturnState.CLOSED, "completed")
        alice.post(page(found, "reopen/"))
        found.refresh_from_db()
        assert found.state == ReturnState.REOPENED

    def test_r4_the_rest_of_a_reopened_return_is_received_from_the_page(self, alice, order):
        """Two asked back, one came, closed, reopened: the page offers the one that is still to come."""
        found = asked(order, 2, by=SYSTEM)
        alice.post(page(found, "receive/"), came(found) | {"seen": 0})
        alice.post(page(found, "close/"), {"reason": "completed"})
        alice.post(page(found, "reopen/"))
        form = alice.get(page(found)).context["receiving"]
        ((_line, field, _condition, _restock),) = form.rows()
        assert (field.initial, form["seen"].value()) == (1, 1)
        for _time in range(2):
            alice.post(page(found, "receive/"), came(found) | {"seen": 1})
        assert found.lines.get().units_received == 2
        assert alice.get(page(found)).context["receiving"] is None

    def test_nothing_goes_back_to_stock_unless_the_seller_says_so(self, alice, order, listing):
        """R8."""
        found = asked(order, by=SYSTEM)
        assert [str(row[3].value()) for row in alice.get(page(found)).context["receiving"].rows()] == ["0"]
        alice.post(page(found, "receive/"), came(found))
        listing.refresh_from_db()
        assert listing.on_hand == 7

    def test_each_step_sent_twice_is_taken_once(self, alice, order, listing):
        found = asked(order)
        for step, data in (
            ("authorise/", {}),
            ("receive/", came(found, restock=1)),
            ("close/", {"reason": "completed"}),
        ):
            assert [alice.post(page(found, step), data).status_code for _again in range(2)] == [302, 302]
        listing.refresh_from_db()
        kinds = list(order.events.filter(kind__startswith="return").values_list("kind", flat=True))
        assert (listing.on_hand, len(kinds), len(set(kinds))) == (8, 4, 4)

    @pytest.mark.parametrize(
        "odd",
        [
            {"came": "2"}, {"came": "0"}, {"came": ""}, {"came": "-1"}, {"came": "1e309"}, {"came": "\0"},
            {"condition": ""}, {"condition": "fine"}, {"restock": "2"}, {"restock": "-1"}, {"restock": "NaN"},
        ],
        ids=str,
    )  # fmt: skip
    def test_what_makes_no_sense_is_refused_at_its_field(self, alice, order, odd):
        found = asked(order, by=SYSTEM)
        pk = found.lines.get().item_id
        data = came(found) | {f"{name}_{pk}": value for name, value in odd.items()}
        response = alice.post(page(found, "receive/"), data)
        found.refresh_from_db()
        assert (response.status_code, found.state) == (422, ReturnState.AUTHORISED)

    @pytest.mark.parametrize("reason", ["", "because", "\0", "x" * 5000])
    def test_closing_takes_a_reason(self, alice, order, reason):
        found = asked(order)
        assert alice.post(page(found, "close/"), {"reason": reason}).status_code == 422

    def test_a_step_that_does_not_come_next_is_refused_with_a_sentence(self, alice, order):
        found = asked(order)
        shown = text(alice.post(page(found, "reopen/"), follow=True))
        assert "cannot become Reopened" in shown


class TestStart:
    def test_the_seller_starts_one_that_is_authorised_at_once(self, alice, order):
        """R4; sent twice it is one."""
        item = item_of(order)
        data = {"key": str(uuid.uuid4()), "reason": "undeliverable", f"units_{item.pk}": 3}
        answers = [alice.post(f"/orders/{order.number}/return/", data) for _again in range(2)]
        found = Return.objects.get()
        assert {answer["Location"] for answer in answers} == {page(found)}
        assert (found.state, found.lines.get().units) == (ReturnState.AUTHORISED, 3)

    def test_units_that_another_return_holds_cannot_come_back_twice(self, alice, order):
        asked(order, 3)
        item = item_of(order)
        data = {"key": str(uuid.uuid4()), "reason": "other", f"units_{item.pk}": 1}
        response = alice.post(f"/orders/{order.number}/return/", data)
        assert (response.status_code, Return.objects.count()) == (422, 1)
        assert "No unit of this order" in text(alice.get(f"/orders/{order.number}/return/"))

    @pytest.mark.parametrize("units", ["", "0", "4", "-1", "1.5", "1e309", "NaN", "\0", "9" * 5000])
    def test_odd_units_open_nothing(self, alice, order, units):
        data = {"key": str(uuid.uuid4()), "reason": "other", f"units_{item_of(order).pk}": units}
        response = alice.post(f"/orders/{order.number}/return/", data)
        assert (response.status_code, Return.objects.count()) == (422, 0)

    def test_before_a_shipment_and_for_the_marketplaces_orders_there_is_none(self, alice, seller, listing):
        afn = ListingFactory(seller=seller, fulfilment=Fulfilment.AFN)
        for order in (authorised((listing, 1)), ship(authorised((afn, 1)))):
            data = {"key": str(uuid.uuid4()), "reason": "other", f"units_{item_of(order).pk}": 1}
            assert 'name="reason"' not in text(alice.get(f"/orders/{order.number}/return/"))
            assert alice.post(f"/orders/{order.number}/return/", data).status_code in (409, 422)
        assert Return.objects.count() == 0


class TestWho:
    def test_bob_looks_and_changes_nothing(self, bob, order):
        found = asked(order)
        shown = text(bob.get(page(found)))
        assert "Authorise</button>" not in shown
        assert "Close the return" not in shown
        assert {bob.post(page(found, f"{step}/")).status_code for step in STEPS} == {403}
        assert bob.get(f"/orders/{order.number}/return/").status_code == 403
        assert bob.get("/returns/").status_code == 200

    def test_for_charlie_there_is_no_such_return(self, charlie, order):
        found = asked(order, by=SYSTEM)
        assert charlie.get(page(found)).status_code == 404
        assert charlie.get(page(found, "slip.pdf")).status_code == 404
        assert {charlie.post(page(found, f"{step}/")).status_code for step in STEPS} == {404}
        assert found.rma not in text(charlie.get("/returns/"))

    def test_signed_out_every_page_asks_to_sign_in(self, order):
        found = asked(order, by=SYSTEM)
        for path in ("/returns/", page(found), page(found, "slip.pdf"), f"/orders/{order.number}/return/"):
            assert Client().get(path)["Location"].startswith("/accounts/login/")


class TestSlip:
    def test_it_is_a_pdf_while_the_goods_are_awaited(self, alice, order):
        found = asked(order)
        assert alice.get(page(found, "slip.pdf")).status_code == 404
        alice.post(page(found, "authorise/"))
        response = alice.get(page(found, "slip.pdf"))
        assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
        assert response["Content-Disposition"] == f'inline; filename="return-slip-{found.rma}.pdf"'
        alice.post(page(found, "receive/"), came(found))
        assert alice.get(page(found, "slip.pdf")).status_code == 404


class TestList:
    def test_each_tab_says_exactly_how_many(self, alice, order):
        first, second, third = asked(order), asked(order), asked(order)
        returns.authorise(second, actor=SYSTEM, now=NOON)
        returns.close(third, reason="declined", actor=SYSTEM, now=NOON)
        tabs = alice.get("/returns/").context["tabs"]
        told = {str(tab["label"]): tab["count"] for tab in tabs}
        zeros = {"Received": "0", "Refunded": "0", "Reopened": "0"}
        assert told == {"All": "3", "Requested": "1", "Authorised": "1", "Closed": "1", **zeros}
        rows = alice.get("/returns/?state=requested").context["rows"]
        assert [row.rma for row in rows] == [first.rma]

    def test_search_finds_by_order_number_its_beginning_and_rma(self, alice, order, listing):
        found = asked(order)
        asked(ship(authorised((listing, 1))))
        for words in (order.number, order.number[:11], found.rma, found.rma.lower(), f" {found.rma} "):
            rows = alice.get("/returns/", {"q": words}).context["rows"]
            assert found.rma in [row.rma for row in rows], words
        for words in ("999", f"{order.number}-R9", "R1", "x", "\u202e", f"{order.number}-R99999"):
            assert alice.get("/returns/", {"q": words}).context["rows"] == [], words

    @pytest.mark.parametrize(
        "query",
        [
            "state=x",
            "state=%00",
            "q=%00",
            "q=" + "x" * 900,
            "before=1",
            "after=9.9.9",
            "before=%00",
            "end=x",
            "q=%FF",
        ],
    )
    def test_the_address_may_say_anything(self, alice, order, query):
        asked(order)
        assert alice.get(f"/returns/?{query}").status_code == 200

    def test_pages_by_key_hold_every_return_once(self, alice, seller, monkeypatch):
        monkeypatch.setattr("accounts.keyset.SIZE", 2)
        monkeypatch.setattr("accounts.keyset.page.__defaults__", (2,))
        listing = ListingFactory(seller=seller, on_hand=10)
        order = ship(authorised((listing, 5)))
        made = [asked(order, now=NOON + timedelta(minutes=n)).rma for n in range(5)]
        seen, address = [], "/returns/"
        while address:
            context = alice.get(address).context
            seen += [row.rma for row in context["rows"]]
            address = context["pager"].get("next_url")
        assert seen == made[::-1]

    def test_three_rows_cost_no_more_queries_than_one(self, alice, order, listing):
        asked(order)
        alice.get("/returns/")
        first = queries(alice, "/returns/")
        asked(order), asked(ship(authorised((listing, 1))))
        assert queries(alice, "/returns/") == first

    def test_without_any_it_says_where_they_come_from(self, seller):
        client = Client()
        client.force_login(MembershipFactory(seller=seller).user)
        assert "No returns yet" in text(client.get("/returns/"))


def queries(client, path):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_a_refund_made_from_the_order_can_name_its_return(alice, order):
    """R4."""
    found = asked(order, by=SYSTEM)
    form = alice.get(f"/orders/{order.number}/refunds/").context["form"]
    assert [choice for choice, _label in form.fields["rma"].choices] == ["", found.rma]
    assert Refund.objects.count() == 0
