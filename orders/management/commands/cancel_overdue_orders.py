"""Cancel unshipped orders past their confirmation deadline (O18)."""

from orders import due, sweeps
from orders.management.sweeping import Job, SweepCommand


class Command(SweepCommand):
    """The periodic job of the same name, by hand."""

    help = "Cancel unshipped orders past their confirmation deadline (O18)."
    job = Job(sweeps.cancel_overdue, due.overdue, "Overdue orders canceled")
