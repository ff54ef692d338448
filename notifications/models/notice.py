"""A notice on its way by mail: the outbox (N4)."""

import uuid
from datetime import datetime
from email.utils import parseaddr

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Seller
from inventory.models import Listing
from notifications.models.recipient import Recipient
from notifications.states import ASKED_FOR, MISSED, MOVES, TO_BUYER, WAITING, Kind, State
from orders.models import Order, OrderEvent


def new_message_id() -> str:
    """The Message-ID that a mail keeps however often it is tried, so that its reader's program sees one mail."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4()}@{domain}>"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices in the words of those who send them and those who look after them."""

    def due(self, now: datetime) -> "NoticeQuerySet":
        """Those whose time has come, and those whose sender never came back; longest waiting first."""
        return self.filter(state__in=WAITING, part_of=None, next_try_at__lte=now).order_by(
            "next_try_at", "pk"
        )

    def missed(self) -> "NoticeQuerySet":
        """Those that did not arrive and are not tried any more."""
        return self.filter(state__in=MISSED, part_of=None)

    def shown_to(self, member: Membership) -> "NoticeQuerySet":
        """The seller's, without what colleagues had sent to mailboxes of their own to try or to confirm them."""
        own = Q(recipient__membership=member)
        return self.filter(~Q(kind__in=ASKED_FOR) | own, seller=member.seller_id)


class Notice(models.Model):
    """One mail that is owed to one reader. Its words are made when it is sent, from what it names.

    So the outbox holds no buyer's name, address or text: what is forgotten elsewhere is forgotten here.
    """

    key = models.CharField(_("what it is made of"), max_length=80, unique=True)
    kind = models.CharField(_("about"), max_length=22, choices=Kind.choices)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="notices", db_index=False)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, related_name="notices", verbose_name=_("order")
    )
    listing = models.ForeignKey(
        Listing, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    event = models.ForeignKey(
        OrderEvent, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    recipient = models.ForeignKey(
        Recipient,
        on_delete=models.SET_NULL,
        null=True,
        related_name="notices",
        verbose_name=_("recipient"),
        help_text=_("Nobody where it goes to the order's buyer, or where the member has left."),
    )
    part_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="parts", verbose_name=_("digest")
    )
    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True, default=new_message_id)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    faults = models.PositiveSmallIntegerField(
        _("tries that were the mail's own fault"),
        default=0,
        help_text=_("Not those that met no server, or one that asked to come back later."),
    )
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written at"))
    next_try_at = models.DateTimeField(_("next try at"))
    claimed_at = models.DateTimeField(_("taken at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="notice_kind_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="notice_state_known"),
            models.CheckConstraint(
                condition=~Q(kind__in=TO_BUYER) | Q(order__isnull=False, recipient=None),
                name="notice_to_buyer_names_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(state__in=WAITING, part_of=None),
                name="notice_due",
            ),
            models.Index(fields=["seller", "-created_at", "-id"], name="notice_newest"),
            models.Index(
                fields=["seller", "-created_at", "-id"], condition=Q(state__in=MISSED), name="notice_missed"
            ),
            models.Index(fields=["created_at"], name="notice_oldest"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="moves",
                field="state",
                transitions=[(str(old), str(new)) for old, news in MOVES.items() for new in sorted(news)],
            ),
            pgtrigger.ReadOnly(name="facts", fields=["key", "kind", "seller", "message_id", "created_at"]),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_to_buyer(self) -> bool:
        """Whether the order's buyer reads it, and no member of the seller."""
        return self.kind in TO_BUYER
