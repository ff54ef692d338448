"""What the columns of money are: amounts stay, what stands for a buyer's card goes."""

from accounts.personal_data_register import Table

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
