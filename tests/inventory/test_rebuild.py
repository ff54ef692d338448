"""Every figure can be rebuilt from the stock ledger, and a difference is found and put right (I5)."""

import json
from dataclasses import astuple
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from inventory import rebuild, stock
from inventory.models import Listing, MovementKind, StockMovement
from inventory.rebuild import Difference
from tests.factories import NOON, ListingFactory, SellerFactory
from tests.helpers import SYSTEM, at_once
from tests.twins import unlocked_listings

pytestmark = pytest.mark.django_db


def stocked(units: int = 10, **fields) -> Listing:
    """A listing whose opening stock stands in the ledger."""
    listing = ListingFactory(on_hand=0, **fields)
    with transaction.atomic():
        return stock.add(listing, units, kind=MovementKind.COUNT, now=NOON, actor=SYSTEM)


def run(*arguments: str) -> tuple[int, list[str]]:
    """The exit code and the lines of the command."""
    out, code = StringIO(), 0
    try:
        call_command("rebuild_stock", *arguments, stdout=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue().splitlines()


@pytest.fixture
def wrong() -> list[Listing]:
    """Of four listings one is right, one holds too many, one reserves too many, one never had a ledger row."""
    seller = SellerFactory(slug="north")
    listings = [stocked(seller=seller, sku=f"SKU-{n}") for n in range(3)]
    Listing.objects.filter(pk=listings[1].pk).update(on_hand=12)
    Listing.objects.filter(pk=listings[2].pk).update(reserved=3)
    return [*listings[1:], ListingFactory(seller=seller, sku="SKU-3", on_hand=4)]


def found() -> list[tuple]:
    return [astuple(each)[2:] for each in rebuild.differences()]


class TestLooking:
    def test_nothing_to_look_at(self):
        assert run() == (0, ["Listings checked: 0, different: 0, fixed: 0."])

    def test_what_moved_by_the_rules_never_differs(self):
        listing = stocked()
        line = stock.Line(listing.pk, 4, "113-0000000-0000000")
        stock.reserve([[line]], now=NOON, actor=SYSTEM)
        stock.take([stock.Line(listing.pk, 1, line.order_number)], now=NOON, actor=SYSTEM)
        stock.release([stock.Line(listing.pk, 3, "")], restock=False, reason="x", now=NOON, actor=SYSTEM)
        assert run() == (0, ["Listings checked: 1, different: 0, fixed: 0."])

    def test_each_difference_is_named_and_nothing_is_changed(self, wrong, monkeypatch):
        # Also where one query does not see them all.
        monkeypatch.setattr(rebuild, "STRIDE", 2)
        before = list(Listing.objects.order_by("pk").values())
        for arguments in ([], ["--dry-run"]):
            assert run(*arguments) == (
                1,
                [
                    "north SKU-1: on hand 12, by the ledger 10; reserved 0, by the ledger 0.",
                    "north SKU-2: on hand 10, by the ledger 10; reserved 3, by the ledger 0.",
                    "north SKU-3: on hand 4, by the ledger 0; reserved 0, by the ledger 0.",
                    "Listings checked: 4, different: 3, fixed: 0.",
                ],
            )
        assert list(Listing.objects.order_by("pk").values()) == before

    def test_for_machines(self, wrong):
        code, (line,) = run("--json")
        report = json.loads(line)
        assert (code, report["listings"], report["fixed"]) == (1, 4, 0)
        assert report["different"][0] == {
            "listing_id": wrong[0].pk,
            "seller": "north",
            "sku": "SKU-1",
            "on_hand": 12,
            "reserved": 0,
            "ledger_on_hand": 10,
            "ledger_reserved": 0,
        }


@pytest.mark.django_db(transaction=True)
class TestFixing:
    def test_the_figures_become_the_ledgers_sums(self, wrong):
        movements = list(StockMovement.objects.order_by("pk").values())
        versions = [listing.version for listing in wrong]
        code, lines = run("--fix")
        assert (code, lines[-1]) == (0, "Listings checked: 4, different: 3, fixed: 3.")
        assert run() == (0, ["Listings checked: 4, different: 0, fixed: 0."])
        for listing in wrong:
            listing.refresh_from_db()
        assert [(each.on_hand, each.reserved) for each in wrong] == [(10, 0), (10, 0), (0, 0)]
        # A page that shows a figure which is no longer so is stale (I2).
        assert [each.version - before for each, before in zip(wrong, versions, strict=True)] == [1, 0, 1]
        assert list(StockMovement.objects.order_by("pk").values()) == movements

    def test_what_cannot_be_a_figure_is_left_and_said(self):
        listing = stocked(3, seller__slug="north", sku="SKU-1")
        StockMovement.objects.create(
            listing=listing,
            seller=listing.seller,
            kind=MovementKind.CANCEL,
            on_hand=-5,
            reserved=0,
            actor_kind="system",
            source="job",
            at=NOON,
        )
        code, lines = run("--fix")
        said = "north SKU-1: on hand 3, by the ledger -2; reserved 0, by the ledger 0."
        why = "The ledger itself is wrong: nothing can be below zero."
        assert (code, lines) == (1, [f"{said} {why}", "Listings checked: 1, different: 1, fixed: 0."])
        listing.refresh_from_db()
        assert listing.on_hand == 3

    def test_fixing_beside_orders_loses_none_of_them(self):
        """Four sell while two fix what is wrong again and again; at the end the figures are the ledger's."""
        listing = stocked(100)

        def sell() -> None:
            for _each in range(10):
                reserve([[stock.Line(listing.pk, 1, "")]])

        def disturb_and_fix() -> None:
            for _each in range(10):
                Listing.objects.filter(pk=listing.pk).update(on_hand=50)
                rebuild.fix(listing.pk)

        outcomes = at_once(*[sell] * 4, *[disturb_and_fix] * 2)
        assert outcomes == [None] * 6
        rebuild.fix(listing.pk)
        listing.refresh_from_db()
        assert (listing.on_hand, listing.reserved, found()) == (100, 40, [])

    def test_twin_fixing_without_the_lock_loses_orders(self, monkeypatch):
        listing = stocked(100)
        Listing.objects.filter(pk=listing.pk).update(on_hand=50)
        between = rebuild._between

        def slowly(first: int, end: int) -> list[Difference]:
            """As without a lock: somebody sells between the sum and the change."""
            seen = between(first, end)
            at_once(partial(reserve, [[stock.Line(listing.pk, 1, "")]]))
            return seen

        monkeypatch.setattr(type(Listing.objects.all()), "lock", unlocked_listings)
        with monkeypatch.context() as patched:
            patched.setattr(rebuild, "_between", slowly)
            rebuild.fix(listing.pk)
        assert found() != []


def reserve(carts: list[list[stock.Line]]) -> None:
    with transaction.atomic():
        stock.reserve(carts, now=NOON, actor=SYSTEM)


def test_to_fix_and_to_look_only_are_two_wishes():
    with pytest.raises(CommandError):
        call_command("rebuild_stock", "--fix", "--dry-run")
