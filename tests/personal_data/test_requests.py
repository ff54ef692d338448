"""One buyer's data, handed out or deleted as they asked (D3), and kept longer where the law wants it."""

import json
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from orders.models import Order, OrderEvent
from orders.states import EventKind
from tests.factories import ListingFactory, UserFactory
from tests.helpers import authorised
from tests.personal_data import planted
from tests.personal_data.steps import LONG_AGO, shipped_long_ago

pytestmark = pytest.mark.django_db
ELSEWHERE = {
    *(
        "search words of a view",
        "filter of a report",
        "file of a report",
        "file of a feed",
        "remark on a feed",
    ),
    *("session", "support case"),
}
"""Not one order's: they go by clocks of their own, within 30 days."""


def run(name, *args, **options):
    """Return the exit code and what was printed."""
    out, code = StringIO(), 0
    try:
        call_command(name, *args, stdout=out, **options)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


@pytest.fixture
def order(tmp_path):
    order = planted.plant(tmp_path / "files")
    Order.objects.filter(pk=order.pk).update(personal_data_expires_at="2999-01-01T00:00Z")
    return order


class TestErasure:
    def test_everything_of_the_order_goes_before_its_time(self, order, tmp_path):
        assert run("erase_buyer", email="NEEDLEMAIL@example.org") == (0, f"Erased: {order.number}\n")
        assert planted.found(tmp_path / "files") == ELSEWHERE
        assert OrderEvent.objects.filter(order=order).last().kind == EventKind.DATA_DELETED
        with pytest.raises(CommandError, match="no such order"):
            run("erase_buyer", email="needlemail@example.org")
        code, said = run("erase_buyer", order=order.number)
        assert (code, "was deleted on" in said) == (1, True)

    def test_dry_run_says_what_would_go_and_changes_nothing(self, order, tmp_path):
        before = planted._dump()
        assert run("erase_buyer", order=order.number, dry_run=True) == (0, f"To be erased: {order.number}\n")
        assert planted._dump() == before

    def test_open_orders_and_kept_ones_stay_and_the_others_go(self):
        unsent, held, done = (
            authorised((ListingFactory(), 1), now=LONG_AGO),
            shipped_long_ago(),
            shipped_long_ago(),
        )
        staff = UserFactory(is_staff=True)
        run("keep_personal_data", held.number, reason="Tax audit", person=staff.email)
        code, said = run("erase_buyer", email="ada@example.org", json=True)
        told = json.loads(said)
        assert (code, told["erased"], set(told["left"])) == (1, [done.number], {unsent.number, held.number})
        assert "Tax audit" in told["left"][held.number]
        assert set(Order.objects.exclude(buyer_name="")) == {unsent, held}

    def test_another_buyers_orders_are_left_alone(self, order):
        other = shipped_long_ago()
        run("erase_buyer", email="needlemail@example.org")
        other.refresh_from_db()
        assert (other.buyer_name, other.personal_data_deleted_at) == ("Ada Buyer", None)


class TestExport:
    def test_it_holds_all_that_is_declared_of_the_buyer(self, order, tmp_path):
        shipped_long_ago()
        path = tmp_path / "out.zip"
        assert run("export_buyer_data", order=order.number, output=path) == (0, f"{path}: 1 orders.\n")
        assert path.stat().st_mode & 0o777 == 0o600
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            content = "\n".join(archive.read(name).decode() for name in names)
            (told,) = json.loads(archive.read("data.json"))
        assert {place for place, needle in planted.NEEDLES.items() if needle not in content} == ELSEWHERE
        assert (told["number"], "Ada Buyer" in content) == (order.number, False)
        assert [name for name in names if name.startswith("files/")] == [
            told["messaging.Attachment"][0]["file"]
        ]

    def test_it_never_writes_over_a_file(self, order, tmp_path):
        path = tmp_path / "out.zip"
        path.write_text("mine")
        with pytest.raises(CommandError, match="can't be written"):
            run("export_buyer_data", order=order.number, output=path)
        assert path.read_text() == "mine"


class TestKeeping:
    def test_staff_keep_one_order_longer_and_end_that(self):
        order, staff = shipped_long_ago(), UserFactory(is_staff=True)
        run("keep_personal_data", order.number, reason="Tax audit 2026", person=staff.email)
        order.refresh_from_db()
        assert (order.personal_data_hold_reason, order.personal_data_held_by) == ("Tax audit 2026", staff)
        run("keep_personal_data", order.number, release=True, person=staff.email)
        order.refresh_from_db()
        assert (order.personal_data_hold_reason, order.personal_data_held_at) == ("", None)

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"order": "000-0000000-0000000"}, "no such order"),
            ({"person": "nobody@example.com"}, "no such member"),
            ({"reason": " "}, "Give the reason"),
            ({"reason": "x" * 201}, "at most 200"),
        ],
    )
    def test_odd_input_changes_nothing(self, changes, says):
        order, staff = shipped_long_ago(), UserFactory(is_staff=True)
        asked = {"person": staff.email, "reason": "Taxes", **changes}
        number = asked.pop("order", order.number)
        with pytest.raises(CommandError, match=says):
            run("keep_personal_data", number, **asked)
        order.refresh_from_db()
        assert order.personal_data_hold_reason == ""
