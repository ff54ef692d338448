"""The constraints and indexes of the order's table; an index behind a seller's list begins with the seller."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from inventory.models import Fulfilment
from orders.states import OPEN, TAB_STATUSES, OrderStatus, Tab

ORDER_CONSTRAINTS = [
    models.UniqueConstraint(fields=["channel", "reference"], name="order_reference_once"),
    models.UniqueConstraint(
        fields=["relay_phone", "relay_extension"],
        condition=~Q(relay_phone=""),
        name="order_relay_number_leads_to_one",
    ),
    models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="order_status_known"),
    models.CheckConstraint(
        condition=~Q(status__in=[*OPEN, OrderStatus.SHIPPED])
        | Q(authorised_at__isnull=False, ship_by__isnull=False, confirm_deadline__isnull=False),
        name="order_deadlines_once_authorised",
    ),
    models.CheckConstraint(
        condition=Q(status=OrderStatus.CANCELED, canceled_at__isnull=False)
        & ~Q(canceled_by="")
        & ~Q(cancel_reason="")
        | ~Q(status=OrderStatus.CANCELED) & Q(canceled_at=None, canceled_by="", cancel_reason=""),
        name="order_canceled_says_who_when_why",
    ),
    models.CheckConstraint(
        condition=Q(personal_data_hold_reason="", personal_data_held_at=None)
        | ~Q(personal_data_hold_reason="") & Q(personal_data_held_at__isnull=False),
        name="order_hold_says_why_and_when",
    ),
    models.CheckConstraint(
        condition=Q(personal_data_deleted_at=None) | Q(buyer_name="", buyer_email="", address_1=""),
        name="order_deleted_data_is_gone",
    ),
]

ORDER_INDEXES = [
    *[
        models.Index(
            fields=["seller", "-placed_at", "-id"],
            condition=Q(status__in=TAB_STATUSES[tab]),
            name=f"order_tab_{tab}",
        )
        for tab in Tab.values
    ],
    models.Index(
        fields=["seller", "number"], name="order_number_prefix", opclasses=["", "varchar_pattern_ops"]
    ),
    models.Index(
        fields=["seller", "fulfilment", "ship_by", "id"],
        condition=Q(status__in=OPEN),
        name="order_ship_by",
    ),
    models.Index(
        fields=["seller", "channel", "fulfilment", "service", "status", "placed_at", "id"],
        name="order_facets",
    ),
    models.Index(
        fields=["seller", "placed_at", "id"],
        condition=Q(status__in=OPEN, printed_at=None),
        name="order_to_print",
    ),
    models.Index(
        fields=["confirm_deadline"],
        condition=Q(status=OrderStatus.UNSHIPPED, fulfilment=Fulfilment.MFN),
        name="order_overdue",
    ),
    models.Index(
        fields=["seller", "warn_at", "id"],
        condition=Q(status=OrderStatus.UNSHIPPED, fulfilment=Fulfilment.MFN),
        name="order_deadline_near",
    ),
    models.Index(
        fields=["warn_at"],
        condition=Q(status=OrderStatus.UNSHIPPED, fulfilment=Fulfilment.MFN, warned_at=None),
        name="order_to_warn",
    ),
    models.Index(
        fields=["cancel_window_ends_at"],
        condition=Q(cancel_window_closed_at=None),
        name="order_window_open",
    ),
    models.Index(fields=["authorise_by"], condition=Q(status=OrderStatus.PENDING), name="order_unauthorised"),
    models.Index(
        fields=["seller", "ship_by", "id"],
        condition=Q(charge_refused_at__isnull=False),
        name="order_refused",
    ),
    models.Index(fields=["phone_until"], condition=Q(phone_until__isnull=False), name="order_phone"),
    models.Index(
        fields=["seller", "placed_at", "id"],
        condition=Q(is_shipped_late=True),
        name="order_shipped_late",
    ),
    models.Index(fields=["seller", "placed_at", "id"], condition=Q(is_untraced=True), name="order_untraced"),
    models.Index(
        fields=["seller", "canceled_at", "id"],
        condition=Q(is_cancel_defect=True),
        name="order_cancel_defect",
    ),
    models.Index(Lower("buyer_email"), name="order_buyer_email"),
    models.Index(
        fields=["personal_data_expires_at", "id"],
        condition=Q(personal_data_expires_at__isnull=False, personal_data_deleted_at=None),
        name="order_personal_data_due",
    ),
]
