# ruff: noqa: S608 - what is put together are the words of this module; parameters stay parameters
"""Canceled units, refunds and returns, settlement and tax, as columns; the names are the trade's (docs/reports.md)."""

from orders.states import CancelReason
from refunds.states import FEED_CODES
from reports.columns import amount, count, day, moment, optional, plain, text
from reports.order_columns import (
    ASIN,
    CHANNEL,
    FULFILMENT,
    KEPT,
    PLACED,
    PRODUCT,
    SERVICE,
    SKU,
    kept,
    ship_to,
)

CANCEL_CODES: dict[str, str] = {
    CancelReason.NO_INVENTORY: "NoInventory",
    CancelReason.BUYER_CANCELED: "BuyerCanceled",
    CancelReason.GENERAL_ADJUSTMENT: "GeneralAdjustment",
    CancelReason.PRICING_ERROR: "PricingError",
    CancelReason.ADDRESS_UNDELIVERABLE: "ShippingAddressUndeliverable",
    CancelReason.CUSTOMER_EXCHANGE: "CustomerExchange",
    CancelReason.PAYMENT_NOT_AUTHORISED: "PaymentNotAuthorised",
    CancelReason.NOT_CONFIRMED: "NotConfirmed",
}
"""As the Order Cancellation feed writes them; the last two are the marketplace's."""


def _code(sql: str, codes: dict[str, str]) -> str:
    """The trade's word for ours; ours where the trade has none."""
    cases = " ".join(f"WHEN '{ours}' THEN '{theirs}'" for ours, theirs in codes.items())
    return f"CASE {sql} {cases} ELSE {sql} END"


def _lost(component: str) -> str:
    """What of a component fell away with the units of one cancellation."""
    return f"({_share(component, 'e.before')}) - ({_share(component, 'e.after')})"


def _share(component: str, canceled: str) -> str:
    """A component's share of the units that are left once so many were canceled; see accounts.money.share."""
    return f"(2 * i.{component} * (i.quantity - {canceled}) + i.quantity) / (2 * i.quantity)"


CANCELED = [
    plain("order-id", "o.number"),
    plain("order-item-id", "i.number"),
    PLACED,
    moment("cancellation-date", "e.at"),
    plain("order-status", "CASE e.kind WHEN 'canceled' THEN 'Cancelled' ELSE 'Partially Cancelled' END"),
    plain("cancelled-by", "CASE e.kind WHEN 'canceled' THEN o.canceled_by ELSE e.actor_kind END"),
    plain("cancellation-reason-code", _code("(e.details->>'reason')", CANCEL_CODES)),
    SKU,
    ASIN,
    PRODUCT,
    count("quantity-purchased", "i.quantity"),
    count("quantity-cancelled", "e.after - e.before"),
    plain("currency", "o.currency"),
    amount("item-price", _lost("price")),
    amount("item-tax", _lost("tax")),
    amount("shipping-price", _lost("shipping")),
    amount("shipping-tax", _lost("shipping_tax")),
    *optional(SERVICE, CHANNEL, FULFILMENT),
]
# One row for each time that units of an item were canceled. How many were canceled before it and after it is counted
# from the order's history; an event that names no item is about the first item of its SKU.
CANCELED_ROWS = """JOIN orders_orderitem i ON i.order_id = o.id AND i.units_canceled > 0
    JOIN LATERAL (
        SELECT v.id, v.at, v.kind, v.actor_kind, v.details,
            coalesce(sum(u.units) OVER (ORDER BY v.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before,
            CASE v.kind WHEN 'canceled' THEN i.units_canceled
                ELSE coalesce(sum(u.units) OVER (ORDER BY v.id), 0) END AS after
        FROM orders_orderevent v LEFT JOIN LATERAL (
            SELECT (told->>'units')::int AS units FROM jsonb_array_elements(v.details->'units') told
            WHERE told->>'item' = i.number OR (NOT told ? 'item' AND i.id = (
                SELECT min(id) FROM orders_orderitem WHERE order_id = o.id AND sku = told->>'sku'))
        ) u ON true
        WHERE v.order_id = o.id AND v.kind IN ('canceled', 'units_canceled')
    ) e ON e.after > e.before AND e.at >= %(first)s AND e.at < %(last)s"""

