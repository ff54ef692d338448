"""From a message to the rows that the same feed would have as text (formats of the trade, 2.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.echoes import shown
from reports.feeds.files import codes
from reports.feeds.files.kinds import FeedKind
from reports.feeds.files.rows import Problem
from reports.feeds.files.xml_stream import Node

AROUND = ("MessageID", "OperationType", "MarketplaceName")
OPERATIONS = ("", "Update", "PartialUpdate")
MOST_ID_DIGITS = 20
MOST_PROBLEMS = 20


@dataclass(frozen=True)
class Shape:
    """A message: columns by the path of their element, what its rows are, and what is passed over."""

    kind: FeedKind
    fields: Mapping[str, str]
    item: str = ""
    item_fields: Mapping[str, str] | None = None
    passed_over: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


SHAPES: dict[str, Shape] = {
    "OrderFulfillment": Shape(
        FeedKind.SHIP,
        {
            "AmazonOrderID": "order-id",
            "FulfillmentDate": "ship-date",
            "FulfillmentData/CarrierCode": "carrier-code",
            "FulfillmentData/CarrierName": "carrier-name",
            "FulfillmentData/ShippingMethod": "ship-method",
            "FulfillmentData/ShipperTrackingNumber": "tracking-number",
        },
        "Item",
        {"AmazonOrderItemCode": "order-item-id", "Quantity": "quantity"},
        (
            "MerchantOrderID", "MerchantFulfillmentID", "MerchantOrderItemID", "MerchantFulfillmentItemID",
            "CODCollectionMethod", "TransparencyCode", "ShipFromAddress", "ShipFromSupplySourceId",
        ),
        ("AmazonOrderID",),
    ),
    "OrderAcknowledgement": Shape(
        FeedKind.CANCEL,
        {"AmazonOrderID": "order-id", "StatusCode": "status-code"},
        "Item",
        {"AmazonOrderItemCode": "amazon-order-item-code", "CancelReason": "cancellation-reason-code"},
        ("MerchantOrderID", "MerchantOrderItemID"),
        ("AmazonOrderID", "StatusCode"),
    ),
    "OrderAdjustment": Shape(
        FeedKind.ADJUST,
        {"AmazonOrderID": "order-id", "ActionType": "action-type"},
        "AdjustedItem",
        {
            "AmazonOrderItemCode": "order-item-id",
            "AdjustmentReason": "adjustment-reason-code",
            "QuantityCancelled": "quantity-cancelled",
        },
        ("MerchantOrderID", "MerchantOrderItemID", "MerchantAdjustmentItemID", "Quantity", "CODCollectionMethod"),
        ("AmazonOrderID", "AdjustedItem"),
    ),
    "Inventory": Shape(
        FeedKind.STOCK,
        {"SKU": "sku", "Quantity": "quantity", "FulfillmentLatency": "handling-time"},
        needed=("SKU",),
    ),
    "Price": Shape(FeedKind.STOCK, {"SKU": "sku", "StandardPrice": "price"}, needed=("SKU",)),
}  # fmt: skip

COMPONENTS = {
    "Principal": "item-price-adj",
    "Tax": "item-tax-adj",
    "Shipping": "shipping-price-adj",
    "ShippingTax": "shipping-tax-adj",
    "GiftWrap": "gift-wrap-price-adj",
    "GiftWrapTax": "gift-wrap-tax-adj",
}
PROMOTIONS = {"Principal": "item-promotion-adj", "Shipping": "ship-promotion-adj"}
ADJUSTMENTS = {"ItemPriceAdjustments": COMPONENTS, "PromotionAdjustments": PROMOTIONS}
PROMOTION_IDS = ("PromotionClaimCode", "MerchantPromotionID")


@dataclass
class Reading:
    """Cells of one row, and what is wrong with the message they come from."""

    cells: dict[str, str]
    problems: list[Problem]

    def put(self, column: str, node: Node, name: str) -> None:
        """A value; the same element twice has two meanings and none."""
        if column in self.cells:
            self.note(codes.ELEMENT, name, _("%(name)s stands twice.") % {"name": name})
        if node.children:
            self.note(
                codes.ELEMENT, name, _("%(name)s holds elements where a value is expected.") % {"name": name}
            )
        self.cells[column] = node.text
        if node.currency:
            self.put_currency(node.currency)

    def put_currency(self, currency: str) -> None:
        """All amounts of a row are in one currency."""
        if self.cells.setdefault("currency", currency) != currency:
            self.note(codes.CURRENCY, "currency", _("The amounts of a row are in one currency."))

    def note(self, code: str, name: str, sentence: str) -> None:
        """A problem; beyond so many there is only one more, so that no message becomes larger than it was."""
        if len(self.problems) < MOST_PROBLEMS - 1:
            self.problems.append(Problem(code, shown(name), sentence))
        elif len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, "", _("More is wrong with this message than is told here.")))


def rows(message_type: str, message: Node) -> Iterator[tuple[dict[str, str], tuple[Problem, ...]]]:
    """The cells of each row of a message, with what is wrong with the message as such."""
    shape = SHAPES[message_type]
    around = _around(message)
    bodies = [child for child in message.children if child.name not in AROUND]
    if len(bodies) != 1 or bodies[0].name != message_type:
        sentence = _("The message has to hold one <%(name)s>, as MessageType says, and nothing else.")
        problem = Problem(codes.MESSAGE_BODY, "", sentence % {"name": message_type})
        yield {}, (problem,)
        return
    body = bodies[0]
    common = Reading({}, [*around, *_missing(body, shape)])
    _fill(common, body, shape.fields, (*shape.passed_over, shape.item))
    if message_type == "OrderAdjustment" and common.cells.pop("action-type", "Refund") != "Refund":
        sentence = _("ActionType has to be Refund. Units are canceled by QuantityCancelled.")
        common.note(codes.INCOMPLETE, "ActionType", sentence)
    items = body.all(shape.item) if shape.item and not _is_success(body) else []
    for item in items:
        reading = Reading(dict(common.cells), list(common.problems))
        _fill_item(reading, item, shape)
        yield reading.cells, tuple(reading.problems)
    if not items:
        yield common.cells, tuple(common.problems)


def count(message_type: str, message: Node) -> int:
    """How many rows a message gives, at a fraction of what making them costs."""
    shape = SHAPES[message_type]
    bodies = [child for child in message.children if child.name not in AROUND]
    if not shape.item or len(bodies) != 1 or bodies[0].name != message_type:
        return 1
    return 1 if _is_success(bodies[0]) else max(1, len(bodies[0].all(shape.item)))


def unused(message_type: str, message: Node) -> Iterator[str]:
    """The names of elements of a message that are known and not read."""
    passed_over = {*SHAPES[message_type].passed_over, *PROMOTION_IDS, "MarketplaceName"}
    nodes = list(message.children)
    while nodes:
        node = nodes.pop()
        if node.name in passed_over:
            yield node.name
        else:
            nodes += node.children


def _is_success(body: Node) -> bool:
    """Whether the body acknowledges an order: it is one row, whatever items it names."""
    return body.name == "OrderAcknowledgement" and body.value("StatusCode").casefold() == "success"


def _around(message: Node) -> list[Problem]:
    """What is wrong with a message outside of its body."""
    found = []
    number = message.value("MessageID")
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_ID_DIGITS and int(number)):
        sentence = _("MessageID has to be a whole number of at most 20 digits.")
        found.append(Problem(codes.ELEMENT, "MessageID", sentence))
    operation = message.value("OperationType")
    if operation not in OPERATIONS:
        sentence = _("OperationType “%(text)s” is not possible here.") % {"text": shown(operation)}
        found.append(Problem(codes.ELEMENT, "OperationType", sentence))
    return found


def _missing(body: Node, shape: Shape) -> list[Problem]:
    """Elements that must be there: without one, less would be said than was meant."""
    lacking = [name for name in shape.needed if not body.all(name)]
    lacking += [
        name for name in shape.needed if any(not each.text and not each.children for each in body.all(name))
    ]
    return [Problem(codes.MISSING, name, _("%(column)s is empty.") % {"column": name}) for name in lacking]


def _fill(
    reading: Reading, node: Node, fields: Mapping[str, str], passed_over: tuple[str, ...], at: str = ""
) -> None:
    """Take the values of an element; one that nobody knows would be lost in silence, so it is a problem."""
    for child in node.children:
        path = f"{at}{child.name}"
        if path in fields:
            reading.put(fields[path], child, child.name)
        elif any(name.startswith(f"{path}/") for name in fields):
            _fill(reading, child, fields, passed_over, f"{path}/")
        elif child.name not in passed_over:
            reading.note(codes.ELEMENT, child.name, _("The element is not known here."))


def _fill_item(reading: Reading, item: Node, shape: Shape) -> None:
    fields = shape.item_fields or {}
    adjusting = ADJUSTMENTS if shape.kind == FeedKind.ADJUST else {}
    _fill(reading, item, fields, (*shape.passed_over, *adjusting))
    code = next(iter(fields))
    if not item.value(code):
        # Without its code an item would be read as the whole order.
        sentence = _("An item is named by its AmazonOrderItemCode.")
        reading.note(codes.MISSING, code, sentence)
    for name, names in adjusting.items():
        for adjustments in item.all(name):
            _fill_components(reading, adjustments, names)


def _fill_components(reading: Reading, adjustments: Node, columns: Mapping[str, str]) -> None:
    for component in adjustments.children:
        if component.name in PROMOTION_IDS and columns is PROMOTIONS:
            continue
        amounts, kind = component.all("Amount"), component.value("Type")
        if component.name != "Component" or len(amounts) != 1 or len(component.children) != 2:
            sentence = _("A component has one Type and one Amount.")
            reading.note(codes.ELEMENT, component.name, sentence)
        elif kind not in columns:
            words = {"text": shown(kind), "names": ", ".join(columns)}
            sentence = _("“%(text)s” cannot be refunded by itself; the components are %(names)s.") % words
            reading.note(codes.COMPONENT, "Type", sentence)
        else:
            reading.put(columns[kind], amounts[0], kind)
