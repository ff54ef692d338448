from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Payments, the calls to their provider, and the ledger."""

    name = "payments"
    verbose_name = _("Payments")
