"""The ledger: what was charged, refunded, kept as fees, paid out and is due; never changed (P2)."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.call import ProviderCall
from payments.models.dispute import Dispute
from payments.models.payment import Payment
from payments.models.statement import Statement


class Kind(models.TextChoices):
    """What happened."""

    CHARGE = "charge", _("Charge")
    REFUND = "refund", _("Refund")
    REFUND_RETURNED = "refund_returned", _("Refund returned")
    DISPUTE = "dispute", _("Dispute")
    DISPUTE_RETURNED = "dispute_returned", _("Dispute won")
    PAYOUT = "payout", _("Payout")


OF_CALLS = [Kind.CHARGE, Kind.REFUND, Kind.REFUND_RETURNED]
OF_DISPUTES = [Kind.DISPUTE, Kind.DISPUTE_RETURNED]


class Account(models.TextChoices):
    """Where an amount is counted. Charges stand positive, all that they went to negative."""

    CHARGES = "charges", _("Charges")
    REFUNDS = "refunds", _("Refunds")
    FEES = "fees", _("Fees")
    PAID_OUT = "paid_out", _("Paid out")
    DUE = "due", _("Due")


class LedgerEntry(models.Model):
    """One amount of a transaction that adds up to zero; the database refuses any other, and any change."""

    payment = models.ForeignKey(
        Payment, models.PROTECT, related_name="entries", verbose_name=_("payment"), db_index=False
    )
    seller = models.ForeignKey("accounts.Seller", models.PROTECT, related_name="+", verbose_name=_("seller"))
    order_number = models.CharField(_("order number"), max_length=19)
    call = models.ForeignKey(
        ProviderCall,
        models.PROTECT,
        related_name="entries",
        null=True,
        blank=True,
        verbose_name=_("provider call"),
    )
    dispute = models.ForeignKey(
        Dispute,
        models.PROTECT,
        related_name="entries",
        null=True,
        blank=True,
        verbose_name=_("dispute"),
        db_index=False,
    )
    statement = models.ForeignKey(
        Statement,
        models.PROTECT,
        related_name="entries",
        null=True,
        blank=True,
        verbose_name=_("statement"),
        db_index=False,
    )
    transaction = models.UUIDField(_("transaction"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    account = models.CharField(_("account"), max_length=10, choices=Account.choices)
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    at = models.DateTimeField(_("at"))
    available_on = models.DateField(_("available on"), null=True, blank=True)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        indexes = [
            # Serves payment too. Both columns: by one alone and without statistics yet, as in a bulk load,
            # the planner would read the whole table for each check at commit.
            models.Index(fields=["payment", "transaction"], name="ledger_transaction"),
            models.Index(fields=["seller", "at"], name="ledger_of_seller"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="ledger_kind_known"),
            models.CheckConstraint(condition=Q(account__in=Account.values), name="ledger_account_known"),
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_amount_not_zero"),
            models.CheckConstraint(
                condition=~Q(kind__in=OF_CALLS) | Q(call__isnull=False), name="ledger_entry_has_its_call"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_DISPUTES, dispute__isnull=False)
                | (~Q(kind__in=OF_DISPUTES) & Q(dispute=None)),
                name="ledger_entry_has_its_dispute",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.PAYOUT, statement__isnull=False)
                | (~Q(kind=Kind.PAYOUT) & Q(statement=None)),
                name="ledger_payout_has_its_statement",
            ),
            models.UniqueConstraint(
                fields=["statement", "payment", "account"],
                condition=Q(statement__isnull=False),
                name="ledger_paid_once",
            ),
            models.UniqueConstraint(
                fields=["call", "kind", "account"],
                condition=Q(call__isnull=False),
                name="ledger_call_booked_once",
            ),
            models.UniqueConstraint(
                fields=["dispute", "kind", "account"],
                condition=Q(dispute__isnull=False),
                name="ledger_dispute_booked_once",
            ),
        ]
        # That a transaction balances is checked at commit by a trigger in plain SQL: migration 0002.
        triggers = [
            pgtrigger.Protect(name="ledger_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.order_number} {self.account} {self.amount} {self.currency}"
