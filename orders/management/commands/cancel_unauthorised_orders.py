"""Cancel orders whose payment was not authorised within the limit (O4)."""

from orders import due, sweeps
from orders.management.sweeping import Job, SweepCommand


class Command(SweepCommand):
    """The periodic job of the same name, by hand."""

    help = "Cancel orders whose payment was not authorised within the limit (O4)."
    job = Job(sweeps.cancel_unauthorised, due.unauthorised, "Unauthorised orders canceled")
