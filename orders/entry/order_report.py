"""The marketplace's order report, in every generation of its header: from its rows to orders (docs/channels.md)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.text_files import Unreadable
from orders.entry.cart import Item, NewOrder
from orders.entry.report_cells import WHOLE, Cells, RowProblem
from orders.entry.report_file import ReportFile, Row

# Column of the report: field of the order.
REQUIRED = {
    "ship-service-level": "service",
    "buyer-email": "buyer_email",
    "recipient-name": "recipient",
    "ship-address-1": "address_1",
    "ship-country": "country",
}
OPTIONAL = {
    "ship-city": "city",
    "ship-address-2": "address_2",
    "ship-address-3": "address_3",
    "ship-state": "state",
    "ship-postal-code": "postal_code",
}
ADDRESS = {**REQUIRED, **OPTIONAL}
OF_THE_ORDER = ["purchase-date", "currency", "buyer-name", *ADDRESS]
OF_THE_ITEM = ["order-id", "purchase-date", "sku", "quantity-purchased"]
ORDER_EXTRAS = {
    "buyer-company-name": "buyer_company",
    "purchase-order-number": "purchase_order_number",
    "original-order-id": "original_order",
    "ioss-number": "ioss_number",
    "tax-collection-model": "tax_collection_model",
    "tax-collection-responsible-party": "tax_collection_party",
    "delivery-instructions": "delivery_instructions",
}
ORDER_FLAGS = {
    "is-business-order": "is_business",
    "is-prime": "is_prime",
    "is-replacement-order": "is_replacement",
    "signature-confirmation-recommended": "is_signature_recommended",
}
ITEM_EXTRAS = {
    "gift-wrap-type": "gift_wrap_type",
    "gift-message-text": "gift_message",
    "customized-url": "customization_url",
    "price-designation": "price_designation",
}
ITEM_AMOUNTS = [
    "item-price", "item-tax", "shipping-price", "shipping-tax", "gift-wrap-price", "gift-wrap-tax",
    "item-promotion-discount", "ship-promotion-discount",
]  # fmt: skip
CHECKED = ["order-status", "item-status", "quantity-shipped"]
KEPT = {
    *OF_THE_ITEM, *OF_THE_ORDER, *ORDER_EXTRAS, *ORDER_FLAGS, *ITEM_EXTRAS, *ITEM_AMOUNTS, *CHECKED,
    "order-item-id", "product-name",
}  # fmt: skip
ROWS_AT_MOST = 3_000
STATUSES = {"", "pending", "unshipped"}


class BadRows(Exception):
    """These rows make no order; says each reason and its line."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(len(problems))
        self.problems = problems


@dataclass(frozen=True)
class Terms:
    """What the report does not say: how it is paid, the usual currency, and prices where it has none."""

    payment_token: str
    currency: str
    prices: Mapping[str, int] | None


@dataclass
class Group:
    """All rows of one order, wherever they stand in the file; promotions are further rows of their item."""

    number: str
    rows: list[Row] = field(default_factory=list)

    @property
    def lines(self) -> tuple[int, ...]:
        """Where the order stands in the file."""
        return tuple(row.line for row in self.rows)

    def items(self) -> list[list[Row]]:
        """For each item its row and the promotions that belong to it; a row that stands twice counts once."""
        items: list[list[Row]] = []
        seen: dict[str, Row] = {}
        for row in self.rows:
            number = row["order-item-id"]
            if is_promotion(row) and items:
                _item_of(row, items).append(row)
            elif number not in seen or seen[number].cells != row.cells:
                items.append([row])
                seen |= {number: row} if number else {}
        return items

    def units(self) -> Counter[str]:
        """How many of each SKU, as far as it can be read."""
        units: Counter[str] = Counter()
        for row, *_promotions in self.items():
            quantity = row["quantity-purchased"]
            units[row["sku"]] += int(quantity) if WHOLE.fullmatch(quantity) else 0
        return units


def is_promotion(row: Row) -> bool:
    """Whether the row only adds a promotion to the item before it: most of its columns are blank."""
    return not row["sku"] and not row["quantity-purchased"]


def _item_of(promotion: Row, items: list[list[Row]]) -> list[Row]:
    number = promotion["order-item-id"]
    return next((item for item in items if number and item[0]["order-item-id"] == number), items[-1])


def check(report: ReportFile) -> None:
    """Raise Unreadable unless the columns are there that every order needs."""
    missing = [name for name in [*OF_THE_ITEM, *REQUIRED] if name not in report.columns]
    if missing:
        sentence = _("The report lacks columns that an order needs: %(names)s.")
        raise Unreadable(sentence % {"names": ", ".join(missing)})


def columns_not_kept(report: ReportFile) -> list[str]:
    """Return the columns that say something of an order which the portal doesn't keep, as the header has them."""
    waiting = {name for name in report.columns if name and name not in KEPT}
    found: set[str] = set()
    if waiting:
        for row in report.rows():
            found |= {name for name in waiting - found if row[name]}
            if found == waiting:
                break
    return [name for name in report.columns if name in found]


def last_lines(report: ReportFile) -> dict[str, int]:
    """For each order the line where it ends; reads the whole file, and so finds what is wrong with it."""
    return {key: row.line for key, row in _keyed(report)}


