"""`manage.py import_orders`: every order all or nothing, every refusal named, the same file twice adds nothing."""

import json
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from accounts.models import SalesChannel
from inventory.models import Listing, StockMovement
from orders import lifecycle
from orders.entry import imports, intake
from orders.models import Order, OrderEvent, OrderItem
from orders.states import CancelReason, OrderStatus
from payments.models import Payment, ProviderCall
from tests.factories import NOON, ChannelFactory, ListingFactory, SellerFactory
from tests.helpers import SYSTEM
from tests.orders import reports
from tests.orders.reports import row
from tests.orders.test_import_broken import BROKEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing() -> Listing:
    return ListingFactory(sku="CABLE-2M", seller__slug="north", on_hand=1000)


@pytest.fixture
def channel(listing: Listing) -> SalesChannel:
    return ChannelFactory(slug="web", marketplace=listing.seller.marketplace)


@pytest.fixture
def path(tmp_path: Path, channel: SalesChannel) -> Path:
    return tmp_path / "report.txt"


class Ran:
    """What a run printed, and how it ended."""

    def __init__(self, path: Path, **options: Any) -> None:
        out, err, self.code = StringIO(), StringIO(), 0
        parties = {"seller": "north", "channel": "web"}
        try:
            call_command("import_orders", str(path), stdout=out, stderr=err, **{**parties, **options})
        except SystemExit as end:
            self.code = end.code
        self.lines, self.progress = out.getvalue().splitlines(), err.getvalue()


def everything() -> tuple[Any, ...]:
    """All that a refusal must leave alone."""
    tables = (Order, OrderItem, OrderEvent, Payment, ProviderCall, StockMovement, Listing)
    return tuple(list(table.objects.order_by("pk").values()) for table in tables)


def test_a_report_becomes_pending_orders(path: Path, listing: Listing) -> None:
    rows = [row(1, 1), row(2, 1, quantity_purchased="3", item_price="30.00"), row(1, 2)]
    ran = Ran(reports.write(path, rows))
    assert (ran.code, ran.lines) == (
        0,
        ["2 orders placed, 0 already there, 0 refused (report.txt, read as utf-8)."],
    )
    assert ran.progress.startswith("2 of 2 orders, ")
    first, second = Order.objects.order_by("number")
    assert (first.number, first.reference, first.status) == (
        "701-0000001-7654321",
        "701-0000001-7654321",
        OrderStatus.PENDING,
    )
    assert (first.total, second.total, first.items.count()) == (2 * 2700, 3700, 2)
    assert f"{first.placed_at:%Y-%m-%d %H:%M:%S}" == "2026-11-19 16:34:47"
    assert (first.events.get().source, first.payment.token) == ("import", "tok_approve")
    listing.refresh_from_db()
    assert listing.reserved == 7


def test_the_same_file_again_adds_nothing(path: Path) -> None:
    reports.write(path, [row(1), row(2)])
    Ran(path)
    lifecycle.cancel(Order.objects.first(), reason=CancelReason.GENERAL_ADJUSTMENT, actor=SYSTEM, now=NOON)
    before = everything()
    ran = Ran(path)
    assert (ran.code, ran.lines[0][:50]) == (0, "0 orders placed, 2 already there, 0 refused (repor")
    assert everything() == before


def test_another_report_of_the_same_orders_adds_nothing_either(path: Path) -> None:
    """The reports of new and of unshipped orders overlap: that must not ship anything twice."""
    Ran(reports.write(path, [row(1), row(2)]))
    before = everything()
    partly = row(1) | {"quantity-shipped": "1", "quantity-to-ship": "1"}
    ran = Ran(reports.write(path, [partly, row(2), row(3, sku="NONE")], reports.UNSHIPPED))
    assert (ran.code, ran.lines[-1][:50]) == (1, "0 orders placed, 2 already there, 1 refused (repor")
    assert everything() == before


