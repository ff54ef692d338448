"""Release the relay numbers of orders whose delivery is complete (C3)."""

from orders import due, sweeps
from orders.management.sweeping import Job, SweepCommand


class Command(SweepCommand):
    """The periodic job of the same name, by hand."""

    help = "Release the relay numbers of orders whose delivery is complete (C3)."
    job = Job(sweeps.expire_phones, due.delivered_phones, "Relay numbers released")
