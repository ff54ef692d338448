"""Blank files to fill in: each feed as text, and as XML with one message as an example."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.feeds.files import columns, xml_stream
from reports.feeds.files.kinds import FeedFormat, FeedKind

FIRST_ROW = (
    "TemplateType=OrderCancellation\tVersion=1.0/1.0.3\tThis row is for the portal. Do not modify or delete."
)
NOT_OFFERED = ("add-delete",)
INDENT = "  "

Body = Mapping[str, "str | Body"]

ORDER, ITEM = {"AmazonOrderID": "000-0000000-0000000"}, {"AmazonOrderItemCode": "00000000000000"}
COMPONENT: Body = {"Type": "Principal", "Amount": "0.01"}


@dataclass(frozen=True)
class Template:
    """A file to download."""

    kind: FeedKind
    format: FeedFormat
    message: str = ""
    body: Body | None = None

    def content(self) -> bytes:
        """The file: plain ASCII, so that every program reads it alike."""
        return (_xml(self.message, self.body) if self.body else _text(self.kind)).encode("ascii")


X, T = FeedFormat.XML, FeedFormat.TEXT
ALL: dict[str, Template] = {
    "shipping-confirmation.txt": Template(FeedKind.SHIP, T),
    "shipping-confirmation.xml": Template(
        FeedKind.SHIP,
        X,
        "OrderFulfillment",
        {
            **ORDER,
            "FulfillmentDate": "2026-11-20T12:00:00-05:00",
            "FulfillmentData": {
                "CarrierCode": "UPS",
                "ShippingMethod": "Ground",
                "ShipperTrackingNumber": "1Z0000000000000001",
            },
            "Item": {**ITEM, "Quantity": "1"},
        },
    ),
    "order-cancellation.txt": Template(FeedKind.CANCEL, T),
    "order-cancellation.xml": Template(
        FeedKind.CANCEL,
        X,
        "OrderAcknowledgement",
        {**ORDER, "StatusCode": "Failure", "Item": {**ITEM, "CancelReason": "NoInventory"}},
    ),
    "order-adjustments.txt": Template(FeedKind.ADJUST, T),
    "order-adjustments.xml": Template(
        FeedKind.ADJUST,
        X,
        "OrderAdjustment",
        {
            **ORDER,
            "ActionType": "Refund",
            "AdjustedItem": {
                **ITEM,
                "AdjustmentReason": "CustomerReturn",
                "ItemPriceAdjustments": {"Component": COMPONENT},
            },
        },
    ),
    "inventory.txt": Template(FeedKind.STOCK, T),
    "inventory.xml": Template(
        FeedKind.STOCK,
        X,
        "Inventory",
        {"SKU": "YOUR-SKU", "Quantity": "1", "FulfillmentLatency": "1"},
    ),
    "prices.xml": Template(FeedKind.STOCK, X, "Price", {"SKU": "YOUR-SKU", "StandardPrice": "0.01"}),
}


def file_name(kind: str, format: str) -> str:  # noqa: A002 - the word of the trade
    """What the file of a feed is called."""
    return next(name for name, each in ALL.items() if (each.kind, each.format) == (kind, format))


def blank(kind: str, format: str) -> bytes:  # noqa: A002
    """The file to fill in for a feed."""
    return ALL[file_name(kind, format)].content()


def _text(kind: FeedKind) -> str:
    header = "\t".join(name for name in columns.OF_KIND[kind].read if name not in NOT_OFFERED)
    return f"{FIRST_ROW}\n{header}\n" if kind == FeedKind.CANCEL else f"{header}\n"


def _xml(message: str, body: Body) -> str:
    lines = [
        f"{INDENT}<Header>",
        f"{INDENT * 2}<DocumentVersion>1.01</DocumentVersion>",
        f"{INDENT * 2}<MerchantIdentifier>YOUR-SELLER-NAME</MerchantIdentifier>",
        f"{INDENT}</Header>",
        f"{INDENT}<MessageType>{message}</MessageType>",
        *_elements({"Message": {"MessageID": "1", "OperationType": "Update", message: body}}, 1),
        "</AmazonEnvelope>",
    ]
    return xml_stream.OPENING + "\n".join(lines) + "\n"


def _elements(body: Body, depth: int) -> list[str]:
    """Each element on a line of its own."""
    found = []
    for name, value in body.items():
        indent = INDENT * depth
        if isinstance(value, str):
            found.append(f"{indent}<{name}>{value}</{name}>")
        else:
            found += [f"{indent}<{name}>", *_elements(value, depth + 1), f"{indent}</{name}>"]
    return found
