"""Making a report: killed, canceled, broken or out of time, its text is the same or there is none (F4, J6)."""

import itertools
import uuid
from types import SimpleNamespace

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from accounts import clock
from accounts.models import Plan
from accounts.personal_data_register import KEPT
from notifications.models import InboxItem, Recipient
from notifications.states import Kind
from orders.refusals import Refused
from reports import copying, documents, files, forgetting, making, parts, spreadsheet, work
from reports.models import Report, ReportPart
from reports.states import Format, ReportKind, ReportState
from tests.crashes import die, killed_in
from tests.factories import NOON, ListingFactory, MembershipFactory, SellerFactory
from tests.helpers import authorised
from tests.reports.steps import asked, cells, made, numbers, text

S = ReportState


@pytest.fixture
def seller(monkeypatch):
    """Seven orders, two of them in each part of a report."""
    monkeypatch.setattr(parts, "ORDERS", 2)
    listing = ListingFactory(on_hand=50)
    for _n in range(7):
        authorised((listing, 1))
    return listing.seller


def free(report: Report) -> None:
    """Time passes: nobody holds it any more."""
    Report.objects.filter(pk=report.pk).update(claimed_until=clock.now())


def in_folder() -> list[str]:
    return sorted(str(each.name) for each in files.path(files.FOLDER).glob("*/*"))


@pytest.mark.django_db(transaction=True)
class TestKilled:
    def kill_at(self, monkeypatch, report, part, when):
        """A worker that dies at a part: before its rows are read, or once they are in the draft and on no record."""
        rows, append, seen = copying.rows, files.append, []

        def counted(*words):
            seen.append(0)
            if len(seen) == part and when == "before":
                die()
            return rows(*words)

        def added(name, found):
            length = append(name, found)
            if len(seen) == part and when == "after":
                die()
            return length

        with monkeypatch.context() as patch:
            patch.setattr(copying, "rows", counted)
            patch.setattr(files, "append", added)
            killed_in(lambda: making.work(report.pk))
        free(report)

    def killed_three_times(self, monkeypatch, seller, form):
        report = asked(seller, format=form)
        self.kill_at(monkeypatch, report, 2, "after")
        self.kill_at(monkeypatch, report, 1, "before")
        self.kill_at(monkeypatch, report, 2, "after")
        report.refresh_from_db()
        assert (report.state, report.parts_done, report.rows_done, report.rows_total) == (S.RUNNING, 2, 4, 7)
        return made(report)

    @pytest.mark.parametrize("form", [Format.TSV, Format.CSV])
    def test_f4_killed_three_times_the_text_is_as_if_never_killed(self, monkeypatch, seller, form):
        whole = made(asked(seller, format=form))
        report = self.killed_three_times(monkeypatch, seller, form)
        assert report.state == S.DONE
        assert text(report) == text(whole)
        assert (report.rows_done, report.bytes) == (7, whole.bytes)
        forgetting.sweep_up(clock.now() + 2 * forgetting.UNCLAIMED)
        assert in_folder() == sorted(each.file.name.rpartition("/")[2] for each in (whole, report))
        assert not ReportPart.objects.exists()

    def test_the_twin_that_keeps_what_is_beyond_the_offset_goes_wrong(self, monkeypatch, seller):
        whole, begin = made(asked(seller)), files.begin

        def begin_with_all(name, before, offset):
            is_whole = begin(name, before, offset)
            if before and is_whole:
                files.path(name).write_bytes(files.path(before).read_bytes())
            return is_whole

        monkeypatch.setattr(files, "begin", begin_with_all)
        report = self.killed_three_times(monkeypatch, seller, Format.TSV)
        assert report.state == S.DONE
        assert text(report) != text(whole)

    def test_a_draft_that_is_gone_is_begun_anew(self, monkeypatch, seller):
        report = asked(seller)
        self.kill_at(monkeypatch, report, 3, "after")
        for name in in_folder():
            (files.path(files.FOLDER) / str(seller.pk) / name).unlink()
        assert numbers(made(report)) == numbers(made(asked(seller)))

    def test_j6_one_that_kills_every_worker_is_given_up_and_others_go_on(self, monkeypatch, seller):
        poison, sound = asked(seller, columns=["cpf"]), asked(seller)
        rows = copying.rows
        monkeypatch.setattr(
            copying,
            "rows",
            lambda kind, columns, *more: die() if len(columns) > 30 else rows(kind, columns, *more),
        )
        for _n in range(work.FAULTS):
            killed_in(work.sweep)
            free(poison)
        assert work.sweep() >= 1
        poison.refresh_from_db()
        sound.refresh_from_db()
        assert (poison.state, sound.state) == (S.FAILED, S.DONE)
        assert "five times" in poison.error


