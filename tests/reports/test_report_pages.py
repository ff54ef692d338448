"""The pages of reports as people see them: asking, progress, the list, the day of a missing order (F2, F4, O22)."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from reports import making
from reports.models import Report, Schedule
from reports.states import ReportKind, ReportState
from tests.factories import NOON, SellerFactory
from tests.helpers import authorised
from tests.messaging.page_steps import queries, text
from tests.reports.steps import asked, cells, made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
LIST, ASK = "/reports/", "/reports/ask/"
DAY = timedelta(days=1)
HTMX = {"HX-Request": "true", "HX-Target": "reports"}


def form(**changes: Any) -> dict[str, Any]:
    content = {"key": str(uuid.uuid4()), "kind": "new_orders", "days": "7", "format": "tsv"}
    return {**content, **changes}


def page_of(report: Report) -> str:
    return reverse("reports:report", args=[report.key])


class TestAsking:
    @pytest.mark.parametrize("days", ["1", "2", "7", "15", "30", "60", "90"])
    def test_each_number_of_days_is_a_report_f2(self, alice, days):
        answer = alice.post(ASK, form(days=days))
        report = Report.objects.get()
        assert answer.url == page_of(report)
        assert (report.days, report.state, report.asked_by.name) == (int(days), "waiting", "Alice")

    def test_free_dates_columns_and_format_are_kept_f2_f4(self, alice):
        dates = {"days": "dates", "first_day": "2026-10-01", "last_day": "2026-10-31"}
        columns = {"columns_new_orders": ["number-of-items"], "columns_unshipped": ["number-of-items"]}
        alice.post(ASK, form(format="xlsx", **dates, **columns))
        report = Report.objects.get()
        assert (str(report.first_day), str(report.last_day)) == ("2026-10-01", "2026-10-31")
        assert (report.format, report.columns) == ("xlsx", ["number-of-items"])

    def test_the_same_form_twice_is_one_report_f4(self, alice):
        sent = form()
        assert alice.post(ASK, sent).url == alice.post(ASK, sent).url
        assert Report.objects.count() == 1

    def test_a_strangers_key_is_refused(self, alice, charlie):
        sent = form()
        charlie.post(ASK, sent)
        assert alice.post(ASK, sent).status_code == 422
        assert Report.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"key": "7"}, "stale"),
            ({"kind": "everything"}, "valid choice"),
            ({"kind": "selection"}, "valid choice"),
            ({"days": "8"}, "valid choice"),
            ({"format": "exe"}, "valid choice"),
            ({"days": "dates"}, "Give the first day and the last one."),
            ({"days": "dates", "first_day": "2026-11-01"}, "Give the first day and the last one."),
            ({"days": "dates", "first_day": "2026-11-09", "last_day": "2026-11-01"}, "comes before"),
            ({"days": "dates", "first_day": "2026-11-01", "last_day": "2026-12-24"}, "still to come"),
            ({"days": "dates", "first_day": "0001-01-01", "last_day": "2026-11-01"}, "no date"),
            ({"days": "dates", "first_day": "2001-01-01", "last_day": "2026-11-01"}, "at most two years"),
            ({"days": "any"}, "choose which"),
            ({"columns_new_orders": ["=cmd"]}, "no such column"),
        ],
    )
    def test_what_makes_no_sense_is_refused_with_the_reason(self, alice, changes, sentence):
        answer = alice.post(ASK, form(**changes))
        assert (answer.status_code, Report.objects.count()) == (422, 0)
        assert sentence in text(answer)

    def test_unshipped_orders_can_be_asked_for_whenever_they_came_f2(self, alice):
        alice.post(ASK, form(kind="unshipped", days="any"))
        assert (Report.objects.get().days, Report.objects.get().first_moment) == (None, None)

    def test_the_form_says_how_much_a_workbook_holds(self, alice):
        assert "at most 1,048,575 rows" in text(alice.get(LIST))


class TestOneReport:
    def test_progress_is_shown_until_it_is_ready_f4(self, alice, seller, listing):
        authorised((listing, 1))
        report = asked(seller, now=NOON)
        Report.objects.filter(pk=report.pk).update(state="running", rows_total=1_200, rows_done=300)
        page = text(alice.get(page_of(report)))
        assert 'value="25"' in page
        assert "300 of 1,200 rows" in page
        assert 'hx-trigger="every 2s"' in page
        assert '<noscript><meta http-equiv="refresh"' in page
        Report.objects.filter(pk=report.pk).update(rows_total=None, rows_done=0)
        made(report)
        page = text(alice.get(page_of(report), headers=HTMX | {"HX-Target": "report"}))
        assert "<html" not in page
        assert "hx-trigger" not in page
        assert reverse("reports:download", args=[report.key]) in page

    def test_cancel_stops_it_and_a_finished_one_stays_f4(self, alice, seller):
        report = asked(seller, now=NOON)
        alice.post(reverse("reports:cancel", args=[report.key]))
        report.refresh_from_db()
        assert report.state == ReportState.CANCELED
        done = made(asked(seller, now=NOON))
        answer = alice.post(reverse("reports:cancel", args=[done.key]), follow=True)
        done.refresh_from_db()
        assert (done.state, "This report is finished." in text(answer)) == (ReportState.DONE, True)

    def test_it_can_be_asked_for_again_once_per_form(self, alice, seller):
        report = made(asked(seller, kind=ReportKind.TAX, now=NOON, format="csv"))
        again, key = reverse("reports:again", args=[report.key]), {"key": str(uuid.uuid4())}
        assert alice.post(again, key).url == alice.post(again, key).url
        new = Report.objects.exclude(pk=report.pk).get()
        assert (new.kind, new.format, new.days) == ("tax", "csv", 7)
        assert alice.post(again, {"key": "x"}).url == page_of(report)

    def test_failed_and_expired_ones_say_so(self, alice, seller):
        report = asked(seller, now=NOON)
        failed = {"state": "failed", "finished_at": NOON, "error": "The disk is full."}
        Report.objects.filter(pk=report.pk).update(state="running")
        Report.objects.filter(pk=report.pk).update(**failed)
        assert "The disk is full." in text(alice.get(page_of(report)))
        done = made(asked(seller, now=NOON))
        Report.objects.filter(pk=done.pk).update(expires_at=NOON)
        assert "no longer kept" in text(alice.get(page_of(done)))


class TestList:
    def test_kinds_and_posted_ones_stand_apart_f1(self, alice, seller):
        daily = making.ask(seller=seller, kind="new_orders", key=uuid.uuid4(), user=None, now=NOON, days=1)
        tax = asked(seller, kind=ReportKind.TAX, now=NOON)
        Report.objects.filter(pk=tax.pk).update(created_at=NOON)
        with_day = Report.objects.create(
            seller=seller,
            kind="new_orders",
            key=uuid.uuid4(),
            source="job",
            created_at=NOON - DAY,
            expires_at=NOON + DAY,
            daily_for=NOON.date(),
        )

        def listed(query: str) -> set[str]:
            return {row.url for row in alice.get(LIST + query).context["rows"]}

        assert listed("") == {page_of(daily), page_of(tax), page_of(with_day)}
        assert listed("?posted=daily") == {page_of(with_day)}
        assert listed("?posted=asked&kind=tax") == {page_of(tax)}
        assert listed("?kind=nonsense&before=x&posted=%00") == listed("")

    def test_pages_by_key_and_the_same_queries_for_many(self, alice, seller):
        asked(seller, now=NOON)
        few = queries(alice, LIST)
        Report.objects.bulk_create(
            Report(
                seller=seller,
                kind="tax",
                key=uuid.uuid4(),
                source="page",
                created_at=NOON - n * DAY,
                expires_at=NOON,
            )
            for n in range(30)
        )
        assert queries(alice, LIST) <= few <= 12
        first = alice.get(LIST).context
        second = alice.get(first["pager"]["next_url"]).context
        assert (len(first["rows"]), len(second["rows"])) == (25, 6)
        assert not {row.url for row in first["rows"]} & {row.url for row in second["rows"]}

    def test_it_asks_how_far_they_are_only_while_one_is_made(self, alice, seller):
        report = asked(seller, now=NOON)
        assert 'hx-trigger="every 3s"' in text(alice.get(LIST, headers=HTMX))
        made(report)
        assert "hx-trigger" not in text(alice.get(LIST, headers=HTMX))

    def test_without_reports_it_says_how_to_get_one(self, alice):
        assert "No report yet" in text(alice.get(LIST))
        assert "No such report" in text(alice.get(f"{LIST}?kind=tax"))

    def test_a_stranger_sees_none_of_it(self, charlie, seller):
        asked(seller, now=NOON)
        assert charlie.get(LIST).context["rows"] == []


class TestSchedule:
    def test_it_is_saved_and_shown_f1(self, alice, seller):
        sent = {"hour": "14", "format": "csv", "columns_new_orders": ["number-of-items"]}
        alice.post(reverse("reports:schedule"), {**sent, "is_on": "on"})
        kept = Schedule.objects.get(seller=seller)
        assert (kept.is_on, kept.hour, kept.format, kept.columns) == (True, 14, "csv", ["number-of-items"])
        assert "from 14:00 on (America/New_York), as CSV" in text(alice.get(LIST))
        alice.post(reverse("reports:schedule"), sent)
        assert not Schedule.objects.get(seller=seller).is_on
        assert "No report is posted by itself." in text(alice.get(LIST))

    @pytest.mark.parametrize(
        "changes", [{"hour": "24"}, {"hour": "x"}, {"format": "pdf"}, {"columns_new_orders": ["x"]}]
    )
    def test_nonsense_is_refused(self, alice, changes):
        answer = alice.post(reverse("reports:schedule"), {"hour": "1", "format": "csv", **changes})
        assert (answer.status_code, Schedule.objects.count()) == (422, 0)


class TestSelection:
    def test_a_list_as_a_file_holds_exactly_its_orders_o19_f4(self, alice, seller, listing):
        orders = [authorised((listing, 1), now=NOON - n * DAY) for n in range(3)]
        authorised((listing, 1), now=NOON - 9 * DAY)
        query = "tab=unshipped&from=2026-11-18&to=2026-11-20"
        answer = alice.post(reverse("reports:selection"), {"query": query, "format": "tsv", "all": "1"})
        report = Report.objects.get()
        assert answer.url == page_of(report)
        found = {row["amazon-order-id"] for row in cells(made(report))}
        assert found == {order.number for order in orders}

    def test_picked_rows_and_never_anothers_o19(self, alice, seller, listing):
        mine, other = authorised((listing, 1)), authorised((listing, 1))
        foreign = authorised(
            (
                type(listing).objects.create(
                    seller=SellerFactory(marketplace=seller.marketplace),
                    sku="X",
                    title="X",
                    price=1,
                    currency="USD",
                    on_hand=9,
                ),
                1,
            )
        )
        sent = {
            "order": [mine.number, foreign.number, "x' OR 1=1"],
            "format": "csv",
            "query": "tab=unshipped",
            "key": str(uuid.uuid4()),
        }
        alice.post(reverse("reports:selection"), sent)
        alice.post(reverse("reports:selection"), sent)
        report = made(Report.objects.get())
        with report.file.open() as file:
            found = file.read().decode()
        assert mine.number in found
        assert other.number not in found
        assert foreign.number not in found

    @pytest.mark.parametrize(
        "sent", [{"format": "pdf", "query": ""}, {"format": "tsv"}, {"format": "tsv", "order": "x"}, {}]
    )
    def test_nothing_to_export_says_so(self, alice, sent):
        answer = alice.post(reverse("reports:selection"), sent)
        assert (answer.status_code, answer.url.startswith("/orders/"), Report.objects.count()) == (
            302,
            True,
            0,
        )


class TestMissingOrder:
    def test_the_day_leads_to_its_report_o22(self, alice):
        page = text(alice.get("/orders/missing/", {"q": "113", "day": "2026-11-20"}))
        assert 'href="/reports/?from=2026-11-20&amp;to=2026-11-20"' in page
        answer = alice.get(LIST, {"from": "2026-11-20", "to": "2026-11-20"})
        filled = answer.context["form"].initial
        assert (filled["kind"], filled["days"], str(filled["first_day"])) == (
            "all_by_order_date",
            "dates",
            "2026-11-20",
        )
        assert "No daily report of that time is here." in text(answer)
        assert 'href="/orders/missing/"' in text(answer)

    def test_the_daily_reports_of_the_day_stand_there_o22(self, alice, seller):
        for n in range(3):
            Report.objects.create(
                seller=seller,
                kind="new_orders",
                key=uuid.uuid4(),
                source="job",
                created_at=NOON + n * DAY,
                expires_at=NOON + 90 * DAY,
                daily_for=NOON.date() + n * DAY,
            )
        answer = alice.get(LIST, {"from": "2026-11-20", "to": "2026-11-20"})
        assert len(answer.context["day_rows"]) == 2

    def test_who_may_not_see_reports_is_not_led_there_o22(self, bob):
        assert "/reports/?from" not in text(bob.get("/orders/missing/", {"q": "113", "day": "2026-11-20"}))
