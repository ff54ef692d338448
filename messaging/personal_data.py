"""What the columns of messages, cases and refused mails are."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.personal_data_register import KEPT, Clock, Table
from messaging.models import CaseMessage, RefusedMail
from orders.models import Order

BATCH = 1_000

TABLES = {
    "messaging.Thread": Table(
        of_order="order",
        by_owner="buyer_alias seller_alias",
        function="messaging_blank_aliases",
        plain="reason opened_by last_who",
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


def _old_refusals(now: datetime) -> QuerySet[RefusedMail]:
    """Mails that were refused some time ago; those to an order's thread go with the order, if that is sooner."""
    return RefusedMail.objects.filter(at__lte=now - KEPT)


def _delete_refusals(now: datetime) -> int:
    return RefusedMail.objects.filter(pk__in=_old_refusals(now).values("pk")[:BATCH]).delete()[0]


def _over_cases(now: datetime) -> QuerySet[CaseMessage]:
    """What was written in cases about orders whose data has expired, or which nobody found."""
    named = Order.objects.filter(number=OuterRef("case__order_number"), seller=OuterRef("case__seller"))
    is_over = Exists(named.filter(personal_data_expires_at__lte=now, personal_data_hold_reason=""))
    is_unknown = ~Exists(named) & Q(case__last_message_at__lte=now - KEPT)
    return CaseMessage.objects.exclude(text="").filter(Q(is_over) | is_unknown)


def _blank_cases(now: datetime) -> int:
    return CaseMessage.objects.filter(pk__in=_over_cases(now).values("pk")[:BATCH]).update(text="")


CLOCKS = [
    Clock("refused_mails", lambda now: _old_refusals(now).count(), _delete_refusals),
    Clock("case_messages", lambda now: _over_cases(now).count(), _blank_cases),
]