REFUND_CODES: dict[str, str] = {ours: theirs for theirs, ours in FEED_CODES.items()}
REFUNDS = [
    plain("record-type", "r.what"),
    plain("order-id", "o.number"),
    plain("order-item-id", "i.number"),
    moment("posted-date", "r.at"),
    SKU,
    ASIN,
    PRODUCT,
    count("quantity", "r.units"),
    plain("currency", "o.currency"),
    amount("item-price-adj", "r.price"),
    amount("item-tax-adj", "r.tax"),
    amount("shipping-price-adj", "r.shipping"),
    amount("shipping-tax-adj", "r.shipping_tax"),
    plain("reason-code", _code("r.reason", REFUND_CODES)),
    plain("status", "r.state"),
    plain("rma-id", "r.rma"),
    moment("return-received-date", "r.received_at"),
    count("quantity-received", "r.received"),
    count("quantity-restocked", "r.restocked"),
    plain("item-condition", "r.condition"),
    *optional(CHANNEL, FULFILMENT, text("customer-comments", "r.note"), text("memo", "r.memo")),
]
# Refunds that were done, and returns that were asked for, in the days of the report.
REFUND_ROWS = """JOIN LATERAL (
        SELECT 'Refund' AS what, f.finished_at AS at, l.item_id, l.units, l.price, l.tax, l.shipping, l.shipping_tax,
            f.reason, f.state, b.rma, b.received_at, NULL::int AS received, NULL::int AS restocked,
            NULL::text AS condition, NULL::text AS note, f.memo, 1 AS turn, l.id
        FROM refunds_refund f JOIN refunds_refundline l ON l.refund_id = f.id
            LEFT JOIN refunds_return b ON b.id = f.of_return_id
        WHERE f.order_id = o.id AND f.state = 'done' AND f.finished_at >= %(first)s AND f.finished_at < %(last)s
        UNION ALL
        SELECT 'Return', b.requested_at, l.item_id, l.units, NULL, NULL, NULL, NULL,
            b.reason, b.state, b.rma, b.received_at, l.units_received, l.units_restocked,
            l.condition, b.note, NULL, 2, l.id
        FROM refunds_return b JOIN refunds_returnline l ON l.of_return_id = b.id
        WHERE b.order_id = o.id AND b.requested_at >= %(first)s AND b.requested_at < %(last)s
    ) r ON true
    JOIN orders_orderitem i ON i.id = r.item_id"""

SETTLEMENT = [
    plain("settlement-id", "s.number"),
    day("settlement-start-date", "s.opens_on"),
    day("settlement-end-date", "s.closes_on"),
    moment("deposit-date", "s.closed_at"),
    plain("currency", "s.currency"),
    plain("transaction-type", "a.transaction"),
    plain("order-id", "o.number"),
    plain("merchant-order-id", "o.number"),
    text("marketplace-name", "c.name"),
    plain("amount-type", "a.type"),
    plain("amount-description", "a.description"),
    amount("amount", "a.minor", "s.currency"),
    day("posted-date", "l.day"),
    *optional(FULFILMENT),
]
# One row for each amount that an order brought to a statement that was closed in the days of the report.
SETTLEMENT_ROWS = """JOIN payments_statementline l ON l.payment_id = o.payment_id
    JOIN payments_statement s ON s.id = l.statement_id AND s.closed_at >= %(first)s AND s.closed_at < %(last)s
    JOIN LATERAL (VALUES
        ('Order', 'ItemPrice', 'Charges', l.charges, 1),
        ('Refund', 'ItemPrice', 'Refunds', -l.refunds, 2),
        ('Order', 'ItemFees', 'Commission', -l.fees, 3)
    ) a (transaction, type, description, minor, turn) ON a.minor <> 0"""

TAX = [
    plain("transaction-type", "r.what"),
    plain("order-id", "o.number"),
    plain("order-item-id", "i.number"),
    moment("posted-date", "r.at"),
    SKU,
    PRODUCT,
    count("quantity", "r.units"),
    plain("currency", "o.currency"),
    amount("item-price", "r.price"),
    amount("item-tax", "r.tax"),
    amount("shipping-price", "r.shipping"),
    amount("shipping-tax", "r.shipping_tax"),
    amount("total-tax", "(r.tax + r.shipping_tax)"),
    *ship_to("ship-city", "ship-state", "ship-postal-code", "ship-country"),
    CHANNEL,
    *optional(ASIN, FULFILMENT, PLACED),
]
# What was charged in the days of the report, and what was refunded in them, which stands below zero.
TAX_ROWS = f"""JOIN payments_payment p ON p.id = o.payment_id
    JOIN orders_orderitem i ON i.order_id = o.id
    JOIN LATERAL (
        SELECT 'Sale' AS what, p.charged_at AS at, {KEPT} AS units, {kept("price")} AS price, {kept("tax")} AS tax,
            {kept("shipping")} AS shipping, {kept("shipping_tax")} AS shipping_tax, 1 AS turn, i.id
        WHERE p.charged_at >= %(first)s AND p.charged_at < %(last)s AND {KEPT} > 0
        UNION ALL
        SELECT 'Refund', f.finished_at, -l.units, -l.price, -l.tax, -l.shipping, -l.shipping_tax, 2, l.id
        FROM refunds_refund f JOIN refunds_refundline l ON l.refund_id = f.id AND l.item_id = i.id
        WHERE f.order_id = o.id AND f.state = 'done' AND f.finished_at >= %(first)s AND f.finished_at < %(last)s
    ) r ON true"""