def test_o6_more_items_under_the_same_number_are_refused(path: Path) -> None:
    Ran(reports.write(path, [row(1)]))
    before = everything()
    ran = Ran(reports.write(path, [row(1), row(1, 2)]))
    assert ran.code == 1
    assert ran.lines[0].startswith(
        "Lines 2, 3 (order 701-0000001-7654321): Order 701-0000001-7654321 is already"
    )
    assert "separate order" in ran.lines[0]
    assert everything() == before


def test_each_order_is_taken_or_refused_by_itself_and_named_by_line(path: Path, listing: Listing) -> None:
    ListingFactory(sku="LAST", seller=listing.seller, on_hand=1)
    rows = [
        row(1),
        row(2, sku="NONE"),
        row(3, 1),
        row(3, 2, sku="LAST", quantity_purchased="2"),
        row(4, sku="LAST", quantity_purchased="1"),
        row(5, sku="LAST", quantity_purchased="1"),
        row(6, quantity_purchased="0"),
        row(7, ship_postal_code="2139"),
        row(8, order_item_id=row(1)["order-item-id"]),
        row(9),
    ]
    ran = Ran(reports.write(path, rows))
    assert ran.code == 1
    assert [line.split(":")[0] for line in ran.lines[:-1]] == [
        "Line 3 (order 701-0000002-7654321)",
        "Lines 4, 5 (order 701-0000003-7654321)",
        "Line 7 (order 701-0000005-7654321)",
        "Line 8 (order 701-0000006-7654321)",
        "Line 9 (order 701-0000007-7654321)",
        "Line 10 (order 701-0000008-7654321)",
    ]
    assert ran.lines[-1].startswith("3 orders placed, 0 already there, 6 refused")
    assert sorted(Order.objects.values_list("number", flat=True)) == [
        f"701-{n:07d}-7654321" for n in (1, 4, 9)
    ]
    reserved = dict(Listing.objects.values_list("sku", "reserved"))
    assert reserved == {"CABLE-2M": 4, "LAST": 1}


@pytest.mark.parametrize(
    ("count", "units", "limit", "figure"), [(51, 1, 50, 51), (2, 501, 1000, 1002), (1, 1000, 999, 1000)]
)
def test_o5_carts_over_the_limits(
    path: Path, listing: Listing, count: int, units: int, limit: int, figure: int
) -> None:
    for n in range(count):
        ListingFactory(sku=f"S{n}", seller=listing.seller, on_hand=1000)
    before = everything()
    rows = [row(1, n, sku=f"S{n}", quantity_purchased=str(units), item_price="999.00") for n in range(count)]
    reports.write(path, rows)
    (problem,) = json.loads(Ran(path, json=True).lines[0])["problems"]
    assert (problem["rule"], len(problem["lines"])) == ("O5", count)
    assert str(limit) in problem["message"]
    assert str(figure) in problem["message"]
    assert everything() == before


def test_the_number_of_an_order_of_another_channel(path: Path, listing: Listing) -> None:
    reports.write(path, [row(1)])
    Ran(path)
    ChannelFactory(slug="shop", marketplace=listing.seller.marketplace)
    before = everything()
    ran = Ran(path, channel="shop")
    assert (ran.code, "belongs to another order" in ran.lines[0]) == (1, True)
    assert everything() == before


def test_for_machines(path: Path) -> None:
    ran = Ran(reports.write(path, [row(1), row(2, sku="NONE"), row(3, item_price="")]), json=True)
    assert json.loads(ran.lines[0]) == {
        "encoding": "utf-8",
        "dry_run": False,
        "placed": 1,
        "already_there": 0,
        "refused": 2,
        "problems": [
            {
                "lines": [3],
                "rule": "sku",
                "message": "NONE is not on offer by this seller.",
                "field": "items",
                "limit": None,
                "figure": None,
            },
            {
                "lines": [4],
                "rule": "row",
                "message": "item-price: The price is missing.",
                "field": "item-price",
                "limit": None,
                "figure": None,
            },
        ],
        "remarks": [],
    }


