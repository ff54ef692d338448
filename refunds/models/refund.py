"""A refund of an order with its lines, one for each item."""

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, ActorKind, Source
from accounts.models import Seller
from inventory.models import Fulfilment
from orders.models import Order, OrderItem
from orders.models.memo import LONGEST
from payments.models import ProviderCall
from refunds.models.returns import Return
from refunds.states import REFUND_MOVES, RefundReason, RefundState

UNSENT = [RefundState.REQUESTED, RefundState.TAKEN_BACK]
FINISHED = [RefundState.DONE, RefundState.FAILED, RefundState.TAKEN_BACK]


class RefundQuerySet(models.QuerySet["Refund"]):
    """Refunds in the words of those who wait for them."""

    def due(self, now: datetime) -> "RefundQuerySet":
        """Those whose time to be taken back is over and that were not sent yet, the longest waiting first."""
        return self.filter(state=RefundState.REQUESTED, due_at__lte=now).order_by("due_at", "pk")

    def failed(self) -> "RefundQuerySet":
        """Those that the provider refused, the newest first; each can be tried again (R7)."""
        return self.filter(state=RefundState.FAILED).order_by("-finished_at", "-pk")

    def failed_of_seller(self) -> "RefundQuerySet":
        """Those of them that the seller retries; the marketplace's staff retry those of AFN orders (O21)."""
        return self.failed().filter(order__fulfilment=Fulfilment.MFN)


class Refund(models.Model):
    """Money on its way back to the buyer; `refunds.py` and `provider_calls.py` alone write it.

    `key` comes from the form or the feed's row, so that the same one twice is one refund (R3). The memo goes to
    the buyer, the note never does.
    """

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("seller"), db_index=False
    )
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("order"), db_index=False
    )
    number = models.PositiveSmallIntegerField(_("refund number"))
    key = models.UUIDField(_("key of the form it came from"))
    fingerprint = models.CharField(_("fingerprint of what was asked"), max_length=64)
    state = models.CharField(
        _("state"), max_length=10, choices=RefundState.choices, default=RefundState.REQUESTED
    )
    reason = models.CharField(_("reason"), max_length=24, choices=RefundReason.choices)
    memo = models.CharField(_("memo to the buyer"), max_length=LONGEST, blank=True)
    note = models.CharField(_("private note"), max_length=LONGEST, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.PositiveBigIntegerField(_("amount, minor units"))
    is_less_shipping = models.BooleanField(_("less the shipping cost"), default=False)
    of_return = models.ForeignKey(
        Return, on_delete=models.PROTECT, null=True, related_name="refunds", verbose_name=_("return")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
        db_index=False,
    )
    actor_kind = models.CharField(_("acting as"), max_length=11, choices=ActorKind.choices)
    source = models.CharField(_("from where"), max_length=8, choices=Source.choices)
    requested_at = models.DateTimeField(_("requested at"))
    due_at = models.DateTimeField(_("to be sent at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    call = models.OneToOneField(
        ProviderCall,
        on_delete=models.PROTECT,
        null=True,
        related_name="refund",
        verbose_name=_("provider call"),
    )
    error = models.CharField(_("why it failed"), max_length=500, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="refund_key_once"),
            models.UniqueConstraint(fields=["order", "number"], name="refund_number_once"),
            models.CheckConstraint(condition=Q(state__in=RefundState.values), name="refund_state_known"),
            models.CheckConstraint(condition=Q(reason__in=RefundReason.values), name="refund_reason_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=UNSENT, call=None, sent_at=None)
                | Q(state=RefundState.FAILED)
                | Q(
                    state__in=[RefundState.SENT, RefundState.DONE],
                    call__isnull=False,
                    sent_at__isnull=False,
                ),
                name="refund_sent_by_a_call",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINISHED, finished_at__isnull=False)
                | ~Q(state__in=FINISHED) & Q(finished_at=None),
                name="refund_finished_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state=RefundState.REQUESTED), name="refund_due"
            ),
            models.Index(
                fields=["seller", "-finished_at", "-id"],
                condition=Q(state=RefundState.FAILED),
                name="refund_failed",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="refund_moves",
                field="state",
                transitions=[
                    (str(old), str(new)) for old, news in REFUND_MOVES.items() for new in sorted(news)
                ],
            ),
            pgtrigger.ReadOnly(
                name="requested_facts",
                fields=[
                    "seller",
                    "order",
                    "number",
                    "key",
                    "fingerprint",
                    "reason",
                    "currency",
                    "amount",
                    "is_less_shipping",
                    "requested_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} #{self.number}"

    @property
    def requested_by(self) -> Actor:
        """Who asked for the refund, also when a sweep sends it."""
        return Actor(ActorKind(self.actor_kind), self.actor, Source(self.source))


class RefundLine(models.Model):
    """What goes back for one item; a row is only added.

    `units` counts whole units that it pays back, `units_unsupplied` those of them that had not shipped and won't.
    """

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines", db_index=False)
    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="refund_lines")
    units = models.PositiveIntegerField(_("units"), default=0)
    units_unsupplied = models.PositiveIntegerField(_("units that won't ship"), default=0, db_default=0)
    price = models.PositiveBigIntegerField(_("price"))
    tax = models.PositiveBigIntegerField(_("tax"))
    shipping = models.PositiveBigIntegerField(_("shipping"))
    shipping_tax = models.PositiveBigIntegerField(_("shipping tax"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "item"], name="refund_line_once"),
            models.CheckConstraint(
                condition=Q(price__gt=-F("tax") - F("shipping") - F("shipping_tax")),
                name="refund_line_not_zero",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.item_id}"
