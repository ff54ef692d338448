# ruff: noqa: S608 - what is put together are the words of this module; parameters stay parameters
"""What is known of an order and its items, as columns: o is the order, i the item, c the channel, t the relay thread.

Where to ship is told while the order is the seller's to ship, or was shipped (O2, O13); a phone only while it works
(C3, C4); of the buyer's address only the one behind which the portal relays (C1).
"""

from messaging.relay import WORKS_FOR
from orders.charges import COMPONENTS
from reports.columns import Column, amount, count, flag, moment, optional, phone, plain, text

KEPT = "(i.quantity - i.units_canceled)"
# As `OrderItem.units_open` counts: neither shipped, nor canceled, nor given up.
TO_SHIP = "(i.quantity - i.units_shipped - i.units_canceled - i.units_unsupplied)"
PHONE = """CASE WHEN o.relay_phone <> '' AND o.canceled_at IS NULL AND o.fulfilment = 'MFN'
    AND (o.phone_until IS NULL OR o.phone_until >= %(now)s)
    THEN o.relay_phone || ' ext. ' || o.relay_extension END"""
SHIP_TO = {
    "recipient-name": "recipient",
    "ship-address-1": "address_1",
    "ship-address-2": "address_2",
    "ship-address-3": "address_3",
    "ship-city": "city",
    "ship-state": "state",
    "ship-postal-code": "postal_code",
    "ship-country": "country",
}
# No address where none was written to yet: the relay's addresses come with the first message.
RELAY = f"""LEFT JOIN (
        SELECT DISTINCT ON (order_id) order_id, seller_alias || '@' || %(relay)s AS address FROM messaging_thread
        WHERE order_id = ANY(%(orders)s::bigint[]) AND last_message_at > %(now)s - interval '{WORKS_FOR.days} days'
        ORDER BY order_id, last_message_at DESC, id DESC
    ) t ON t.order_id = o.id"""
NUMBER_OF_ITEMS = "(SELECT count(*) FROM orders_orderitem WHERE order_id = o.id)"


def ship_to(*names: str) -> list[Column]:
    """Where the parcel goes; nothing of an order that was canceled."""
    return [
        text(name, f"CASE WHEN o.canceled_at IS NULL THEN o.{SHIP_TO[name]} END") for name in names or SHIP_TO
    ]


def kept_amounts() -> list[Column]:
    """The amounts of the units that were not canceled; empty where none is left (O12)."""
    return [
        amount(_name(component), kept(component), apart=APART.get(component, ())) for component in COMPONENTS
    ]


def kept(component: str) -> str:
    """A component's share of the units that were kept, to the minor unit, half rounded up; see accounts.money.share."""
    share = f"(2 * i.{component} * {KEPT} + i.quantity) / (2 * i.quantity)"
    return f"CASE WHEN i.units_canceled = 0 THEN i.{component} WHEN {KEPT} > 0 THEN {share} END"


def _name(component: str) -> str:
    """As reports write it: item-price, item-tax, shipping-price, shipping-tax."""
    names = {"price": "item-price", "tax": "item-tax", "shipping": "shipping-price"}
    return names.get(component, component.replace("_", "-"))


# Gift wrap is included in price and tax, discounts were taken off: unless the report has columns for them.
APART = {
    "price": (
        ("gift-wrap-price", f"- ({kept('gift_wrap_price')})"),
        ("item-promotion-discount", f"+ ({kept('item_discount')})"),
    ),
    "tax": (("gift-wrap-tax", f"- ({kept('gift_wrap_tax')})"),),
    "shipping": (("ship-promotion-discount", f"+ ({kept('shipping_discount')})"),),
}
GIFT_WRAP = [
    amount("gift-wrap-price", f"NULLIF({kept('gift_wrap_price')}, 0)"),
    amount("gift-wrap-tax", f"NULLIF({kept('gift_wrap_tax')}, 0)"),
]
ITEM_DISCOUNT = amount("item-promotion-discount", f"- NULLIF({kept('item_discount')}, 0)")
SHIPPING_DISCOUNT = amount("ship-promotion-discount", f"- NULLIF({kept('shipping_discount')}, 0)")
PROMOTIONS = [ITEM_DISCOUNT, plain("item-promotion-id"), SHIPPING_DISCOUNT, plain("ship-promotion-id")]


def unless_canceled(name: str, sql: str) -> Column:
    """What the buyer wrote for the parcel; nothing of an order that was canceled."""
    return text(name, f"CASE WHEN o.canceled_at IS NULL THEN NULLIF({sql}, '') END")


def said(name: str, sql: str) -> Column:
    """A text that may be empty."""
    return text(name, f"NULLIF({sql}, '')")


GIFT = [
    said("gift-wrap-type", "i.gift_wrap_type"),
    unless_canceled("gift-message-text", "i.gift_message"),
]
CUSTOMIZATION = unless_canceled("customized-url", "i.customization_url")
COMPANY = unless_canceled("buyer-company-name", "o.buyer_company")
DELIVERY = unless_canceled("delivery-Instructions", "o.delivery_instructions")
REPLACEMENT = [
    flag("is-replacement-order", "o.is_replacement"),
    said("original-order-id", "o.original_order"),
]
IOSS = said("ioss-number", "o.ioss_number")
TAX_MODEL = [
    said("tax-collection-model", "o.tax_collection_model"),
    said("tax-collection-responsible-party", "o.tax_collection_party"),
]
SIGNATURE = flag("signature-confirmation-recommended", "o.is_signature_recommended")

