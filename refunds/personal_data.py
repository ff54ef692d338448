"""What the columns of refunds and returns are."""

from accounts.personal_data_register import Table

TABLES = {
    "refunds.Refund": Table(
        of_order="order",
        blank={"memo": "", "note": ""},
        plain="fingerprint state reason currency actor_kind source error",
    ),
    "refunds.Return": Table(
        of_order="order",
        blank={"note": ""},
        business="rma",
        plain="state reason actor_kind source close_reason",
    ),
    "refunds.ReturnLine": Table(plain="condition"),
}
