"""Why an operation said no; each carries the sentence to show."""

from django.utils.translation import gettext as _

from orders.states import OrderStatus


class Refused(Exception):
    """The order stays as it was. `str()` is the sentence for the person who asked."""


class MoveRefused(Refused):
    """The order's status, as it is now, does not allow this (O1)."""

    @classmethod
    def of(cls, status: str, to: str) -> "MoveRefused":
        """The plain sentence about the status."""
        words = {"status": OrderStatus(status).label, "to": OrderStatus(to).label}
        return cls(_("This order is %(status)s and cannot become %(to)s.") % words)


class BeingConfirmed(MoveRefused):
    """Another shipment of the order waits for the payment provider; what comes next is known when it has answered."""

    def __init__(self) -> None:
        super().__init__(_("Another shipment of this order is being confirmed this very moment."))


class AlreadyCanceled(MoveRefused):
    """Somebody, perhaps the same person a moment ago, has canceled the order; there is nothing more to do."""


class Stale(Refused):
    """The order has changed since the page was made from which this was asked."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The order has changed since that page was made, so nothing more was canceled. Look at its units."
            )
        )


class CaptureRefused(Refused):
    """The payment provider would not charge the buyer, so nothing was confirmed (O15)."""
