"""A long report is copied on connections beside: the same text, whoever is killed on the way."""

import threading

import pytest

from reports import ahead, files, making, parts
from reports.models import Report
from reports.states import ReportState
from tests.crashes import die, killed_in
from tests.factories import ListingFactory
from tests.helpers import authorised
from tests.reports.steps import asked, text
from tests.reports.test_work import free

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seller(monkeypatch):
    """Nine orders, two of them in each part of a report."""
    monkeypatch.setattr(parts, "ORDERS", 2)
    listing = ListingFactory(on_hand=50)
    for _n in range(9):
        authorised((listing, 1))
    return listing.seller


def made(seller, monkeypatch, long):
    monkeypatch.setattr(ahead, "LONG", long)
    report = asked(seller)
    making.work(report.pk)
    report.refresh_from_db()
    return report


def test_the_text_is_the_same(seller, monkeypatch):
    alone, beside = (made(seller, monkeypatch, long) for long in (ahead.LONG, 0))
    assert (beside.state, beside.rows_done, beside.parts_done) == (ReportState.DONE, 9, 5)
    assert text(beside) == text(alone)


def test_killed_with_parts_copied_ahead_another_worker_ends_with_the_same_text(seller, monkeypatch):
    alone = made(seller, monkeypatch, ahead.LONG)
    monkeypatch.setattr(ahead, "LONG", 0)
    report, append = asked(seller), files.append
    for _death in range(2):
        appended = []

        def dying(name, found, appended=appended):
            length = append(name, found)
            appended.append(name)
            if len(appended) == 3:
                die()
            return length

        with monkeypatch.context() as patch:
            patch.setattr(files, "append", dying)
            killed_in(lambda: making.work(report.pk))
        free(report)
    making.work(report.pk)
    report = Report.objects.get(pk=report.pk)
    assert (report.state, text(report)) == (ReportState.DONE, text(alone))


def test_parts_come_in_their_order_and_the_last_one_ends_it():
    held = threading.Event()

    def copy(place):
        if place == 1:
            held.wait(10)
        if place == 2:
            held.set()
        return (b"%d" % place, 1) if place < 6 else None

    assert [found for found, _rows in ahead.parts(copy, 1, ahead.LONG)] == [b"1", b"2", b"3", b"4", b"5"]


def test_what_breaks_beside_is_raised_where_the_report_is_made():
    def copy(place):
        raise OSError(place)

    with pytest.raises(OSError, match="1"):
        list(ahead.parts(copy, 1, ahead.LONG))
