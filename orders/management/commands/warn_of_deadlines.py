"""Warn of orders that are about to be canceled unconfirmed (O18)."""

from orders import due, sweeps
from orders.management.sweeping import Job, SweepCommand


class Command(SweepCommand):
    """The periodic job of the same name, by hand."""

    help = "Warn of orders that are about to be canceled unconfirmed (O18)."
    job = Job(sweeps.warn_of_deadlines, due.unwarned, "Warnings of a deadline given")