def groups(report: ReportFile, ends: Mapping[str, int]) -> Iterator[Group]:
    """The orders, each as soon as its last row is read."""
    unfinished: dict[str, Group] = {}
    for key, row in _keyed(report):
        group = unfinished.setdefault(key, Group(row["order-id"]))
        if len(group.rows) < ROWS_AT_MOST:
            group.rows.append(row)
        if row.line >= ends.get(key, 0):
            yield unfinished.pop(key)


def _keyed(report: ReportFile) -> Iterator[tuple[str, Row]]:
    """Each row with its order; a promotion without a number belongs to the row before."""
    key = ""
    for row in report.rows():
        if row["order-id"]:
            key = row["order-id"]
        elif not (key and is_promotion(row)):
            key = f"line {row.line}"
        yield key, row


def order_of(group: Group, terms: Terms) -> NewOrder:
    """The order that these rows tell of. Raises BadRows with every reason why they do not."""
    items = group.items()
    first = items[0][0]
    cells = Cells(first["currency"] or terms.currency)
    cells.check_currency(first)
    for row in group.rows:
        _check_row(row, first, cells)
    placed_at = cells.moment(first, "purchase-date")
    ship_to: dict[str, Any] = {name: first[column] for column, name in ADDRESS.items()}
    ship_to["postal_code"] = cells.postal_code(first)
    lines = tuple(_item(item, cells, terms) for item in items)
    if len(group.rows) == ROWS_AT_MOST:
        cells.note(first, _("The order has too many rows."))
    if cells.problems:
        raise BadRows(cells.problems)
    return NewOrder(
        reference=group.number,
        number=group.number,
        placed_at=placed_at,
        currency=cells.currency,
        buyer_name=first["buyer-name"] or first["recipient-name"],
        payment_token=terms.payment_token,
        items=lines,
        **ship_to,
        **_extras(group.rows),
    )


def _extras(rows: Sequence[Row]) -> dict[str, Any]:
    """Return what is said of the whole order, in whichever of its rows."""
    texts = {
        name: next((row[column] for row in rows if row[column]), "") for column, name in ORDER_EXTRAS.items()
    }
    flags = {name: any(row[column].lower() == "true" for row in rows) for column, name in ORDER_FLAGS.items()}
    return texts | flags


def _check_row(row: Row, first: Row, cells: Cells) -> None:
    """Note what is odd about a row as a whole."""
    if row.problem:
        cells.note(row, row.problem)
    if not row["order-id"] and not is_promotion(row):
        cells.note(row, _("The order number is missing."), "order-id")
    cells.check_spreadsheet(row)
    if row["order-status"].lower() not in STATUSES or row["item-status"].lower() not in STATUSES:
        cells.note(row, _("Only orders that are still to be shipped are taken in."), "order-status")
    if row["quantity-shipped"] not in ("", "0"):
        sentence = _("Units of this order were shipped elsewhere; confirm the rest there too.")
        cells.note(row, sentence, "quantity-shipped")
    if not is_promotion(row):
        for column in OF_THE_ORDER:
            if row[column] != first[column]:
                words = {"line": first.line}
                cells.note(row, _("The order's rows differ: see line %(line)d.") % words, column)


def _item(rows: Sequence[Row], cells: Cells, terms: Terms) -> Item:
    """One line of the order. Amounts are for all its units; promotions are taken off, gift wrap is added."""
    row, quantity = rows[0], cells.whole(rows[0], "quantity-purchased")
    wrap, wrap_tax = cells.amount(row, "gift-wrap-price"), cells.amount(row, "gift-wrap-tax")
    discount, price = _less(
        rows, _price(row, quantity, cells, terms) + wrap, "item-promotion-discount", cells
    )
    ship_discount, shipping = _less(
        rows, cells.amount(row, "shipping-price"), "ship-promotion-discount", cells
    )
    return Item(
        sku=row["sku"],
        quantity=quantity,
        price=price,
        tax=cells.amount(row, "item-tax") + wrap_tax,
        shipping=shipping,
        shipping_tax=cells.amount(row, "shipping-tax"),
        number=cells.item_number(row),
        title=row["product-name"],
        gift_wrap_price=wrap,
        gift_wrap_tax=wrap_tax,
        item_discount=discount,
        shipping_discount=ship_discount,
        **{name: row[column] for column, name in ITEM_EXTRAS.items()},
    )


def _price(row: Row, quantity: int, cells: Cells, terms: Terms) -> int:
    """What the units cost: as the report says, or as they are listed where it has no such column."""
    if terms.prices is not None:
        # A SKU that is not listed is refused for that reason, so that any price will do.
        return terms.prices.get(row["sku"], 1) * quantity
    if not row["item-price"]:
        cells.note(row, _("The price is missing."), "item-price")
    return cells.amount(row, "item-price")


def _less(rows: Sequence[Row], amount: int, column: str, cells: Cells) -> tuple[int, int]:
    """Return the promotions and the amount without them; some reports write them as negative amounts, some don't."""
    discount = sum(abs(cells.amount(row, column, allow_negative=True)) for row in rows)
    if discount > amount:
        cells.note(rows[0], _("The promotions are more than the amount."), column)
        return 0, amount
    return discount, amount - discount
