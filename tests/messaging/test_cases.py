"""Support cases quote the order number, known or not; saved texts are filled in for an order (O22, C5)."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actors import Actor
from messaging import cases, saved_texts
from messaging.models import CaseMessage, SupportCase, Template
from messaging.refusals import KeyReused, TextRefused
from messaging.states import CASE_MOVES, CaseState, Who
from orders.refusals import MoveRefused
from tests.factories import NOON, MembershipFactory, SellerFactory, UserFactory
from tests.helpers import ship
from tests.messaging.steps import order_of

pytestmark = pytest.mark.django_db
NUMBER = "701-0000000-0000000"
HOUR = timedelta(hours=1)
STAFF = Actor.staff(None)


def opened(seller=None, **changes) -> SupportCase:
    member = MembershipFactory(**({"seller": seller} if seller else {}))
    words = {"key": uuid.uuid4(), "actor": Actor.seller(member.user), "now": NOON, **changes}
    return cases.open_case(member.seller, NUMBER, "It is in no report.", **words)


def written(case, text="We look.", actor=STAFF, now=NOON + HOUR, **changes):
    return cases.write(case, text, actor=actor, now=now, **{"key": uuid.uuid4(), **changes})


def state(case) -> str:
    case.refresh_from_db()
    return case.state


class TestCases:
    def test_o22_a_case_quotes_a_number_that_need_not_exist(self):
        case = opened()
        assert (case.order_number, case.state, case.messages.get().who) == (
            NUMBER,
            CaseState.OPEN,
            Who.SELLER,
        )

    def test_the_same_form_twice_is_one_case(self):
        seller, key = SellerFactory(), uuid.uuid4()
        assert opened(seller, key=key) == opened(seller, key=key)
        assert CaseMessage.objects.count() == 1
        with pytest.raises(KeyReused):
            opened(key=key)

    def test_answered_asked_again_closed_and_opened_again(self):
        case = opened()
        written(case)
        assert state(case) == CaseState.ANSWERED
        written(case, "And now?", actor=Actor.seller(case.opened_by))
        assert state(case) == CaseState.OPEN
        assert cases.close(case, now=NOON).closed_at == NOON
        assert cases.close(case, now=NOON + HOUR).closed_at == NOON
        with pytest.raises(MoveRefused):
            written(case)
        written(case, "Still missing", actor=Actor.seller(case.opened_by))
        assert state(case) == CaseState.OPEN
        assert case.closed_at is None

    def test_the_same_answer_twice_is_one(self):
        case, key = opened(), uuid.uuid4()
        assert written(case, key=key) == written(case, key=key)
        with pytest.raises(KeyReused):
            written(case, "Other", key=key)

    @pytest.mark.parametrize("text", ["", " \n", "x" * 2001])
    def test_texts_have_a_beginning_and_an_end(self, text):
        with pytest.raises(TextRefused):
            written(opened(), text)

    def test_every_state_leads_on(self):
        assert set(CASE_MOVES) == set(CaseState.values)

    def test_staff_answer_in_the_admin(self, client):
        case = opened()
        client.force_login(UserFactory(is_staff=True, is_superuser=True))
        page = reverse("admin:messaging_supportcase_changelist")
        form = {"action": "answer", "_selected_action": [case.pk]}
        asked = client.post(page, form)
        assert NUMBER in asked.text
        key = str(asked.context["form"].initial["key"])
        for _ in range(2):
            client.post(page, {**form, "answer": "It was canceled.", "key": key})
        assert [message.text for message in case.messages.all()] == [
            "It is in no report.",
            "It was canceled.",
        ]
        assert state(case) == CaseState.ANSWERED
        client.post(page, {"action": "close", "_selected_action": [case.pk]})
        assert state(case) == CaseState.CLOSED

    @pytest.mark.parametrize("page", ["thread", "attachment", "refusedmail", "supportcase"])
    def test_staff_see_the_lists(self, client, page):
        opened()
        client.force_login(UserFactory(is_staff=True, is_superuser=True))
        assert client.get(reverse(f"admin:messaging_{page}_changelist")).status_code == 200


class TestSavedTexts:
    def text(self, order, text, language="en"):
        return saved_texts.fill(Template(seller=order.seller, name="x", language=language, text=text), order)

    def test_placeholders_are_filled_in(self):
        order = ship(order_of())
        told = self.text(order, "{buyer}: {order}, {carrier} { tracking }")
        assert told == f"Ada Buyer: {order.number}, UPS 1Z1"

    def test_a_date_is_written_as_the_language_does(self):
        order = order_of()
        assert self.text(order, "{ship_by}") == "Nov. 23, 2026"
        assert self.text(order, "{ship_by}", "zh-hans") == "2026年11月23日"

    def test_what_is_not_known_yet_stays_to_be_seen(self):
        assert self.text(order_of(), "Parcel {tracking}, {other}") == "Parcel {tracking}, {other}"

    def test_a_name_cannot_bring_another_placeholder_or_line(self):
        order = order_of(buyer_name="{order}\u2028x")
        assert self.text(order, "{buyer}") == "{order} x"

    def test_placeholders_that_mean_nothing_are_refused(self):
        saved_texts.check("{buyer} {order} {tracking} {carrier} {ship_by} {} { }")
        with pytest.raises(TextRefused, match=r"\{phone\}"):
            saved_texts.check("{buyer} {phone}")

    def test_the_buyers_language_comes_first(self):
        order = order_of(buyer_language="zh-hans")
        for language in ("en", "zh-hans"):
            Template.objects.create(seller=order.seller, name="Thanks", language=language, text="x")
        assert [each.language for each in saved_texts.offered(order)] == ["zh-hans", "en"]
