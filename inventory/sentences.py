"""Movements of stock and changes of listings in words."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import moments
from accounts.actors import ActorKind, Source
from accounts.money import Money
from inventory.history import Cause
from inventory.models import ChangeKind, Listing, ListingChange, MovementKind, StockMovement

LABELS = {
    "on_hand": gettext_lazy("On hand"),
    "price": gettext_lazy("Price"),
    "title": gettext_lazy("Title"),
    "handling_days": gettext_lazy("Handling time"),
    "low_stock_at": gettext_lazy("Low stock from"),
}
# Why units were canceled or given up, by the codes that orders and refunds hand down with what they release.
REASONS = {
    "no_inventory": gettext_lazy("No inventory"),
    "buyer_canceled": gettext_lazy("Buyer canceled"),
    "general_adjustment": gettext_lazy("General adjustment"),
    "pricing_error": gettext_lazy("Pricing error"),
    "address_undeliverable": gettext_lazy("Ship-to address undeliverable"),
    "customer_exchange": gettext_lazy("Customer exchange"),
    "payment_not_authorised": gettext_lazy("Payment not authorised"),
    "not_confirmed": gettext_lazy("Shipment not confirmed in time"),
    "customer_return": gettext_lazy("Customer return"),
    "could_not_ship": gettext_lazy("Could not ship"),
    "different_item": gettext_lazy("Different item"),
    "price_error": gettext_lazy("Price error"),
    "customer_cancel": gettext_lazy("Customer canceled"),
    "undeliverable": gettext_lazy("Undeliverable"),
    "refused_delivery": gettext_lazy("Refused delivery"),
    "address_incorrect": gettext_lazy("Address incorrect"),
    "exchange": gettext_lazy("Exchange"),
    "abandoned": gettext_lazy("Abandoned"),
    "product_out_of_stock": gettext_lazy("Product out of stock"),
    "carrier_credit_decision": gettext_lazy("Carrier credit decision"),
    "carrier_coverage_failure": gettext_lazy("Carrier coverage failure"),
    "risk_information": gettext_lazy("Risk assessment information not valid"),
    "transaction_record": gettext_lazy("Transaction record"),
    "other": gettext_lazy("Other"),
}


def value(name: str, content: Any, currency: str) -> str:
    """The content of a field as a person reads it."""
    if name == "price":
        return str(Money(content, currency))
    if name == "handling_days":
        return ngettext("%(n)d business day", "%(n)d business days", content) % {"n": content}
    return str(content)


def who(row: Cause) -> str:
    """The person, or as what somebody acted."""
    return row.actor.name or row.actor.email if row.actor else str(ActorKind(row.actor_kind).label)


def whence(row: Cause) -> str:
    """From where it came."""
    return str(Source(row.source).label)


def why(movement: StockMovement) -> str:
    """The reason that was given."""
    return str(REASONS.get(movement.reason, movement.reason))


def change(row: ListingChange, currency: str) -> str:
    """What was done, in a sentence: "Price from $10.00 to $12.00"."""
    if row.kind == ChangeKind.EDITED:
        return " · ".join(_edits(row, currency))
    return str(ChangeKind(row.kind).label)


def _edits(row: ListingChange, currency: str) -> Iterator[str]:
    for name, new in row.new.items():
        old = value(name, row.old[name], currency)
        words = {"field": LABELS[name], "old": old, "new": value(name, new, currency)}
        yield _("%(field)s from %(old)s to %(new)s") % words


def cause(row: Cause | None, listing: Listing, zone: str) -> str:
    """What happened since a page was made: who, what and when."""
    if row is None:
        return ""
    if isinstance(row, StockMovement):
        what = _("%(kind)s, on hand %(change)s") % {
            "kind": MovementKind(row.kind).label,
            "change": signed(row.on_hand),
        }
    else:
        what = change(row, listing.currency)
    return f"{who(row)} · {moments.text(row.at, zone)}: {what}"


def signed(number: int) -> str:
    """A change of a figure, "+3" or "−3"."""
    return f"+{number}" if number > 0 else f"−{-number}" if number else "0"
