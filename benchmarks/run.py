"""One run: servers, loading, measuring, the table; everything that was started has ended afterwards."""

import fcntl
import json
import os
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

from accounts import clock
from accounts.models import SalesChannel
from benchmarks import house, jobs, load, market, oscar, pages, table
from benchmarks.house import NotReady
from benchmarks.market import Trader
from benchmarks.table import Results
from benchmarks.timing import ROUNDS, Figure, Unexpected, measure
from config.local.refusal import ServerRefused
from orders.models import Order

HARD_LIMIT_MISSED, NOT_MEASURED = 1, 2


class Stopped(Exception):
    """Somebody asked the run to end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. 0 when every hard limit is kept, 1 when one is missed, 2 when nothing was measured."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop)
    try:
        with _alone(settings.ROOT), house.databases(settings.ROOT, keep=options.keep):
            results = _measure(options)
    except (NotReady, ServerRefused, Unexpected) as refusal:
        print(f"Nothing was measured: {refusal}", file=sys.stderr)
        return NOT_MEASURED
    except (KeyboardInterrupt, Stopped):
        return 130
    print("", *table.lines(results), sep="\n")
    if options.json:
        options.json.write_text(json.dumps(results.as_json(), indent=1, ensure_ascii=False) + "\n")
    return HARD_LIMIT_MISSED if results.missed() else 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000, help="of the large seller")
    parser.add_argument("--small", type=int, default=10_000, help="orders of the small seller")
    parser.add_argument("--peer-orders", type=int, default=200_000, help="of django-oscar's one partner")
    parser.add_argument("--no-peers", action="store_true", help="leave django-oscar out")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each page is asked for")
    parser.add_argument("--arriving", type=int, default=10_000, help="new orders of each way in")
    parser.add_argument("--one-by-one", type=int, default=500, help="orders of each job that goes one by one")
    parser.add_argument("--due", type=int, default=20_000, help="overdue orders for the sweep")
    parser.add_argument("--json", type=Path, help="write the figures there, for machines")
    parser.add_argument("--keep", action="store_true", help="keep the data, or go on with what was kept")
    return parser


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """No other run uses the folder. Raises NotReady when one does."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "running.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotReady("another benchmark runs in this checkout.") from None
        yield


def _stop(*_: object) -> None:
    raise Stopped


def _measure(options: Namespace) -> Results:
    _prepare()
    market_place = market.marketplace()
    channel = market.channel(market_place)
    small = market.trader(market_place, "small", options.small)
    large = market.trader(market_place, "large", options.orders)
    _load([large, small], channel)
    amounts = jobs.Amounts(options.arriving, options.one_by_one, options.due)
    with _web() as (site, floor):
        timed = _pages([small, large], site, floor, options.rounds)
        done = []
        for job in jobs.run(large, channel, amounts, site, market.token(channel), settings.ROOT):
            _say(f"{job.work}: {job.per_second:,.0f} a second")
            done.append(job)
    peers = {} if options.no_peers else _peers(options.peer_orders)
    return Results(options.small, options.orders, timed, done, peers)


def _prepare() -> None:
    """Tables, cache and static files, as in production."""
    began = time.monotonic()
    with ThreadPoolExecutor() as beside:
        files = beside.submit(house.manage, "collectstatic", "--no-input")
        house.manage("migrate", "--no-input")
        house.manage("createcachetable")
        files.result()
    _say(f"Tables and static files are ready after {time.monotonic() - began:.1f} s.")


def _load(traders: Sequence[Trader], channel: SalesChannel) -> None:
    """Fill an empty database; one that was kept is left as it is."""
    held = Order.objects.count()
    if held:
        _say(f"Going on with the {held:,} orders that were kept.")
        return
    began, now, first_pk = time.monotonic(), clock.now(), 1
    for trader in traders:
        progress = _Progress(trader)
        load.orders(
            trader.seller, channel, first_pk=first_pk, count=trader.orders, now=now, told=progress.advance
        )
        first_pk += trader.orders
    load.finish()
    seconds = time.monotonic() - began
    _say(f"{first_pk - 1:,} orders were loaded in {seconds:.0f} s, {(first_pk - 1) / seconds:,.0f} a second.")


class _Progress:
    """Says each tenth of a load."""

    def __init__(self, trader: Trader) -> None:
        self.trader, self.done, self.said = trader, 0, 0

    def advance(self, count: int) -> None:
        """So many more orders are in."""
        self.done += count
        tenths = 10 * self.done // self.trader.orders
        if tenths > self.said:
            self.said = tenths
            _say(f"Loading the {self.trader.name} seller: {self.done:,} of {self.trader.orders:,} orders")


@contextmanager
def _web() -> Iterator[tuple[str, str]]:
    """The portal and the floor, each by two workers."""
    with ExitStack() as stack:
        port = int(settings.PORT)
        site = stack.enter_context(house.web("config.wsgi", "benchmarks.settings", port))
        floor = house.web("config.wsgi", "benchmarks.floor_settings", house.free_port())
        yield site, stack.enter_context(floor)


def _pages(traders: Sequence[Trader], site: str, floor: str, rounds: int) -> dict[tuple[str, str], Figure]:
    """Every page of both sellers; one that seems to grow too much is asked for again, twice as often."""
    probes = [probe for trader in traders for probe in pages.probes(trader, site, floor)]
    _say(
        f"Asking for {len(probes)} pages, {rounds} times each, in turn; load average {os.getloadavg()[0]:.1f}."
    )
    figures = measure(probes, rounds)
    large, small = max(trader.orders for trader in traders), min(trader.orders for trader in traders)
    doubtful = Results(small, large, figures, []).missed()
    if doubtful:
        _say(f"Asking again for {', '.join(doubtful)}; load average {os.getloadavg()[0]:.1f}.")
        again = [probe for probe in probes if probe.work in (*doubtful, pages.FLOOR)]
        figures |= measure(again, 2 * rounds)
    return figures


def _peers(orders: int) -> dict[str, Figure]:
    try:
        _say(f"django-oscar with {orders:,} orders …")
        return oscar.figures(orders, settings.ROOT, settings.OWNER_URL)
    except (oscar.NotInstalled, NotReady, Unexpected, OSError) as reason:
        _say(f"django-oscar is left out: {reason}")
        return {}


def _say(line: str) -> None:
    print(line, flush=True)
