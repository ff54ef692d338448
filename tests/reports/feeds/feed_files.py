"""Feed files to read: rows as text, bodies in an envelope, and what the checks make of them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from reports.feeds.files import checks, reading
from reports.feeds.files.cells import Terms
from reports.feeds.files.checks import TypedRow
from reports.feeds.files.rows import FeedRow, Problem

TERMS = Terms("USD", "America/New_York")
ORDER, OTHER_ORDER = "701-1234567-7654321", "701-1234567-7654322"
ITEM = "10000000000001"

SHIP = [
    "order-id",
    "order-item-id",
    "quantity",
    "ship-date",
    "carrier-code",
    "carrier-name",
    "tracking-number",
    "ship-method",
]
CANCEL = ["order-id", "cancellation-reason-code", "amazon-order-item-code"]
CANCEL_FIRST = "TemplateType=OrderCancellation\tVersion=1.0/1.0.3\tThis row for the portal's use only."
ADJUST = [
    "order-id",
    "order-item-id",
    "adjustment-reason-code",
    "currency",
    "item-price-adj",
    "item-tax-adj",
    "shipping-price-adj",
    "shipping-tax-adj",
    "gift-wrap-price-adj",
    "gift-wrap-tax-adj",
    "item-promotion-adj",
    "item-promotion-id",
    "ship-promotion-adj",
    "ship-promotion-id",
    "quantity-cancelled",
]
STOCK = ["sku", "price", "quantity", "handling-time"]

SHIP_ROW = [ORDER, ITEM, "1", "2026-11-20", "UPS", "", "1Z0000000000000001", "Ground"]
CANCEL_ROW = [ORDER, "NoInventory", ITEM]
ADJUST_ROW = [ORDER, ITEM, "CustomerReturn", "USD", "10.00", "0.80", "2.50", "0.20", *[""] * 6, "0"]
STOCK_ROW = ["CABLE-2M", "12.34", "5", "2"]
TEXTS = {
    "ship": (SHIP, SHIP_ROW),
    "cancel": (CANCEL, CANCEL_ROW),
    "adjust": (ADJUST, ADJUST_ROW),
    "stock": (STOCK, STOCK_ROW),
}

SHIP_BODY = (
    f"<AmazonOrderID>{ORDER}</AmazonOrderID><FulfillmentDate>2026-11-20T12:00:00-05:00</FulfillmentDate>"
    "<FulfillmentData><CarrierCode>UPS</CarrierCode><ShippingMethod>Ground</ShippingMethod>"
    "<ShipperTrackingNumber>1Z0000000000000001</ShipperTrackingNumber></FulfillmentData>"
    f"<Item><AmazonOrderItemCode>{ITEM}</AmazonOrderItemCode><Quantity>1</Quantity></Item>"
)
CANCEL_BODY = (
    f"<AmazonOrderID>{ORDER}</AmazonOrderID><StatusCode>Failure</StatusCode>"
    f"<Item><AmazonOrderItemCode>{ITEM}</AmazonOrderItemCode><CancelReason>NoInventory</CancelReason></Item>"
)
STOCK_BODY = "<SKU>CABLE-2M</SKU><Quantity>5</Quantity><FulfillmentLatency>2</FulfillmentLatency>"
PRICE_BODY = '<SKU>CABLE-2M</SKU><StandardPrice currency="USD">12.34</StandardPrice>'


def component(kind: str, amount: str, currency: str = ' currency="USD"') -> str:
    return f"<Component><Type>{kind}</Type><Amount{currency}>{amount}</Amount></Component>"


def adjust_body(components: str, more: str = "", item: str = ITEM) -> str:
    return (
        f"<AmazonOrderID>{ORDER}</AmazonOrderID><ActionType>Refund</ActionType><AdjustedItem>"
        f"<AmazonOrderItemCode>{item}</AmazonOrderItemCode><AdjustmentReason>CustomerReturn</AdjustmentReason>"
        f"<ItemPriceAdjustments>{components}</ItemPriceAdjustments>{more}</AdjustedItem>"
    )


ADJUST_BODY = adjust_body(
    component("Principal", "10.00")
    + component("Tax", "0.80")
    + component("Shipping", "2.50")
    + component("ShippingTax", "0.20")
)
BODIES = {
    "OrderFulfillment": ("ship", SHIP_BODY),
    "OrderAcknowledgement": ("cancel", CANCEL_BODY),
    "OrderAdjustment": ("adjust", ADJUST_BODY),
    "Inventory": ("stock", STOCK_BODY),
    "Price": ("stock", PRICE_BODY),
}


def text(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, first: Sequence[str] = (), end: str = "\n"
) -> str:
    """A file as text, its lines above the header in `first`."""
    lines = [*first, "\t".join(columns), *("\t".join(row) for row in rows)]
    return "".join(f"{line}{end}" for line in lines)


def envelope(
    message: str,
    bodies: Iterable[str],
    *,
    head: str = '<?xml version="1.0" encoding="UTF-8"?>\n',
    inner: str = "",
) -> str:
    """The bodies in messages of one type; `inner` names another body than the type."""
    name = inner or message
    messages = (
        f"<Message><MessageID>{place}</MessageID><OperationType>Update</OperationType><{name}>{body}</{name}></Message>\n"
        for place, body in enumerate(bodies, start=1)
    )
    return (
        f"{head}<AmazonEnvelope xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
        "xsi:noNamespaceSchemaLocation='amzn-envelope.xsd'>\n"
        "<Header><DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>M_NORTH_1</MerchantIdentifier></Header>\n"
        f"<MessageType>{message}</MessageType>\n{''.join(messages)}</AmazonEnvelope>\n"
    )


def checked(path: Path, content: str | bytes, **named: str) -> list[TypedRow | list[Problem]]:
    """What the checks make of each row of a file."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    feed = reading.open(path, **named)
    found = [checks.check(feed.kind, row, TERMS) for row in feed.rows()]
    assert len(found) == feed.total
    return found


def row(kind: str, **changes: str) -> FeedRow:
    """A sound row of a feed with other cells; `_` stands for `-`."""
    columns, cells = TEXTS[kind]
    wanted = {name.replace("_", "-"): value for name, value in changes.items()}
    return FeedRow(1, 2, {**dict(zip(columns, cells, strict=True)), **wanted})


def codes_of(found: TypedRow | list[Problem]) -> list[tuple[str, str]]:
    """Codes and columns of what is wrong with a row; fails for a row that is taken."""
    assert isinstance(found, list), found
    assert all(problem.sentence for problem in found)
    return [(problem.code, problem.column) for problem in found]
