"""Send the refunds that are due, and ask about those that were sent."""

from datetime import datetime

from django.db.models import Q, QuerySet

from orders.management.sweeping import Job, SweepCommand
from payments.models import ProviderCall
from payments.states import Operation
from refunds import sweeps
from refunds.models import Refund
from refunds.states import RefundState


def due(now: datetime) -> QuerySet[Refund]:
    """Refunds that are to be sent, or to be asked about again."""
    calls = ProviderCall.objects.due(now).filter(operation=Operation.REFUND).order_by()
    return Refund.objects.filter(
        Q(state=RefundState.REQUESTED, due_at__lte=now) | Q(state=RefundState.SENT, call__in=calls)
    )


class Command(SweepCommand):
    """The periodic jobs of refunds, by hand."""

    help = "Send the refunds that are due, and ask the provider about those without an answer."
    job = Job(sweeps.send_refunds, due, "Refunds sent or asked about")
