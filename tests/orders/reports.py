"""Order reports as a marketplace writes them, in the generations of their header."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def columns(names: str) -> list[str]:
    """A header, written as a sentence."""
    return names.split()


UNSHIPPED = columns(
    "order-id order-item-id purchase-date payments-date reporting-date promise-date days-past-promise buyer-email "
    "buyer-phone-number sku product-name quantity-purchased quantity-shipped quantity-to-ship ship-service-level "
    "recipient-name ship-address-1 ship-address-2 ship-address-3 ship-city ship-state ship-postal-code ship-country "
    "is-business-order purchase-order-number price-designation is-prime"
)
UNSHIPPED_IN_2025 = [
    *UNSHIPPED[:8], "buyer-name", *UNSHIPPED[8:-1], "is-iba", "verge-of-cancellation", "verge-of-lateShipment"
]  # fmt: skip
NEW_2017 = columns(
    "order-id order-item-id purchase-date payments-date buyer-email buyer-name buyer-phone-number sku product-name "
    "quantity-purchased currency item-price item-tax shipping-price shipping-tax ship-service-level recipient-name "
    "ship-address-1 ship-address-2 ship-address-3 ship-city ship-state ship-postal-code ship-country "
    "ship-phone-number delivery-start-date delivery-end-date delivery-time-zone delivery-Instructions sales-channel"
)
NEW_2009 = NEW_2017[:-1]
PROMOTIONS = columns("item-promotion-discount item-promotion-id ship-promotion-discount ship-promotion-id")
NEW_WITH_PROMOTIONS = [*NEW_2009[:25], *PROMOTIONS, *NEW_2009[25:]]
NEW_2024 = [
    *NEW_2017[:6], "payment-method-details", "cpf", "buyer-phone-number", "sku", "number-of-items",
    *NEW_2017[8:25], *PROMOTIONS, *NEW_2009[25:], "earliest-ship-date", "latest-ship-date",
    "earliest-delivery-date", "latest-delivery-date", "is-business-order", "purchase-order-number",
    "price-designation", "is-prime", "signature-confirmation-recommended",
]  # fmt: skip
ALL_ORDERS = columns(
    "amazon-order-id merchant-order-id purchase-date last-updated-date order-status fulfillment-channel "
    "sales-channel order-channel ship-service-level product-name sku asin item-status quantity currency item-price "
    "item-tax shipping-price shipping-tax gift-wrap-price gift-wrap-tax item-promotion-discount "
    "ship-promotion-discount ship-city ship-state ship-postal-code ship-country promotion-ids cpf "
    "is-business-order purchase-order-number price-designation"
)
WITH_PRICES = [NEW_2009, NEW_2017, NEW_WITH_PROMOTIONS, NEW_2024]

Cells = Mapping[str, str]


def row(order: int = 1, item: int = 1, **cells: str) -> dict[str, str]:
    """One item of an order; names of columns are written with _ for -."""
    whole = {
        "order-id": f"701-{order:07d}-7654321",
        "order-item-id": f"{order:07d}{item:07d}",
        "purchase-date": "2026-11-19T08:34:47-08:00",
        "buyer-email": "x1@relay.example",
        "buyer-name": "Ada Buyer",
        "sku": "CABLE-2M",
        "product-name": 'Cable 2", black',
        "quantity-purchased": "2",
        "quantity-shipped": "0",
        "quantity-to-ship": "2",
        "currency": "USD",
        "item-price": "20.00",
        "item-tax": "1.60",
        "shipping-price": "5.00",
        "shipping-tax": "0.40",
        "ship-service-level": "Standard",
        "recipient-name": "Ada Buyer",
        "ship-address-1": "1 Main Street",
        "ship-city": "Springfield",
        "ship-state": "IL",
        "ship-postal-code": "62701",
        "ship-country": "US",
    }
    return whole | {name.replace("_", "-"): value for name, value in cells.items()}


def write(
    path: Path,
    rows: Iterable[Cells],
    header: Sequence[str] = NEW_2017,
    *,
    encoding: str = "utf-8",
    end: str = "\r\n",
    before: Sequence[str] = (),
    tail: str = "",
) -> Path:
    """Write a report; `tail` stands after the last cell of each line, as the TAB of some generations."""
    lines = [*before, "\t".join(header) + tail]
    lines += ["\t".join(cells.get(name, "") for name in header) + tail for cells in rows]
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path
