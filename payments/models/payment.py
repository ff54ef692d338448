"""The money of one order."""

from collections.abc import Iterable
from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from payments.states import MOVES, OPEN, PROVIDERS, Operation, PaymentState

UNCHARGED = [state for state in PaymentState.values if state != PaymentState.CAPTURED]
HELD = [PaymentState.AUTHORISED, PaymentState.CAPTURING, PaymentState.CAPTURED, PaymentState.VOIDING]

# Charged, or not wanted any more: the token has done its work.
TOKEN_LEFT = ~Q(token="") & (Q(state=PaymentState.CAPTURED) | Q(released_at__isnull=False))
NEED_TOKEN = (Operation.AUTHORISE, Operation.RENEW)


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Payments in the words of those who wait for them."""

    def lock(self, pk: int) -> "Payment":
        """Re-read and hold one payment; its order is held before it."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def lock_all(self, pks: Iterable[int]) -> list["Payment"]:
        """Re-read and hold several payments, always in the order of their keys."""
        held = self.select_for_update(of=("self",), no_key=True).filter(pk__in=list(pks))
        return list(held.order_by("pk"))

    def due_for_another_try(self, now: datetime) -> "PaymentQuerySet":
        """Declined ones whose next authorisation is due, longest waiting first (O4)."""
        due = self.filter(state=PaymentState.DECLINED, released_at=None, next_try_at__lte=now)
        return due.order_by("next_try_at")

    def token_left(self) -> "PaymentQuerySet":
        """Those whose token nobody needs any more, and which still have it."""
        # One call must be both: `exclude` over a relation would take one for the state and another for the operation.
        calls = self.model.calls.rel.related_model._default_manager
        needed = calls.filter(payment=OuterRef("pk"), state__in=OPEN, operation__in=NEED_TOKEN)
        return self.filter(TOKEN_LEFT, ~Exists(needed))


class Payment(models.Model):
    """What the buyer promised for one order, and how much of it was taken.

    Only calls.py, batches.py and, where money is settled, statements.py write it.
    The token stands for the buyer's means of payment at the provider: no card number is ever here.
    """

    seller = models.ForeignKey(
        "accounts.Seller", models.PROTECT, related_name="payments", verbose_name=_("seller")
    )
    order_number = models.CharField(_("order number"), max_length=19, unique=True)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.BigIntegerField(_("authorised amount"))
    captured_amount = models.BigIntegerField(_("charged amount"), default=0)
    provider = models.CharField(_("provider"), max_length=20)
    token = models.CharField(_("provider's token"), max_length=200)
    provider_reference = models.CharField(_("provider's reference"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=PaymentState.choices, default=PaymentState.PENDING
    )
    tries = models.PositiveSmallIntegerField(_("authorisations declined"), default=0)
    next_try_at = models.DateTimeField(_("next authorisation at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    authorised_at = models.DateTimeField(_("authorised at"), null=True, blank=True)
    charged_at = models.DateTimeField(_("charged at"), null=True, blank=True)
    available_on = models.DateField(_("available on"), null=True, blank=True)
    due_amount = models.BigIntegerField(
        _("due"), default=0, db_default=0, help_text=_("As the ledger has it; below zero the seller owes it.")
    )
    settles_on = models.DateField(
        _("settles on"),
        null=True,
        blank=True,
        help_text=_(
            "The day from which a statement takes it up; empty once there is nothing left to settle."
        ),
    )
    refund_fee_kept_basis_points = models.PositiveSmallIntegerField(
        _("share of the fee kept at a refund, basis points"),
        default=2000,
        db_default=2000,
        help_text=_("As it was when the buyer was charged."),
    )
    released_at = models.DateTimeField(
        _("released at"),
        null=True,
        blank=True,
        help_text=_("Since then the order no longer wants this money."),
    )

    needed_until = models.DateTimeField(
        _("hold needed until"),
        null=True,
        blank=True,
        help_text=_("The last moment at which the order may ship, as far as it was known at intake."),
    )
    capture_before = models.DateTimeField(
        _("hold ends at"),
        null=True,
        blank=True,
        help_text=_("As the provider says; empty where it says nothing."),
    )
    is_hold_extended = models.BooleanField(_("hold was extended"), default=False, db_default=False)
    renew_at = models.DateTimeField(_("renew the hold at"), null=True, blank=True)
    renewal_refused_at = models.DateTimeField(
        _("renewal refused at"), null=True, blank=True, help_text=_("Empty again once it was renewed.")
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state=PaymentState.DECLINED),
                name="payment_next_authorisation",
            ),
            models.Index(
                fields=["renew_at"],
                condition=Q(state=PaymentState.AUTHORISED, renew_at__isnull=False),
                name="payment_hold_to_renew",
            ),
            models.Index(
                fields=["seller", "capture_before"],
                condition=Q(state=PaymentState.AUTHORISED, renewal_refused_at__isnull=False),
                name="payment_hold_not_renewed",
            ),
            models.Index(fields=["id"], condition=TOKEN_LEFT, name="payment_token_left"),
            # Each serves a filter of the list of payments in its order; the third holds the days it asks for.
            models.Index(
                fields=["seller", "charged_at", "id"],
                condition=Q(charged_at__isnull=False),
                name="payment_charged",
            ),
            models.Index(
                fields=["seller", "charged_at", "id"],
                condition=Q(charged_at__isnull=False, settles_on=None),
                name="payment_settled",
            ),
            models.Index(
                fields=["seller", "charged_at", "id", "settles_on"],
                condition=Q(settles_on__isnull=False),
                name="payment_unsettled",
            ),
            # Sums what is due without a look at the table, and finds what a statement takes up.
            models.Index(
                fields=["seller", "settles_on", "id"],
                include=["due_amount"],
                condition=Q(settles_on__isnull=False),
                name="payment_settles",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PaymentState.values), name="payment_state_known"),
            models.CheckConstraint(condition=Q(provider__in=PROVIDERS), name="payment_provider_known"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="payment_currency_code"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(captured_amount__gte=0, captured_amount__lte=models.F("amount")),
                name="payment_captured_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(state=PaymentState.CAPTURED, charged_at__isnull=False, available_on__isnull=False)
                | Q(state__in=UNCHARGED, charged_at=None, available_on=None, captured_amount=0),
                name="payment_charged_when_captured",
            ),
            models.CheckConstraint(
                condition=Q(state=PaymentState.CAPTURED) | Q(settles_on=None, due_amount=0),
                name="payment_due_when_captured",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=HELD) | Q(authorised_at__isnull=False),
                name="payment_held_since_authorised",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="payment_state_moves",
                field="state",
                transitions=[
                    (str(old), str(new)) for old, targets in MOVES.items() for new in sorted(targets)
                ],
            )
        ]

    def __str__(self) -> str:
        return self.order_number

    def disputed(self) -> int:
        """Return what the buyer's bank took back and did not return, in minor units."""
        taken = self.disputes.filter(withdrawn_at__isnull=False, returned_at=None)
        return sum(taken.values_list("amount", flat=True))