@pytest.mark.django_db(transaction=True)
class TestCanceled:
    def test_canceled_between_two_parts_it_stops_and_leaves_nothing(self, monkeypatch, seller):
        report, orders_of = asked(seller), parts.orders_of

        def canceled(found, place):
            if place == 3:
                assert len(in_folder()) == 1
                making.cancel(report, NOON)
            return orders_of(found, place) or [1]

        monkeypatch.setattr(parts, "orders_of", canceled)
        assert made(report).state == S.CANCELED
        assert (in_folder(), report.file.name, report.rows_done) == ([], "", 4)
        with pytest.raises(Refused):
            making.cancel(report, NOON)
        assert made(report).state == S.CANCELED


@pytest.mark.django_db
class TestEnds:
    def test_out_of_time_the_next_task_goes_on(self, monkeypatch, seller):
        whole, report = made(asked(seller)), asked(seller)
        tasks = []
        monkeypatch.setattr(work, "nudge", lambda *words: tasks.append(words))
        ticks = itertools.count()
        monkeypatch.setattr(work, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
        while report.state != S.DONE:
            work.work(report.pk, seconds=2.5)
            report.refresh_from_db()
            assert report.faults <= 1
        assert text(report) == text(whole)
        assert tasks
        assert set(tasks) == {(work.WORK, report.pk)}

    def test_j6_what_breaks_is_tried_five_times_and_then_says_so(self, monkeypatch, seller):
        report, tries = asked(seller), []

        def broken(*words):
            tries.append(1)
            raise RuntimeError

        monkeypatch.setattr(copying, "rows", broken)
        for _n in range(8):
            made(report)
            free(report) if report.is_open else None
        assert len(tries) == work.FAULTS
        assert (report.state, bool(report.error)) == (S.FAILED, True)

    @pytest.mark.parametrize("form", [Format.XLSX, Format.PDF])
    def test_j6_what_takes_longer_than_its_time_is_not_begun_for_ever(self, monkeypatch, seller, form):
        report, tries = asked(seller, format=form), []

        def slow(*_words):
            tries.append(1)
            raise SoftTimeLimitExceeded

        monkeypatch.setattr(spreadsheet, "write", slow)
        monkeypatch.setattr(documents, "pdf", slow)
        for _n in range(8):
            made(report)
            free(report) if report.is_open else None
        assert (report.state, work.FAULTS <= len(tries) <= work.FAULTS + 1) == (S.FAILED, True)
        assert in_folder() == []

    def test_a_workbook_is_not_begun_with_too_little_time_left(self, seller):
        report = asked(seller, format=Format.XLSX)
        work.work(report.pk, seconds=work.WHOLE_SECONDS - 1)
        report.refresh_from_db()
        assert (report.state, report.rows_done, report.faults) == (S.RUNNING, 7, 0)
        assert made(report).state == S.DONE

    def test_a_full_disk_is_not_made_fuller(self, monkeypatch, seller):
        monkeypatch.setattr(documents, "pdf", lambda *_words: b"%PDF-")
        book, picture = asked(seller, format=Format.XLSX), asked(seller, format=Format.PDF)
        broken = (files, "begin"), (files, "finish"), (spreadsheet, "write"), (files, "begin")
        for module, name in broken:
            whole = getattr(module, name)

            def full(*words, whole=whole):
                whole(*words)
                raise OSError(28, "No space left on device")

            with monkeypatch.context() as patch:
                patch.setattr(module, name, full)
                made(book)
                if module == files:
                    made(picture)
                free(book), free(picture)
            # The draft that is on record, and nothing of the picture.
            assert in_folder() == ([files.path(book.file.name).name] if book.file else [])
        assert (made(book).state, made(picture).state, len(in_folder())) == (S.DONE, S.DONE, 2)

    def test_who_wants_to_know_is_told_once_it_is_ready(self, seller):
        MembershipFactory(seller=seller)
        authorised((ListingFactory(seller=seller), 1))
        made(asked(seller))
        assert not InboxItem.objects.filter(kind=Kind.REPORT_READY).exists()
        Recipient.objects.update(kinds=[Kind.REPORT_READY])
        report = made(asked(seller))
        assert InboxItem.objects.filter(kind=Kind.REPORT_READY).count() == 1
        assert InboxItem.objects.get(kind=Kind.REPORT_READY).key.startswith(f"report:{report.key}:")

    def test_f4_files_are_kept_for_90_days_and_their_rows_for_good(self, seller):
        now = clock.now()
        old, new = made(asked(seller)), made(asked(seller))
        Report.objects.filter(pk=old.pk).update(expires_at=now)
        assert (old.expires_at - old.created_at, forgetting.forget(now), forgetting.forget(now)) == (
            KEPT,
            1,
            0,
        )
        old.refresh_from_db()
        assert old.has_expired
        assert in_folder() == [new.file.name.rpartition("/")[2]]
        files.append(f"{files.FOLDER}/{seller.pk}/left.tsv.draft", b"x")
        assert forgetting.sweep_up(now) == 0
        assert forgetting.sweep_up(now + 2 * forgetting.UNCLAIMED) == 1
        assert len(in_folder()) == 1

    def test_f4_a_workbook_of_the_same_rows_and_one_too_long_says_why(self, seller, monkeypatch):
        assert made(asked(seller, format=Format.XLSX)).bytes > 1000
        monkeypatch.setattr(spreadsheet, "MOST_ROWS", 3)
        report = made(asked(seller, format=Format.XLSX))
        assert (report.state, "at most 3 rows" in report.error) == (S.FAILED, True)
        assert len(in_folder()) == 1

    def test_f4_a_summary_in_pictures(self, seller):
        report = made(asked(seller, format=Format.PDF))
        with report.file.open("rb") as file:
            assert file.read(5) == b"%PDF-"


@pytest.mark.django_db
class TestAsking:
    def test_exactly_the_orders_of_a_list(self, seller):
        picked = list(seller.orders.order_by("pk")[:5:2])
        stranger = authorised((ListingFactory(), 1))
        chosen = stranger.__class__.objects.filter(pk__in=[each.pk for each in [*picked, stranger]])
        words = {"seller": seller, "format": Format.TSV, "key": uuid.uuid4(), "user": None, "now": NOON}
        report = making.ask_for_orders(chosen, **words)
        assert making.ask_for_orders(seller.orders.all(), **words) == report
        assert [row["amazon-order-id"] for row in cells(made(report))] == [each.number for each in picked]
        with pytest.raises(Refused, match="pictures"):
            making.ask_for_orders(chosen, **{**words, "format": Format.PDF, "key": uuid.uuid4()})

    def test_f3_and_other_refusals(self, seller, monkeypatch):
        words = {"seller": seller, "kind": ReportKind.NEW_ORDERS, "user": None, "now": NOON}
        first = making.ask(**words, days=1, key=uuid.uuid4())
        assert making.ask(**words, days=1, key=first.key) == first
        one_day = {"first_day": NOON.date(), "last_day": NOON.date()}
        assert making.ask(**words, **one_day, key=uuid.uuid4()).first_day == NOON.date()
        for wrong in (
            {},
            {"days": 3},
            {"first_day": NOON.date()},
            {**one_day, "last_day": NOON.date().replace(day=1)},
        ):
            with pytest.raises(Refused):
                making.ask(**words, **wrong, key=uuid.uuid4())
        with pytest.raises(Refused, match="used before"):
            making.ask(**{**words, "seller": SellerFactory()}, days=1, key=first.key)
        for other in ({"kind": ReportKind.TAX}, {"format": Format.CSV}, {"days": 2}, {"columns": ["cpf"]}):
            with pytest.raises(Refused, match="used before"):
                making.ask(**{**words, "days": 1, **other}, key=first.key)
        with pytest.raises(Refused, match="professional"):
            making.ask(**{**words, "seller": SellerFactory(plan=Plan.INDIVIDUAL)}, days=1, key=uuid.uuid4())
        monkeypatch.setattr(making, "OPEN_AT_MOST", 2)
        with pytest.raises(Refused, match="already"):
            making.ask(**words, days=1, key=uuid.uuid4())
        assert making.ask_again(first, key=first.key, user=None, now=NOON) == first
