"""Follow what the payment provider reported and nobody has looked at yet (P3)."""

from orders.management.sweeping import Job, SweepCommand
from payments import news
from payments.models import ProviderEvent


class Command(SweepCommand):
    """The periodic job of the same name, by hand."""

    help = "Follow what the payment provider reported and nobody has looked at yet (P3)."
    job = Job(news.follow_due, ProviderEvent.objects.due, "Provider events followed")
