"""The benchmark's orders are what the portal's own checks accept, and a tiny run goes through from end to end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from accounts import clock
from accounts.models import SalesChannel, Seller
from benchmarks import market, sheets, stories, table
from benchmarks.pages import AIMS, FLOORS
from benchmarks.sheets import TABLES, Sheets
from benchmarks.timing import Figure
from inventory.models import Listing
from orders import audit as histories
from orders import due
from orders.lists import counts
from orders.models import Order, OrderItem
from payments import audit as ledgers

HOME = Path(__file__).resolve().parent.parent
SOME = 300


def loaded(seller: Seller, channel: SalesChannel) -> None:
    """Some orders copied as the benchmark copies them, in this test's own transaction."""
    book = stories.Book(seller, list(seller.listings.order_by("pk")), 1, SOME, clock.now())
    drawn = Sheets(book, channel)
    for place in range(SOME):
        drawn.write(book.story(place))
    with connection.cursor() as cursor:
        for name in TABLES:
            if drawn.rows[name]:
                columns = ", ".join(drawn.columns[name])
                cursor.copy_expert(f"COPY {name} ({columns}) FROM STDIN", drawn.text(name))


@pytest.mark.django_db
def test_loaded_orders_are_in_every_state_and_hold_before_every_check() -> None:
    place = market.marketplace()
    seller = market.trader(place, "large", SOME).seller
    loaded(seller, market.channel(place))
    assert Order.objects.count() == SOME
    assert sum(counts.by_tab(seller).values()) == SOME
    assert all(counts.by_tab(seller).values())
    assert list(ledgers.faults()) == []
    assert list(histories.broken_histories()) == []
    assert list(histories.moved_deadlines()) == []
    assert not due.overdue(clock.now()).exists()
    assert not OrderItem.objects.exclude(listing__in=Listing.objects.filter(seller=seller)).exists()


def test_every_loaded_order_has_a_number_of_its_own() -> None:
    assert len({stories.number(pk) for pk in range(1, 20_000)}) == 19_999
    assert all(len(stories.number(pk)) == 19 for pk in (1, 10**6, 10**8))


def results(**medians: float) -> table.Results:
    """Pages that all cost the same, but for these."""
    figures = {(work, who): Figure(10, 12) for work in [*FLOORS, *AIMS] for who in ("small", "large")}
    figures |= {(work, "large"): Figure(median, 30) for work, median in medians.items()}
    return table.Results(10_000, 1_000_000, figures, [])


def test_a_page_of_manage_orders_that_grows_is_a_missed_limit() -> None:
    assert results().missed() == []
    assert results(**{"Shipped, page 1": 12.1}).missed() == ["Shipped, page 1"]
    assert results(home=100).missed() == []
    printed = "\n".join(table.lines(results(**{"Shipped, page 1": 26})))
    assert "MISSED: Shipped, page 1 grows 2.60 times" in printed


def test_figures_are_median_and_95th_percentile() -> None:
    assert Figure.of([n / 1000 for n in range(1, 101)]) == Figure(50.5, 95.0)


def test_empty_cells_are_null_to_copy() -> None:
    drawn = Sheets(None, None)  # type: ignore[arg-type]
    drawn.add("a_table", {"one": None, "two": True, "three": "x"})
    assert drawn.text("a_table").read() == "\\N\tTrue\tx\n"
    assert sheets.TABLES.index("payments_payment") < sheets.TABLES.index("orders_order")


@pytest.mark.soak
def test_a_tiny_run_measures_everything(tmp_path: Path) -> None:
    said = tmp_path / "figures.json"
    amounts = ["--orders", "300", "--small", "100", "--rounds", "1", "--arriving", "20", "--one-by-one", "3"]
    command = [sys.executable, "-m", "benchmarks", *amounts, "--due", "5", "--no-peers", "--json", str(said)]
    servers = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in servers}
    done = subprocess.run(
        command,
        cwd=HOME,
        env={**environment, "BENCH_ROOT": str(tmp_path / "bench")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(said.read_text())
    assert {page["work"] for page in figures["pages"]} == {*FLOORS, *AIMS}
    assert all(job["per_second"] > 0 for job in figures["jobs"])
    assert not (tmp_path / "bench" / "postgres").exists()
