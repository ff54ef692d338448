"""Ask the payment provider for the answers that are still open."""

from orders import due, sweeps
from orders.management.sweeping import Job, SweepCommand


class Command(SweepCommand):
    """The periodic job of the same name, by hand."""

    help = "Ask the payment provider for the answers that are still open."
    job = Job(sweeps.finish_provider_calls, due.provider_calls, "Provider calls asked")
