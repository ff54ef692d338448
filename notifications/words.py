"""What a seller's member is told, in words: for the inbox, for a digest's lines, and for the mail."""

import re
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import moments
from inventory.models import Listing
from notifications.states import Kind
from orders import sentences, standing
from orders.models import Order, OrderEvent
from orders.states import OPEN, OrderStatus, RequestState

REPORT = re.compile("report:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?::|$)")


@dataclass(frozen=True)
class About:
    """What a notice or an inbox item is about."""

    kind: Kind
    order: Order | None
    listing: Listing | None
    event: OrderEvent | None
    key: str = ""

    @classmethod
    def of(cls, told: Any) -> "About":
        """Of a Notice or an InboxItem, read with what they name."""
        return cls(Kind(told.kind), told.order, told.listing, told.event, told.key)


def heading(about: About) -> str:
    """In a few words, as a subject: "Sold, ship now: 701-…"."""
    subject = about.order or (about.listing and about.listing.sku)
    return f"{about.kind.label}: {subject}" if subject else str(about.kind.label)


def body(about: About) -> str:
    """In one or two sentences."""
    order, listing = about.order, about.listing
    if order:
        return _of_order(about.kind, order, about.event)
    if listing:
        return _of_listing(about.kind, listing)
    return _("Download it within 30 days.") if about.kind == Kind.REPORT_READY else ""


def path(about: About) -> str:
    """The page that it leads to."""
    if about.order:
        return reverse("orders:detail", args=[about.order.number])
    if about.listing:
        page = "refunds:holders" if about.kind == Kind.OVERSOLD else "inventory:listing"
        return reverse(page, args=[about.listing.pk])
    if about.kind == Kind.REPORT_READY:
        # The key says which one; nothing here knows reports.
        named = REPORT.match(about.key)
        return reverse("reports:report", args=[named[1]]) if named else reverse("reports:list")
    return reverse("home")


def is_overtaken(about: About) -> bool:
    """Whether what the notice asks for can no longer be done: it is not sent then."""
    order = about.order
    if order is None:
        return False
    if about.kind in (Kind.SOLD, Kind.LATE):
        return order.status not in OPEN
    if about.kind == Kind.CHARGE_REFUSED:
        return not standing.is_charge_refused(order)
    if about.kind in (Kind.ABOUT_TO_BE_CANCELED, Kind.HOLD):
        return order.status != OrderStatus.UNSHIPPED
    if about.kind == Kind.CANCEL_REQUESTED:
        return not order.cancel_requests.filter(state=RequestState.OPEN).exists()
    return False


def moment(order: Order, at: Any) -> str:
    """On the clocks of the order's marketplace, with its zone."""
    return moments.text(at, order.seller.marketplace.time_zone) if at else ""


def _of_order(kind: Kind, order: Order, event: OrderEvent | None) -> str:
    words = {"ship_by": moment(order, order.ship_by), "deadline": moment(order, order.confirm_deadline)}
    if kind == Kind.SOLD:
        return _("The payment is authorised. Ship by %(ship_by)s.") % words
    if kind == Kind.LATE:
        return _("Its shipment should have been confirmed by %(ship_by)s.") % words
    if kind == Kind.ABOUT_TO_BE_CANCELED:
        return (
            _(
                "Unless you confirm its shipment by %(deadline)s it is canceled: the buyer is not charged and you are "
                "not paid, even if the parcel has left."
            )
            % words
        )
    if kind == Kind.CHARGE_REFUSED:
        return (
            _(
                "The buyer could not be charged, so the shipment is not confirmed. Confirm it again by %(deadline)s, "
                "or the order is canceled and you are not paid, even if the parcel has left."
            )
            % words
        )
    if kind == Kind.CANCEL_REQUESTED:
        return _("The buyer asks you to cancel. Accept or decline before you ship.")
    return sentences.sentence(event) if event else ""


def _of_listing(kind: Kind, listing: Listing) -> str:
    words = {"title": listing.title, "available": listing.available, "on_hand": listing.on_hand}
    words["reserved"] = listing.reserved
    if kind == Kind.OVERSOLD:
        return (
            _(
                "%(title)s: orders hold %(reserved)s units, and %(on_hand)s are on hand. Some orders cannot be met."
            )
            % words
        )
    return _("%(title)s: %(available)s units can still be sold.") % words
