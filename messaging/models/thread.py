"""A conversation about an order, with the two addresses behind which its sides write (C1, C5)."""

import secrets
from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from messaging.states import Reason, Who
from orders.models import Order
from orders.states import OrderStatus

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
# What a thread is searched by (ThreadBuyer). A trigger of the order, in the migrations, keeps it the order's name.
WRITE_BUYER = """
    INSERT INTO messaging_threadbuyer (thread_id, name)
    SELECT NEW.id, buyer_name FROM orders_order WHERE id = NEW.order_id;
    RETURN NULL;
"""
FOR_BUYER, FOR_SELLER = "b", "s"


def _alias(side: str) -> str:
    """155 random bits; in letters that survive a mail program that changes their case."""
    return side + "".join(secrets.choice(LETTERS) for _place in range(31))


def new_buyer_alias() -> str:
    """Where a thread's buyer writes to."""
    return _alias(FOR_BUYER)


def new_seller_alias() -> str:
    """Where a thread's seller writes to."""
    return _alias(FOR_SELLER)


class ThreadQuerySet(models.QuerySet["Thread"]):
    """Threads in the words of those who answer them; each list has an index behind it."""

    def lock(self, pk: int) -> "Thread":
        """Re-read and hold one thread; its order is held before it."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def waiting(self) -> "ThreadQuerySet":
        """Those whose buyer waits for an answer that can be given, the most urgent first (C2, D1)."""
        can_be_written = Q(order__personal_data_deleted_at=None) & ~Q(order__status=OrderStatus.CANCELED)
        found = self.filter(can_be_written, reply_due_at__isnull=False)
        return found.order_by("reply_due_at", "pk")

    def overdue(self, now: datetime) -> "ThreadQuerySet":
        """Those whose 24 hours are over without an answer (C5)."""
        return self.waiting().filter(reply_due_at__lt=now)

    def unread(self) -> "ThreadQuerySet":
        """Those with something that nobody of the seller has opened."""
        return self.filter(unread__gt=0)

    def newest_first(self) -> "ThreadQuerySet":
        """As an inbox shows them."""
        return self.order_by("-last_message_at", "-pk")


class Thread(models.Model):
    """All that the two sides of an order wrote about one thing.

    `reply_due_at` runs while the buyer waits for an answer; a cancel of the order ends the wait and leaves it
    as it stands, so ask `is_waiting`. The aliases are where the buyer and the seller
    write to; whoever knows one of them knows nothing of the other.
    """

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="threads", verbose_name=_("seller"), db_index=False
    )
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="threads", verbose_name=_("order"), db_index=False
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    buyer_alias = models.CharField(
        _("relay address of the buyer"), max_length=32, unique=True, default=new_buyer_alias
    )
    seller_alias = models.CharField(
        _("relay address of the seller"), max_length=32, unique=True, default=new_seller_alias
    )
    opened_by = models.CharField(_("opened by"), max_length=11, choices=Who.choices)
    opened_at = models.DateTimeField(_("opened at"))
    last_message_at = models.DateTimeField(_("last message at"))
    last_who = models.CharField(_("who wrote last"), max_length=11, choices=Who.choices)
    reply_due_at = models.DateTimeField(_("answer due at"), null=True)
    no_reply_needed_at = models.DateTimeField(_("marked as needing no answer at"), null=True)
    no_reply_needed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("marked by"),
        db_index=False,
    )
    unread = models.PositiveIntegerField(_("unread by the seller"), default=0)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        constraints = [
            models.UniqueConstraint(fields=["order", "reason"], name="thread_one_per_reason"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="thread_reason_known"),
            models.CheckConstraint(
                condition=Q(reply_due_at=None) | Q(no_reply_needed_at=None), name="thread_waits_or_needs_none"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-last_message_at", "-id"], name="thread_newest"),
            models.Index(
                fields=["seller", "reply_due_at", "id"],
                condition=Q(reply_due_at__isnull=False),
                name="thread_waiting",
            ),
            models.Index(
                fields=["seller", "-last_message_at", "-id"], condition=Q(unread__gt=0), name="thread_unread"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="facts",
                fields=["seller", "order", "reason", "buyer_alias", "seller_alias", "opened_by", "opened_at"],
            ),
            pgtrigger.Trigger(
                name="buyer", when=pgtrigger.After, operation=pgtrigger.Insert, func=WRITE_BUYER
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.reason}"

    @property
    def is_waiting(self) -> bool:
        """Whether the buyer waits for an answer that can still be given (C2, D1)."""
        is_over = self.order.status == OrderStatus.CANCELED or self.order.personal_data_deleted_at is not None
        return self.reply_due_at is not None and not is_over

    def is_overdue(self, now: datetime) -> bool:
        """Whether the 24 hours are over without an answer; the last moment is still in time (C5)."""
        return self.reply_due_at is not None and self.is_waiting and self.reply_due_at < now
