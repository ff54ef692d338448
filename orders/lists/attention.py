"""What needs the seller's attention: each kind filters Manage Orders and warns on the home page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from accounts import calendars, counting
from accounts.models import Seller
from inventory.models import Fulfilment
from orders.models import CancelRequest, Order
from orders.states import OPEN, OrderStatus, RequestState
from payments.models import DisputeStatus
from payments.states import PaymentState

Orders = models.QuerySet[Order]
BOOLEAN = models.BooleanField()


class Attention(models.TextChoices):
    """Lists of orders that should not wait."""

    CHARGE_REFUSED = "charge-refused", _("Charge refused")
    LATE = "late", _("Shipment is late")
    ABOUT_TO_CANCEL = "about-to-cancel", _("About to be canceled")
    CANCEL_REQUESTED = "cancel-requested", _("Cancel requested")
    HOLD_ENDING = "hold-ending", _("Payment hold ends")
    DISPUTED = "disputed", _("Disputed")
    SHIP_TODAY = "ship-today", _("Ship today")


# Most urgent first, each by the index that finds it; a request to cancel has no deadline.
ORDERING: dict[str, str] = {
    Attention.CHARGE_REFUSED: "ship_by",
    Attention.LATE: "ship_by",
    Attention.ABOUT_TO_CANCEL: "warn_at",
    Attention.CANCEL_REQUESTED: "-placed_at",
    Attention.HOLD_ENDING: "ship_by",
    Attention.DISPUTED: "-placed_at",
    Attention.SHIP_TODAY: "ship_by",
}


def orders(seller: Seller, kind: str, now: datetime) -> Orders:
    """The seller's orders that this warning counts (O10, O17, O18)."""
    return FOUND[kind](seller, now)


def count(seller: Seller, now: datetime) -> dict[str, int]:
    """How many orders each warning counts, up to the cap, in one query."""
    return counting.capped(lists(seller, now))


def lists(seller: Seller, now: datetime) -> dict[str, models.QuerySet[Any]]:
    """The list behind each warning."""
    return {kind: orders(seller, kind, now) for kind in Attention.values}


def _late(seller: Seller, now: datetime) -> Orders:
    return seller.orders.late(now)


def _about_to_cancel(seller: Seller, now: datetime) -> Orders:
    return seller.orders.about_to_be_canceled(now)


def _charge_refused(seller: Seller, _now: datetime) -> Orders:
    """Orders whose packages are not confirmed because the last charge was refused (O15)."""
    return seller.orders.filter(
        status=OrderStatus.UNSHIPPED, fulfilment=Fulfilment.MFN, charge_refused_at__isnull=False
    )


def _cancel_requested(seller: Seller, now: datetime) -> Orders:
    """Those that the seller can still answer: nothing is confirmed yet."""
    asked = CancelRequest.objects.filter(seller=seller, state=RequestState.OPEN)
    answerable = {"status": OrderStatus.UNSHIPPED, "fulfilment": Fulfilment.MFN}
    return seller.orders.filter(_is_any_of("pk", asked.values("order")), **answerable)


def _hold_ending(seller: Seller, now: datetime) -> Orders:
    """Those whose hold could not be renewed: shipped later, they may not be charged (P3)."""
    refused = seller.payments.filter(state=PaymentState.AUTHORISED, renewal_refused_at__isnull=False)
    shippable = {"status": OrderStatus.UNSHIPPED, "fulfilment": Fulfilment.MFN}
    return seller.orders.filter(_is_any_of("payment_id", refused.values("pk")), **shippable)


def _disputed(seller: Seller, now: datetime) -> Orders:
    """Those whose charge the buyer's bank disputes, and nobody has responded yet (P3)."""
    waiting = seller.disputes.filter(status=DisputeStatus.OPEN)
    return seller.orders.filter(_is_any_of("payment_id", waiting.values("payment")))


def _is_any_of(name: str, keys: models.QuerySet[Any, Any]) -> Func:
    """Whether the column is one of these keys.

    An array is made first. Joined, PostgreSQL reads every unshipped order to find the few that are asked for.
    """
    any_of_them = Func(ArraySubquery(keys), function="ANY")
    return Func(name, any_of_them, template="%(expressions)s", arg_joiner=" = ", output_field=BOOLEAN)


def _ship_today(seller: Seller, now: datetime) -> Orders:
    """Due by the end of the marketplace's day, by the seller's own hand."""
    zone = seller.marketplace.time_zone
    tonight = calendars.end_of_day(calendars.local_date(now, zone), zone)
    return seller.orders.filter(
        status__in=OPEN, fulfilment=Fulfilment.MFN, ship_by__gte=now, ship_by__lte=tonight
    )


FOUND: dict[str, Callable[[Seller, datetime], Orders]] = {
    Attention.CHARGE_REFUSED: _charge_refused,
    Attention.LATE: _late,
    Attention.ABOUT_TO_CANCEL: _about_to_cancel,
    Attention.CANCEL_REQUESTED: _cancel_requested,
    Attention.HOLD_ENDING: _hold_ending,
    Attention.DISPUTED: _disputed,
    Attention.SHIP_TODAY: _ship_today,
}
