"""What the columns of money are: amounts stay, what stands for a buyer's card goes."""

from datetime import datetime

from django.db import transaction

from accounts.personal_data_register import Clock, Table
from payments.models import Payment

BATCH = 1_000

TABLES = {
    "payments.Payment": Table(
        of_order="order",
        blank={"token": ""},
        plain="order_number currency provider provider_reference state",
    ),
    "payments.ProviderCall": Table(plain="operation currency state reference code error"),
    "payments.Dispute": Table(plain="reference currency status reason"),
    "payments.ProviderEvent": Table(plain="provider reference kind topic about source state"),
    "payments.Statement": Table(plain="currency state"),
    "payments.LedgerEntry": Table(plain="order_number kind account currency"),
    # Another company's books: they stand here for tests and demos alone, and only made-up tokens are in them.
    "payments.SandboxOperation": Table(
        plain="key order_number token operation currency status code reference"
    ),
}


@transaction.atomic
def _delete_tokens(now: datetime) -> int:
    """Delete some tokens that no call to the provider needs any more."""
    held = Payment.objects.token_left().order_by("pk").select_for_update(no_key=True, skip_locked=True)
    pks = list(held.values_list("pk", flat=True)[:BATCH])
    return Payment.objects.filter(pk__in=pks).update(token="")


CLOCKS = [Clock("payment_tokens", lambda now: Payment.objects.token_left().count(), _delete_tokens)]
