"""Steps of the tests of feeds: a file of rows, handed in by a member and worked on to its end."""

import uuid
from typing import Any

from django.core.files.base import ContentFile

from accounts import clock
from accounts.models import Membership
from batches import engine
from batches.models import BatchRow
from orders import tracking
from orders.models import Order, OrderItem
from reports.feeds import operations, reading
from reports.feeds.models import Feed
from reports.feeds.states import FeedState
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import authorised

HEADERS = {
    "ship": "order-id order-item-id quantity ship-date carrier-code carrier-name tracking-number ship-method",
    "cancel": "order-id cancellation-reason-code amazon-order-item-code",
    "adjust": "order-id order-item-id adjustment-reason-code currency item-price-adj item-tax-adj "
    "shipping-price-adj shipping-tax-adj gift-wrap-price-adj gift-wrap-tax-adj quantity-cancelled",
    "stock": "sku price quantity handling-time",
}
META = "TemplateType=OrderCancellation\tVersion=1.0/1.0.3\tThis row for the marketplace's use only.\n"
DAY = "2026-11-20"
UNKNOWN = "111-1111111-1111111"


def ups(digits: str) -> str:
    """A tracking number of UPS that ends with these digits, with its check digit."""
    body = digits.replace("-", "")[-15:].zfill(15)
    return next(found for last in range(10) if tracking.is_plausible("UPS", found := f"1Z{body}{last}"))


A, B, C = ups("1"), ups("2"), ups("3")


def text(kind: str, *rows: dict[str, Any]) -> str:
    """A tab-delimited file of these rows, each of which names only the cells it has."""
    columns = HEADERS[kind].split()
    lines = ["\t".join(columns)]
    for row in rows:
        cells = {name.replace("_", "-"): str(value) for name, value in row.items()}
        assert set(cells) <= set(columns), cells
        lines.append("\t".join(cells.get(column, "") for column in columns))
    return (META if kind == "cancel" else "") + "\n".join(lines) + "\n"


def parcel(order: Order | str, **cells: Any) -> dict[str, Any]:
    """A row that ships all of an order by UPS."""
    number = order if isinstance(order, str) else order.number
    plain = {"order_id": number, "ship_date": DAY, "carrier_code": "UPS", "tracking_number": ups(number)}
    return {**plain, **cells}


def credit(order: Order, amount: str, item: OrderItem | None = None, **cells: Any) -> dict[str, Any]:
    """A row that refunds so much of an item's price, without its tax."""
    item = item or order.items.first()
    assert item
    plain = {
        "order_id": order.number,
        "order_item_id": item.number,
        "adjustment_reason_code": "GeneralAdjustment",
        "currency": order.currency,
        "item_price_adj": amount,
        "item_tax_adj": "0.00",
    }
    return {**plain, **cells}


def upload(member: Membership, content: str | bytes, *, is_at_once: bool = True, **more: Any) -> Feed:
    """Hand a file in."""
    data = content.encode() if isinstance(content, str) else content
    plain = {"key": uuid.uuid4(), "user": member.user, "may": member.may, "now": clock.now()}
    file = ContentFile(data, name="feed.txt")
    return operations.upload(member.seller, file, is_at_once=is_at_once, **{**plain, **more})


def worked(feed: Feed) -> Feed:
    """The feed after a worker has done all that there is to do for it."""
    reading.read(feed.pk)
    feed.refresh_from_db()
    batch = feed.batch or feed.trial
    if batch:
        engine.finish(batch.pk)
    return operations.settle(feed, clock.now())


def fed(member: Membership, kind: str, *rows: dict[str, Any]) -> Feed:
    """A feed of these rows, done without a dry run."""
    return worked(upload(member, text(kind, *rows)))


def tried(member: Membership, kind: str, *rows: dict[str, Any]) -> Feed:
    """A feed of these rows after its dry run."""
    return worked(upload(member, text(kind, *rows), is_at_once=False))


def processed(feed: Feed, member: Membership) -> Feed:
    """A checked feed after its rows were done."""
    return worked(operations.process(feed, user=member.user, now=clock.now()))


def results(feed: Feed) -> list[BatchRow]:
    """What became of each row, in the order of the file."""
    batch = feed.trial if feed.state == FeedState.CHECKED else feed.batch
    assert batch, (feed.state, feed.problem)
    return list(batch.rows.all())


def told(feed: Feed) -> list[tuple[str, str]]:
    """State and code of each row."""
    return [(row.state, row.code) for row in results(feed)]


def member_with(*units: int, orders: int = 1) -> tuple[Membership, list[Order]]:
    """A member of a seller with so many authorised orders, each of as many units of each listing."""
    member = MembershipFactory()
    listings = [ListingFactory(seller=member.seller, on_hand=500) for _ in units]
    made = [authorised(*zip(listings, units, strict=True)) for _ in range(orders)]
    return member, made
