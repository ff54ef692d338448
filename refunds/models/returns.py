"""Goods on their way back, by units, and what became of them when they came (R4, R8)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import ActorKind, Source
from accounts.models import Seller
from orders.models import Order, OrderItem
from refunds.states import RECEIVABLE, RETURN_MOVES, CloseReason, Condition, ReturnReason, ReturnState


class Return(models.Model):
    """One return of an order's units; `returns.py` alone writes it. `rma` is what the buyer puts on the parcel."""

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="returns", verbose_name=_("seller"), db_index=False
    )
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="returns", verbose_name=_("order")
    )
    rma = models.CharField(_("RMA number"), max_length=24)
    key = models.UUIDField(_("key of the form it came from"))
    state = models.CharField(
        _("state"), max_length=10, choices=ReturnState.choices, default=ReturnState.REQUESTED
    )
    reason = models.CharField(_("reason"), max_length=16, choices=ReturnReason.choices)
    note = models.CharField(_("buyer's words"), max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who asked"),
        db_index=False,
    )
    actor_kind = models.CharField(_("acting as"), max_length=11, choices=ActorKind.choices)
    source = models.CharField(_("from where"), max_length=8, choices=Source.choices)
    requested_at = models.DateTimeField(_("requested at"))
    authorised_at = models.DateTimeField(_("authorised at"), null=True)
    received_at = models.DateTimeField(_("received at"), null=True)
    refunded_at = models.DateTimeField(_("refunded at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    close_reason = models.CharField(
        _("closed because"), max_length=12, choices=CloseReason.choices, blank=True
    )
    reopened_at = models.DateTimeField(_("reopened at"), null=True)

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["rma"], name="return_rma_once"),
            models.UniqueConstraint(fields=["key"], name="return_key_once"),
            models.CheckConstraint(condition=Q(state__in=ReturnState.values), name="return_state_known"),
            models.CheckConstraint(condition=Q(reason__in=ReturnReason.values), name="return_reason_known"),
            models.CheckConstraint(
                condition=Q(state=ReturnState.CLOSED, closed_at__isnull=False) & ~Q(close_reason="")
                | ~Q(state=ReturnState.CLOSED) & Q(closed_at=None, close_reason=""),
                name="return_closed_says_when_why",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-requested_at", "-id"], name="return_newest"),
            models.Index(fields=["seller", "state", "-requested_at", "-id"], name="return_by_state"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="return_moves",
                field="state",
                transitions=[
                    (str(old), str(new)) for old, news in RETURN_MOVES.items() for new in sorted(news)
                ],
            ),
            pgtrigger.ReadOnly(
                name="asked_facts", fields=["seller", "order", "rma", "key", "reason", "requested_at"]
            ),
        ]

    def __str__(self) -> str:
        return self.rma

    @property
    def is_awaited(self) -> bool:
        """Units are still to come: the return is authorized, not closed, and not all of it has come."""
        return self.state in RECEIVABLE and any(line.units_awaited for line in self.lines.all())


class ReturnLine(models.Model):
    """Units of one item: how many are to come, how many came and how, how many went back to stock (R8)."""

    of_return = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines", db_index=False)
    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="return_lines")
    units = models.PositiveIntegerField(_("units"))
    condition = models.CharField(_("condition"), max_length=10, choices=Condition.choices, blank=True)
    units_received = models.PositiveIntegerField(_("units received"), default=0)
    units_restocked = models.PositiveIntegerField(_("units back in stock"), default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["of_return", "item"], name="return_line_once"),
            models.CheckConstraint(condition=Q(units__gte=1), name="return_line_at_least_one_unit"),
            models.CheckConstraint(
                condition=Q(units_received__lte=F("units"), units_restocked__lte=F("units_received")),
                name="return_line_units_within",
            ),
            models.CheckConstraint(
                condition=Q(units_received=0) | ~Q(condition=""), name="return_line_says_condition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of_return_id} {self.item_id} × {self.units}"

    @property
    def units_awaited(self) -> int:
        """Units that have not come yet."""
        return self.units - self.units_received
