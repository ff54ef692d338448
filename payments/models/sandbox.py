"""The sandbox provider's own books: what it really did, as if it stood on another machine."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.states import Operation


class SandboxOperation(models.Model):
    """One operation at the sandbox provider, done at most once per key; knows nothing of our tables."""

    key = models.CharField(_("idempotency key"), max_length=100, unique=True)
    order_number = models.CharField(_("order number"), max_length=19, db_index=True)
    token = models.CharField(_("token"), max_length=200)
    operation = models.CharField(_("operation"), max_length=10, choices=Operation.choices)
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("answer"), max_length=10)
    code = models.CharField(_("code"), max_length=100, blank=True)
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    capture_before = models.DateTimeField(_("hold ends at"), null=True, blank=True)
    asks = models.PositiveIntegerField(_("times asked"), default=0)
    created_at = models.DateTimeField(_("first asked at"), auto_now_add=True)

    class Meta:
        verbose_name = _("sandbox operation")
        verbose_name_plural = _("sandbox operations")

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
