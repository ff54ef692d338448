"""Renew the holds that would end before their order's last day to ship (P3)."""

from orders import due, sweeps
from orders.management.sweeping import Job, SweepCommand


class Command(SweepCommand):
    """The periodic job of the same name, by hand."""

    help = "Renew the holds that would end before their order's last day to ship (P3)."
    job = Job(sweeps.renew_holds, due.ending_holds, "Holds renewed or asked for")
