"""Reports are for professional plans: an individual seller sees why, and how to change (F3)."""

import uuid

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import Plan, Right, Seller
from reports.models import Report
from tests.factories import NOON, MembershipFactory
from tests.messaging.page_steps import text
from tests.reports.steps import asked, made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
LIST, CHANGE = "/reports/", "/reports/plan/"


@pytest.fixture
def individual(seller):
    seller.plan = Plan.INDIVIDUAL
    seller.save(update_fields=["plan"])
    return seller


def test_what_was_made_before_can_still_be_downloaded_f3(alice, seller):
    report = made(asked(seller, now=NOON))
    Seller.objects.update(plan=Plan.INDIVIDUAL)
    assert alice.get(reverse("reports:report", args=[report.key])).status_code == 200
    assert alice.get(reverse("reports:download", args=[report.key])).status_code == 200
    again = reverse("reports:again", args=[report.key])
    assert alice.post(again, {"key": str(uuid.uuid4())}).status_code == 409


def test_an_individual_seller_reads_why_and_can_ask_for_nothing_f3(alice, individual):
    for name in ("list", "schedule"):
        page = text(alice.get(reverse(f"reports:{name}")))
        assert "Reports are part of the professional plan; yours is the individual one." in page
        assert "Change to the professional plan" in page
    sent = {"key": str(uuid.uuid4()), "kind": "tax", "days": "7", "format": "csv"}
    for name, form in (
        ("ask", sent),
        ("schedule", {"hour": "1"}),
        ("selection", {"query": "", "format": "csv"}),
    ):
        assert alice.post(reverse(f"reports:{name}"), form).status_code == 409
    assert not Report.objects.exists()


def test_who_may_change_settings_takes_the_professional_plan_once_and_the_staff_see_who_f3(alice, individual):
    for _ in range(2):
        assert alice.post(CHANGE).url == LIST
    individual.refresh_from_db()
    assert individual.plan == Plan.PROFESSIONAL
    entry = LogEntry.objects.get()
    assert (entry.user.name, entry.object_id) == ("Alice", str(individual.pk))
    assert "Ask for a report" in text(alice.get(LIST))


def test_without_that_right_the_page_says_who_can_f3(individual, charlie):
    books = Client()
    books.force_login(MembershipFactory(seller=individual, rights=[Right.REPORT]).user)
    assert "A colleague who may change settings can change the plan here." in text(books.get(LIST))
    assert books.post(CHANGE).status_code == 403
    charlie.post(CHANGE)
    assert Client().post(CHANGE).status_code == 302
    individual.refresh_from_db()
    assert individual.plan == Plan.INDIVIDUAL
