"""`manage.py process_feed` does a file without Celery, says what it did, and ends with a code (F5)."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from orders.states import OrderStatus
from reports.feeds.files import report
from reports.feeds.models import Feed
from tests.factories import MembershipFactory
from tests.reports.feeds.feed_steps import UNKNOWN, member_with, parcel, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def run(path, member, *options):
    """Its output and its exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("process_feed", path, "--seller", member.seller.slug, *options, stdout=out)
    except SystemExit as end:
        code = end.code
    return out.getvalue(), code


@pytest.fixture
def two_orders():
    return member_with(2, orders=2)


def written(tmp_path, *rows, name="ship.txt"):
    path = tmp_path / name
    path.write_text(text("ship", *rows))
    return path


class TestRows:
    def test_done_by_the_member_that_is_named(self, two_orders, tmp_path):
        member, orders = two_orders
        path = written(tmp_path, *[parcel(each) for each in orders])
        out, code = run(path, member, "--as", member.user.email.upper())
        assert (code, Feed.objects.get().actor) == (0, member.user)
        assert out == "2 of 2 rows done, 0 refused (ship.txt, Shipping confirmation, read as utf-8).\n"
        assert orders[0].packages.get().requested_by == member.user

    def test_a_refused_row_is_named_and_the_code_is_1(self, two_orders, tmp_path):
        member, (order, _other) = two_orders
        target = tmp_path / "report.xml"
        path = written(tmp_path, parcel(order), parcel(UNKNOWN))
        out, code = run(path, member, "--report", target)
        assert code == 1
        assert f"Row 2 ({UNKNOWN}): Error 70701" in out
        found = report.read(target)
        assert (found.totals.processed, found.totals.successful) == (2, 1)
        assert [(each.number, each.code, each.order_id) for each in found.entries] == [(2, "70701", UNKNOWN)]

    def test_for_machines(self, two_orders, tmp_path):
        member, (order, _other) = two_orders
        out, code = run(written(tmp_path, parcel(order), parcel(UNKNOWN)), member, "--json")
        told = json.loads(out)
        assert (code, told["state"], told["done"], told["refused"]) == (1, "done", 1, 1)
        assert told["problems"][0] | {"sentence": ""} == {
            "row": 2,
            "about": UNKNOWN,
            "code": "70701",
            "type": "Error",
            "sentence": "",
        }

    def test_a_dry_run_changes_nothing(self, two_orders, tmp_path):
        member, (order, _other) = two_orders
        out, code = run(written(tmp_path, parcel(order)), member, "--dry-run")
        order.refresh_from_db()
        assert (code, order.status) == (0, OrderStatus.UNSHIPPED)
        assert out.startswith("Nothing was changed; it would be: 1 of 1 rows done")


class TestFiles:
    def test_the_same_again_and_no_feed_at_all_end_with_2(self, two_orders, tmp_path):
        member, (order, _other) = two_orders
        run(written(tmp_path, parcel(order)), member)
        with pytest.raises(CommandError, match="processed before") as error:
            run(written(tmp_path, parcel(order), name="again.txt"), member)
        assert error.value.returncode == 2
        for content in (b"", b"PK\x03\x04", b"nothing"):
            (tmp_path / "odd.txt").write_bytes(content)
            with pytest.raises(CommandError, match="Nothing was changed") as error:
                run(tmp_path / "odd.txt", member)
            assert error.value.returncode == 2
        with pytest.raises(CommandError):
            run(tmp_path / "missing.txt", member)

    def test_who_may_not_is_refused(self, two_orders, tmp_path):
        member, (order, _other) = two_orders
        path = written(tmp_path, parcel(order))
        reader = MembershipFactory(seller=member.seller, rights=["view"]).user
        with pytest.raises(CommandError, match="right"):
            run(path, member, "--as", reader.email)
        with pytest.raises(CommandError, match="no member"):
            run(path, member, "--as", MembershipFactory().user.email)
        with pytest.raises(CommandError, match="no seller"):
            call_command("process_feed", path, "--seller", "nobody")
