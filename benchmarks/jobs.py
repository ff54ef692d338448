"""The portal's work in orders per second, each beside the same by plain SQL, piece by piece in turn."""

import http.client
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count

from accounts import calendars, clock
from accounts.actors import Actor
from accounts.models import SalesChannel
from benchmarks import arriving, exports, house, plain
from benchmarks.market import Trader
from benchmarks.stories import Book
from benchmarks.timing import Unexpected, Watch
from inventory.models import Fulfilment
from orders import shipping, sweeps
from orders.entry import intake
from orders.models import Order
from orders.packages import Parcel
from orders.states import OrderStatus

BATCH = 200
PLAIN_BATCH = 1_000
CREATED = 201
SYSTEM = Actor.system()


@dataclass(frozen=True)
class Job:
    """A piece of work: how many orders were handled in a second, and by plain SQL where there is such a thing."""

    work: str
    done: int
    per_second: float
    plain: float | None = None
    aim: float | None = None
    peak_mb: float | None = None
    grown_mb: float | None = None

    @property
    def ratio(self) -> float | None:
        """Which part of the plain SQL's speed is kept."""
        return self.per_second / self.plain if self.plain else None


@dataclass(frozen=True)
class Amounts:
    """How many orders each job handles."""

    arriving: int
    one_by_one: int
    due: int


def run(
    trader: Trader, channel: SalesChannel, amounts: Amounts, site: str, token: str, folder: Path
) -> Iterator[Job]:
    """Every job, one after the other, on the loaded orders of this seller."""
    yield _export(trader, folder)
    yield _intake(trader, channel, amounts.arriving)
    yield _authorise(amounts.one_by_one)
    yield _ship(trader, amounts.one_by_one)
    yield _endpoint(trader, site, token, amounts.one_by_one)
    yield _import(trader, channel, amounts.arriving, folder)
    yield _overdue(amounts.due)


def _export(trader: Trader, folder: Path) -> Job:
    """All orders of the seller as a report, in turn with COPY of the same join; counted in rows of order and item."""
    found = exports.measured(trader.seller, folder)
    rows, memory = found["rows"], {name: found[name] for name in ("peak_mb", "grown_mb")}
    return Job("export, rows", rows, rows / found["seconds"], rows / found["plain"], 0.7, **memory)


def _intake(trader: Trader, channel: SalesChannel, count: int) -> Job:
    """Batches by the intake, rules checked, in turn with rows thrown into the orders table alone."""
    placed, thrown = Watch(), Watch()
    last = Order.objects.order_by("-pk").values_list("pk", flat=True)[0]
    listings = list(trader.seller.listings.order_by("pk"))
    for first in range(0, count, PLAIN_BATCH):
        now, some = clock.now(), min(PLAIN_BATCH, count - first)
        # Keys are only the numbers' seed here: far from those of the loaded orders.
        book = Book(trader.seller, listings, 10 * last + first, some, now)
        news = arriving.orders(trader.seller, some, now=now)
        rows = plain.rows(book, [book.story(place) for place in range(some)])
        for start in range(0, some, BATCH):
            with placed.piece():
                results = intake.place(
                    news[start : start + BATCH], seller=trader.seller, channel=channel, actor=SYSTEM, now=now
                )
            placed.done += sum(isinstance(result, intake.Placed) for result in results)
        with thrown.piece():
            plain.insert(rows)
        thrown.done += len(rows)
        plain.remove(rows)
    _expect("intake", placed.done, count)
    return Job(f"intake, batches of {BATCH}", placed.done, placed.per_second, thrown.per_second, 0.3)


def _authorise(count: int) -> Job:
    """The sweep that asks the provider for authorisations, order by order."""
    watch, now = Watch(), clock.now()
    while watch.done < count:
        with watch.piece():
            handled = sweeps.finish_provider_calls(now, SYSTEM)
        if not handled:
            break
        watch.done += handled
    return Job("authorise, one by one", watch.done, watch.per_second)


