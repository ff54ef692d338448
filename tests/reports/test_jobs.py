"""The periodic jobs of reports and the command that does the same by hand (F1, F4)."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts import clock
from reports import tasks
from reports.models import Report
from reports.states import ReportState
from tests.factories import NOON, ListingFactory
from tests.helpers import authorised
from tests.reports.steps import asked, made, numbers

pytestmark = pytest.mark.django_db


def said(*options: str) -> str:
    out = StringIO()
    call_command("post_order_reports", *options, stdout=out)
    return out.getvalue().strip()


def test_the_command_says_in_one_line_what_it_did_and_a_dry_run_does_nothing():
    order = authorised((ListingFactory(), 1), now=clock.now())
    line = "Daily reports posted: 1, reports made: 1 to be done, nothing was changed."
    assert said("--dry-run") == line
    assert not Report.objects.exists()
    assert said() == "Daily reports posted: 1, reports made: 1."
    report = Report.objects.get()
    assert (report.source, report.state, numbers(report)) == ("command", ReportState.DONE, [order.number])
    assert json.loads(said("--json")) == {"posted": 0, "made": 0, "dry_run": False}


def test_the_jobs_post_make_and_forget():
    order = authorised((ListingFactory(), 1), now=clock.now())
    assert (tasks.post(), tasks.post()) == (1, 0)
    assert (tasks.sweep(), tasks.sweep()) == (1, 0)
    report = Report.objects.get()
    assert numbers(report) == [order.number]
    tasks.work(report.pk)
    Report.objects.update(expires_at=clock.now())
    tasks.forget()
    report.refresh_from_db()
    assert report.has_expired


def test_a_seller_that_breaks_holds_up_no_other(monkeypatch):
    broken, sound = ListingFactory().seller, ListingFactory().seller
    post = tasks.chain.post

    def poison(due, *words):
        if due.seller == broken:
            raise RuntimeError
        return post(due, *words)

    monkeypatch.setattr(tasks.chain, "post", poison)
    assert tasks.post() == 1
    assert Report.objects.get().seller == sound
    monkeypatch.undo()
    assert tasks.post() == 1


def test_progress_is_never_whole_before_the_end():
    report = asked(ListingFactory().seller)
    assert report.percent == 0
    report.rows_total, report.rows_done = 3, 3
    assert report.percent == 99
    assert made(report).percent == 100


@pytest.mark.usefixtures("at")
def test_a_daily_one_is_not_canceled_and_no_page_offers_it_f1(alice, seller):
    tasks.chain.post_due(NOON)
    daily = Report.objects.get(seller=seller)
    cancel = reverse("reports:cancel", args=[daily.key])
    for page in (reverse("reports:list"), reverse("reports:report", args=[daily.key])):
        assert cancel not in alice.get(page).content.decode()
    assert "A daily report is not canceled" in alice.post(cancel, follow=True).content.decode()
    daily.refresh_from_db()
    assert daily.is_open
