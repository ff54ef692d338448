"""Can't find an order? Search, and support cases (O22)."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Right
from messaging import cases, missing
from messaging.models import CaseMessage, SupportCase
from messaging.states import CaseState
from tests.factories import NOON, MembershipFactory, UserFactory
from tests.helpers import ship
from tests.messaging.page_steps import form, queries, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
MISSING, NUMBER = "/orders/missing/", "113-7654321-7654321"


def case_form(**changes):
    return form(order_number=NUMBER, text="The buyer paid on Monday.") | changes


@pytest.fixture
def case(alice, seller):
    alice.post("/cases/open/", case_form())
    return SupportCase.objects.get()


def found(client, q):
    return [order.number for order in client.get(MISSING, {"q": q}).context["found"].orders]


class TestSearch:
    def test_o22_any_number_of_an_order_finds_it(self, alice, order):
        ship(order)
        for number in (order.number, order.number.replace("-", ""), order.number[:9], order.reference, "1Z1"):
            assert found(alice, number) == [order.number]

    def test_o22_what_is_not_there_is_said_and_leads_to_a_case_with_the_number(self, alice):
        answer = alice.get(MISSING, {"q": " 113 7654321 7654321 ", "day": "2026-11-20"})
        assert f"No order here has the number {NUMBER}" in text(answer)
        assert answer.context["case_form"]["order_number"].value() == NUMBER
        assert "from=2026-11-20&amp;to=2026-11-20" in text(answer)

    def test_anothers_order_is_not_there(self, charlie, order):
        answer = charlie.get(MISSING, {"q": order.number})
        assert (answer.context["found"].orders, answer.context["found"].elsewhere) == ([], None)

    def test_one_of_the_persons_other_seller_is_pointed_at(self, order, seller):
        member = MembershipFactory(seller=seller)
        other = MembershipFactory(user=member.user, seller__marketplace=seller.marketplace).seller
        client = Client()
        client.force_login(member.user)
        client.post(reverse("accounts:switch_seller"), {"seller": other.pk})
        shown = text(client.get(MISSING, {"q": order.number}))
        assert "It belongs to Blue Harbor, for which you work too." in shown
        assert f"/orders/{order.number}/" not in shown

    @pytest.mark.parametrize("unseen", ["\u200b", "\u200b\u2060", "\u202e", "\u200d", "\u200b \u200c"])
    def test_what_nobody_sees_is_not_looked_for(self, alice, order, unseen):
        ship(order)
        order.packages.update(tracking_number="")
        answer = alice.get(MISSING, {"q": unseen})
        assert "Give a number to look for." in text(answer)
        assert "found" not in answer.context

    def test_one_where_the_person_may_not_look_is_not_pointed_at(self, order, seller):
        member = MembershipFactory(seller=seller, rights=[Right.REPORT])
        assert missing.look(order.number, MembershipFactory().seller, member.user).elsewhere is None

    def test_a_search_of_orders_that_finds_nothing_leads_here(self, alice):
        assert f"{MISSING}?q={NUMBER}" in text(alice.get("/orders/", {"q": NUMBER}))

    @pytest.mark.parametrize(
        "query", ["q=", "q=%00", "q=" + "9" * 65, "q=1&day=x", "day=2026-11-20", "q=%E2%80%AE"]
    )
    def test_an_odd_search_is_answered(self, alice, query):
        assert alice.get(f"{MISSING}?{query}").status_code == 200


class TestCases:
    def test_o22_one_is_opened_once_and_quotes_the_number(self, alice, seller):
        sent = case_form()
        answers = [alice.post("/cases/open/", sent) for _time in range(2)]
        case = SupportCase.objects.get()
        assert [answer["Location"] for answer in answers] == [f"/cases/{case.pk}/"] * 2
        assert (case.seller, case.order_number, CaseMessage.objects.count()) == (seller, NUMBER, 1)
        shown = text(alice.get(f"/cases/{case.pk}/"))
        assert "The buyer paid on Monday." in shown
        assert NUMBER in text(alice.get("/cases/"))

    def test_the_answer_stands_in_it_and_it_goes_on(self, alice, case):
        staff = Actor.staff(UserFactory(name="Sam Staff"))
        cases.write(case, "It was never paid.", key=form()["key"], actor=staff, now=NOON)
        shown = text(alice.get(f"/cases/{case.pk}/"))
        assert ("It was never paid." in shown, "Shipby Customer Service" in shown, "Sam Staff" in shown) == (
            True,
            True,
            False,
        )
        sent = form(text="Thank you.")
        for _time in range(2):
            assert alice.post(f"/cases/{case.pk}/write/", sent).status_code == 302
        case.refresh_from_db()
        assert (case.state, case.messages.count()) == (CaseState.OPEN, 3)

    def test_many_messages_come_in_stretches(self, alice, case, seller):
        # More than the page takes within an hour.
        actor = Actor.seller(seller.memberships.get(user__name="Alice").user)
        for number in range(50):
            cases.write(case, f"Message {number}.", key=uuid.uuid4(), actor=actor, now=NOON)
        shown = alice.get(f"/cases/{case.pk}/")
        assert ("Message 49." in text(shown), "paid on Monday" in text(shown)) == (True, False)
        step = f"?before={shown.context['before']}"
        assert f'href="{step}"' in text(shown)
        earlier = text(alice.get(f"/cases/{case.pk}/{step}"))
        assert ("paid on Monday" in earlier, "Message 0." in earlier, "Earlier" in earlier) == (
            True,
            False,
            False,
        )
        assert alice.get(f"/cases/{case.pk}/?before=x").status_code == 200

    def test_a_closed_one_opens_again(self, alice, case):
        cases.close(case, now=NOON + timedelta(hours=1))
        assert "It opens again when you write." in text(alice.get(f"/cases/{case.pk}/"))
        alice.post(f"/cases/{case.pk}/write/", form())
        case.refresh_from_db()
        assert case.state == CaseState.OPEN

    def test_who_may(self, alice, bob, charlie, case):
        assert bob.get(f"/cases/{case.pk}/").status_code == 200
        assert "<textarea" not in text(bob.get(f"/cases/{case.pk}/"))
        assert bob.post(f"/cases/{case.pk}/write/", form()).status_code == 403
        assert bob.post("/cases/open/", case_form()).status_code == 403
        for address in ("", "write/"):
            assert charlie.get(f"/cases/{case.pk}/{address}").status_code == 404
        assert charlie.post(f"/cases/{case.pk}/write/", form()).status_code == 404
        assert NUMBER not in text(charlie.get("/cases/"))
        for address in (MISSING, "/cases/", f"/cases/{case.pk}/"):
            assert Client().get(address)["Location"].startswith("/accounts/login/")
        assert CaseMessage.objects.count() == 1

    def test_constant_queries(self, alice, case):
        counts = [queries(alice, "/cases/")]
        for _time in range(2):
            alice.post("/cases/open/", case_form())
        counts.append(queries(alice, "/cases/"))
        assert counts[0] == counts[1]

    def test_an_odd_place_in_the_list_is_the_first_page(self, alice, case):
        for query in ("?before=x", "?after=1", "?end=1", "?before=99999999999999999999.1"):
            assert NUMBER in text(alice.get(f"/cases/{query}"))
