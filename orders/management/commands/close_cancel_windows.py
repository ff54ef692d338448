"""Say in the history of orders that their buyers can no longer cancel by themselves (O9)."""

from orders import due, sweeps
from orders.management.sweeping import Job, SweepCommand


class Command(SweepCommand):
    """The periodic job of the same name, by hand."""

    help = "Say in the history of orders that their buyers can no longer cancel by themselves (O9)."
    job = Job(sweeps.close_cancel_windows, due.open_windows, "Buyer-cancel windows closed")