class TestDryRun:
    def test_it_says_what_would_happen_and_changes_nothing(self, path: Path) -> None:
        reports.write(path, [row(1), row(2, sku="NONE")])
        before = everything()
        ran = Ran(path, dry_run=True)
        assert (ran.code, ran.lines[-1][:60]) == (
            1,
            "Nothing was changed; it would be: 1 orders placed, 0 already",
        )
        assert everything() == before

    @pytest.mark.parametrize("batch", [1, 2, 200])
    def test_it_agrees_with_the_run_on_stock_across_batches(
        self, path: Path, listing: Listing, monkeypatch: pytest.MonkeyPatch, batch: int
    ) -> None:
        monkeypatch.setattr(imports, "BATCH", batch)
        Listing.objects.update(on_hand=5)
        reports.write(path, [row(n) for n in range(4)])
        foretold = json.loads(Ran(path, dry_run=True, json=True).lines[0])
        done = json.loads(Ran(path, json=True).lines[0])
        assert foretold | {"dry_run": False} == done
        assert (done["placed"], done["refused"]) == (2, 2)


class TestOnlyTheFileChangesNothing:
    @pytest.mark.parametrize("broken", BROKEN)
    def test_a_broken_file(self, path: Path, broken: str) -> None:
        before = everything()
        BROKEN[broken](path)
        with pytest.raises(CommandError, match=r"report\.txt: .*Nothing was changed\."):
            Ran(path)
        assert everything() == before

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ({"seller": "nobody"}, "no seller"),
            ({"channel": "nowhere"}, "no sales channel"),
            ({"channel": "abroad"}, "does not sell on"),
            ({"encoding": "klingon"}, "not a known encoding"),
        ],
    )
    def test_wrong_options(self, path: Path, options: dict[str, str], sentence: str) -> None:
        ChannelFactory(slug="abroad")
        before = everything()
        with pytest.raises(CommandError, match=sentence):
            Ran(reports.write(path, [row()]), **options)
        assert everything() == before

    def test_stripe_needs_a_token(self, path: Path, settings: Any) -> None:
        settings.PAYMENT_PROVIDER = "stripe"
        reports.write(path, [row()])
        with pytest.raises(CommandError, match="--payment-token"):
            Ran(path)
        assert Ran(path, payment_token="pm_card_visa").code == 0
        assert Payment.objects.get().token == "pm_card_visa"


@pytest.mark.parametrize("error", [OperationalError("the connection was closed"), KeyboardInterrupt()])
def test_a_run_that_was_stopped_says_how_far_it_came_and_is_finished_by_the_next(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    reports.write(path, [row(n) for n in range(5)])
    rounds: Iterator[int] = iter(range(10))

    def place(*args: Any, **named: Any) -> Any:
        if next(rounds) == 1:
            raise error
        return whole(*args, **named)

    whole = intake.place
    monkeypatch.setattr(intake, "place", place)
    with pytest.raises(CommandError, match=r"2 orders were placed and stay"):
        Ran(path)
    assert Order.objects.count() == 2
    assert Ran(path).lines[-1].startswith("3 orders placed, 2 already there, 0 refused")


@pytest.mark.slow
def test_10_000_orders_in_one_command_with_a_progress_bar(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seller = SellerFactory(slug="north")
    ChannelFactory(slug="web", marketplace=seller.marketplace)
    for n in range(50):
        ListingFactory(sku=f"S{n}", seller=seller, on_hand=1000)
    rows = (row(n, 1, sku=f"S{n % 50}") for n in range(10_000))
    path = reports.write(tmp_path / "report.txt", rows, reports.NEW_2024)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    call_command("import_orders", str(path), seller="north", channel="web")
    printed = capsys.readouterr()
    assert printed.out == "10,000 orders placed, 0 already there, 0 refused (report.txt, read as utf-8).\n"
    assert printed.err.count("\r[") > 2
    assert "10,000 of 10,000 orders" in printed.err
    assert Order.objects.count() == 10_000
    assert Counter(Listing.objects.values_list("reserved", flat=True)) == {400: 50}