PLACED, PAID = moment("purchase-date", "o.placed_at"), moment("payments-date", "o.authorised_at")
BUYER_PHONE = phone("buyer-phone-number", PHONE)
BUYER_EMAIL = plain("buyer-email", "t.address")
BUYER_NAME = text("buyer-name", "CASE WHEN o.canceled_at IS NULL THEN o.buyer_name END")
SKU, PRODUCT, ASIN = text("sku", "i.sku"), text("product-name", "i.title"), text("asin", "i.asin")
SERVICE, CHANNEL = text("ship-service-level", "o.service"), text("sales-channel", "c.name")
BUSINESS = [
    flag("is-business-order", "o.is_business"),
    said("purchase-order-number", "o.purchase_order_number"),
    said("price-designation", "i.price_designation"),
    flag("is-prime", "o.is_prime"),
]
FULFILMENT = plain("fulfillment-channel", "CASE o.fulfilment WHEN 'MFN' THEN 'Merchant' ELSE 'Amazon' END")

NEW_ORDERS = [
    plain("order-id", "o.number"),
    plain("order-item-id", "i.number"),
    PLACED,
    PAID,
    BUYER_EMAIL,
    BUYER_NAME,
    *optional(plain("payment-method-details"), plain("cpf")),
    BUYER_PHONE,
    SKU,
    *optional(count("number-of-items", NUMBER_OF_ITEMS)),
    PRODUCT,
    # Programs ship by this number: a unit canceled or given up before the report was made shall not be sent.
    count("quantity-purchased", f"({KEPT} - i.units_unsupplied)"),
    plain("currency", "o.currency"),
    *kept_amounts(),
    SERVICE,
    *ship_to(),
    phone("ship-phone-number", PHONE),
    *optional(
        *(plain(f"bill-{name}") for name in ("address-1", "address-2", "address-3", "city", "state")),
        plain("bill-postal-code"),
        plain("bill-country"),
        *PROMOTIONS,
    ),
    plain("delivery-start-date"),
    plain("delivery-end-date"),
    plain("delivery-time-zone"),
    DELIVERY,
    CHANNEL,
    *optional(
        moment("earliest-ship-date", "o.authorised_at"),
        moment("latest-ship-date", "o.ship_by"),
        plain("earliest-delivery-date"),
        plain("latest-delivery-date"),
        *BUSINESS,
        SIGNATURE,
        FULFILMENT,
        *GIFT_WRAP,
        *GIFT,
        CUSTOMIZATION,
        COMPANY,
        *REPLACEMENT,
        IOSS,
        *TAX_MODEL,
    ),
]

DAYS_PAST = "(%(now)s AT TIME ZONE %(zone)s)::date - (o.ship_by AT TIME ZONE %(zone)s)::date"
UNSHIPPED = [
    plain("order-id", "o.number"),
    plain("order-item-id", "i.number"),
    PLACED,
    PAID,
    moment("reporting-date", "o.authorised_at"),
    moment("promise-date", "o.ship_by"),
    count("days-past-promise", DAYS_PAST),
    BUYER_EMAIL,
    *optional(BUYER_NAME),
    BUYER_PHONE,
    SKU,
    *optional(count("number-of-items", NUMBER_OF_ITEMS)),
    PRODUCT,
    count("quantity-purchased", "i.quantity"),
    count("quantity-shipped", "i.units_shipped"),
    count("quantity-to-ship", TO_SHIP),
    SERVICE,
    *ship_to(),
    *BUSINESS,
    *optional(
        CHANNEL,
        flag("is-buyer-requested-cancellation", "q.note IS NOT NULL"),
        text("buyer-requested-cancel-reason", "q.note"),
        flag("verge-of-cancellation", "o.warn_at <= %(now)s"),
        flag("verge-of-lateShipment", "o.ship_by BETWEEN %(now)s AND %(now)s + interval '1 day'"),
        SIGNATURE,
        *GIFT,
        CUSTOMIZATION,
        COMPANY,
        *REPLACEMENT,
        IOSS,
        *TAX_MODEL,
    ),
]

STATUS = "CASE o.status WHEN 'canceled' THEN 'Cancelled' WHEN 'shipped' THEN 'Shipped' ELSE 'Unshipped' END"
ITEM_STATUS = f"""CASE WHEN {KEPT} = i.units_unsupplied THEN 'Cancelled' WHEN {TO_SHIP} = 0 THEN 'Shipped'
    ELSE 'Unshipped' END"""
_ALL_ORDERS = [
    plain("amazon-order-id", "o.number"),
    plain("merchant-order-id", "o.number"),
    PLACED,
    moment("last-updated-date", "coalesce(e.at, o.placed_at)"),
    plain("order-status", STATUS),
    *optional(plain("order-item-id", "i.number")),
    FULFILMENT,
    CHANNEL,
    plain("order-channel"),
    *optional(plain("url")),
    SERVICE,
    PRODUCT,
    SKU,
    ASIN,
    *optional(count("number-of-items", NUMBER_OF_ITEMS)),
    plain("item-status", ITEM_STATUS),
    count("quantity", KEPT),
    plain("currency", "o.currency"),
    *kept_amounts(),
    *GIFT_WRAP,
    ITEM_DISCOUNT,
    SHIPPING_DISCOUNT,
    *ship_to("ship-city", "ship-state", "ship-postal-code", "ship-country"),
    plain("promotion-ids"),
]
_ENDS = [*BUSINESS[:3], *optional(SIGNATURE, *TAX_MODEL, CUSTOMIZATION)]
BY_ORDER_DATE = [*_ALL_ORDERS, plain("cpf"), *_ENDS]
BY_LAST_UPDATE = [*_ALL_ORDERS, *_ENDS]
