"""What the columns of messages, cases and refused mails are."""

from accounts.personal_data_register import Table

TABLES = {
    "messaging.Thread": Table(
        of_order="order", by_owner="buyer_alias seller_alias", plain="reason opened_by last_who"
    ),
    "messaging.ThreadBuyer": Table(of_order="thread__order", blank={"name": ""}),
    "messaging.Message": Table(
        of_order="thread__order",
        blank={"text": "", "came_as": ""},
        plain="who source fingerprint message_id",
    ),
    "messaging.Attachment": Table(
        of_order="message__thread__order", files="file", deleted="name content_type"
    ),
    "messaging.RefusedMail": Table(
        of_order="thread__order",
        deleted="sentence mail_from header_from rcpt_to message_id",
        plain="why",
    ),
    "messaging.SupportCase": Table(plain="order_number state"),
    "messaging.CaseMessage": Table(
        timed="text",
        when="with the data of the order; without one, 30 days after the last message",
        plain="who",
    ),
    "messaging.Template": Table(business="name language text"),
}