def _ship(trader: Trader, count: int) -> Job:
    """Whole orders confirmed one by one, each with its charge."""
    found = trader.seller.orders.filter(status=OrderStatus.UNSHIPPED, fulfilment=Fulfilment.MFN)
    watch = Watch()
    for order in found.order_by("-authorised_at")[:count]:
        now = clock.now()
        today = calendars.local_date(now, trader.seller.marketplace.time_zone)
        contents = {item.pk: item.units_open for item in order.items.all()}
        with watch.piece():
            shipping.confirm_shipment(
                order, [(Parcel(today, "UPS"), contents)], key=uuid.uuid4(), actor=SYSTEM, now=now
            )
        watch.done += 1
    return Job("confirm shipment, one by one", watch.done, watch.per_second)


def _endpoint(trader: Trader, site: str, token: str, count: int) -> Job:
    """Orders handed in over HTTP, one a request, by one client."""
    watch, parts = Watch(), urlsplit(site)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for new in arriving.orders(trader.seller, count, now=clock.now()):
        body = json.dumps(arriving.document(new, trader.seller))
        with watch.piece():
            session = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
            session.request("POST", "/channels/bench/orders/", body, headers)
            answer = session.getresponse()
            said = answer.read()
            session.close()
        if answer.status != CREATED:
            raise Unexpected(f"The channel's endpoint answered {answer.status}: {said[:200]!r}")
        watch.done += 1
    return Job("intake, one a request", watch.done, watch.per_second)


def _import(trader: Trader, channel: SalesChannel, count: int, folder: Path) -> Job:
    """An order report by the command, from its start to its end."""
    file, watch = folder / "report.txt", Watch()
    arriving.report(arriving.orders(trader.seller, count, now=clock.now()), file)
    parties = ("--seller", trader.seller.slug, "--channel", channel.slug, "--payment-token", "tok_approve")
    with watch.piece():
        said: dict[str, Any] = json.loads(house.manage("import_orders", str(file), *parties, "--json"))
    file.unlink()
    watch.done = int(said["placed"])
    _expect("import_orders", watch.done, count)
    return Job("import_orders, whole command", watch.done, watch.per_second)


def _overdue(count: int) -> Job:
    """The sweep over overdue orders, with the clock put ahead, in turn with one statement for each thousand."""
    later, due = _when_due(count)
    waiting = Order.objects.filter(status=OrderStatus.UNSHIPPED, confirm_deadline__gte=later)
    others = iter(list(waiting.order_by("pk").values_list("pk", flat=True)[:due]))
    swept, stated = Watch(), Watch()
    while True:
        handled = 0
        for _batch in range(PLAIN_BATCH // sweeps.BATCH):
            with swept.piece():
                handled += sweeps.cancel_overdue(later, SYSTEM)
        swept.done += handled
        if pks := list(islice(others, PLAIN_BATCH)):
            with stated.piece():
                plain.cancel(pks, later)
            stated.done += len(pks)
        if not handled:
            break
    _expect("the overdue sweep", swept.done, due)
    return Job("overdue sweep", swept.done, swept.per_second, stated.per_second or None, 0.3)


def _when_due(count: int) -> tuple[datetime, int]:
    """The first moment at which so many orders, or half of all that wait, are overdue, and how many are."""
    found = Order.objects.filter(status=OrderStatus.UNSHIPPED, fulfilment=Fulfilment.MFN)
    wanted = min(count, found.count() // 2)
    days = found.values_list("confirm_deadline").annotate(Count("pk")).order_by("confirm_deadline")
    due = 0
    for deadline, number in days:
        due += number
        if due >= wanted:
            return deadline + timedelta(microseconds=1), due
    raise Unexpected("No order waits for its shipment, so none can become overdue.")


def _expect(what: str, done: int, wanted: int) -> None:
    """Raise Unexpected where not all was done: a refusal costs less than an order."""
    if done != wanted:
        raise Unexpected(f"{what} handled {done} orders instead of {wanted}.")
