"""Steps of the tests of reports: asking, making, reading; and a shop in which something of everything has happened."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from accounts.actors import Actor
from accounts.models import Seller, User
from inventory.models import Fulfilment
from messaging.models import Thread
from orders import lifecycle, sweeps
from orders.entry import intake
from orders.models import Order, OrderItem
from orders.states import CancelReason
from payments import statements
from reports import making
from reports.models import Report
from reports.states import ReportKind
from tests.factories import NOON, ChannelFactory, ListingFactory, MembershipFactory, SellerFactory
from tests.helpers import CHANNEL, SYSTEM, new_order, ship
from tests.messaging import steps as messages
from tests.refunds import steps as refunds

DAY = timedelta(days=1)
LATER = NOON + timedelta(hours=5)


def asked(seller: Seller, kind: str = ReportKind.NEW_ORDERS, now: datetime = LATER, **changes: Any) -> Report:
    """A report that waits, by default of the past week; made as of that moment."""
    plain: dict[str, Any] = {"days": 7, "key": uuid.uuid4(), "user": None, "now": now}
    report = making.ask(seller=seller, kind=kind, **{**plain, **changes})
    Report.objects.filter(pk=report.pk).update(started_at=now)
    return report


def made(report: Report) -> Report:
    """The report after a worker has been at it."""
    making.work(report.pk)
    report.refresh_from_db()
    return report


def text(report: Report) -> str:
    """What stands in its file."""
    with report.file.open("rb") as file:
        return file.read().decode()


def cells(report: Report) -> list[dict[str, str]]:
    """The rows of a tab-delimited report by the names of their columns."""
    header, *lines = (line.split("\t") for line in text(report).split("\n")[:-1])
    return [dict(zip(header, line, strict=True)) for line in lines]


def numbers(report: Report) -> list[str]:
    """The orders of the report's rows."""
    return [row["order-id"] for row in cells(report)]


def shop() -> Seller:
    """Six orders with numbers of their own: to ship, shipped and refunded, canceled, in part, not paid yet, AFN."""
    seller = SellerFactory(name="Blue Harbor", marketplace__slug="us")
    MembershipFactory(seller=seller, user__email="alice@example.com")
    listings = [
        ListingFactory(seller=seller, sku=f"SKU-{n}", asin=f"B00000000{n}", title=f"Thing {n}")
        for n in range(5)
    ]
    listings[4].fulfilment = Fulfilment.AFN
    listings[4].save(update_fields=["fulfilment"])
    channel = ChannelFactory(marketplace=seller.marketplace)

    def order(n: int, *lines: tuple[int, int], **changes: Any) -> Order:
        new = new_order(
            *((listings[which], units) for which, units in lines), reference=f"ref-{n}", **changes
        )
        items = tuple(replace(item, number=f"{n:012d}{at:02d}") for at, item in enumerate(new.items))
        new = replace(new, number=f"701-0000000-000000{n}", items=items)
        (placed,) = intake.place([new], seller=seller, channel=channel, actor=CHANNEL, now=NOON)
        assert isinstance(placed, intake.Placed), placed
        return placed.order

    hostile = {
        "buyer_name": "=1+1",
        "recipient": '@SUM("A1")',
        "address_1": "-2 \\ O'Neil, Rd",
        "city": "\uff1dcmd",
    }
    to_ship = order(1, (0, 2), (1, 1), **hostile)
    sold = order(2, (0, 3))
    lost = order(3, (2, 1))
    partly = order(4, (1, 3), (2, 1))
    afn = order(5, (4, 1))
    sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
    order(6, (3, 1))
    alice = Actor.seller(User.objects.get())
    OrderItem.objects.filter(order=to_ship, sku="SKU-1").update(title='12" \t wide\r\n+1', sku="+SKU")
    for each in Order.objects.exclude(relay_extension=""):
        Order.objects.filter(pk=each.pk).update(relay_extension=f"00000{each.number[-1]}")
    messages.from_buyer(to_ship)
    lifecycle.cancel(lost, reason=CancelReason.NO_INVENTORY, actor=alice, now=NOON)
    units = {item.pk: 1 for item in partly.items.filter(sku="SKU-1")}
    lifecycle.cancel_units(
        partly, units, reason=CancelReason.PRICING_ERROR, actor=alice, now=NOON + timedelta(hours=1)
    )
    ship(sold)
    refunds.sent(refunds.refund(sold))
    refunds.opened_return(sold, note="Too small\nfor me")
    del afn
    return seller


def settled(seller: Seller) -> None:
    """The seller's money of the shop is paid out."""
    statements.sweep(NOON)
    statements.sweep(NOON + 60 * DAY)


def masked(text: str) -> str:
    """Without what differs from run to run: the relay's addresses."""
    for alias in Thread.objects.values_list("seller_alias", flat=True):
        text = text.replace(alias, "s-alias")
    return text
