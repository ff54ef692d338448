"""What the columns of notices are: their words are made when they are read, so hardly anything is about a buyer."""

from accounts.personal_data_register import Table

TABLES = {
    "notifications.InboxItem": Table(plain="key kind"),
    "notifications.Recipient": Table(people="way email kinds time_zone"),
    # A mail server's answer quotes the address that it doesn't know.
    "notifications.Notice": Table(
        of_order="order", blank={"last_error": ""}, plain="key kind message_id state"
    ),
}
