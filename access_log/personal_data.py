"""What the columns of the access log are."""

from accounts.personal_data_register import Table

TABLES = {
    "access_log.Access": Table(
        timed="address",
        when="with its month's partition, 12 months after the month's end",
        plain="action via order_number page record",
    ),
}
