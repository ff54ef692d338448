"""Ask again for declined payments whose next try is due (O4)."""

from orders import due, sweeps
from orders.management.sweeping import Job, SweepCommand


class Command(SweepCommand):
    """The periodic job of the same name, by hand."""

    help = "Ask again for declined payments whose next try is due (O4)."
    job = Job(sweeps.retry_authorisations, due.declined, "Authorisations tried again")
