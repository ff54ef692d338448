"""Why a refund or a return said no; `str()` is the sentence to show, and nothing was changed."""

from django.utils.translation import gettext as _

from orders.refusals import Refused


class NothingCharged(Refused):
    """No shipment is confirmed, so the buyer was not charged; the page leads to cancel instead (R1, R4)."""


class AmountRefused(Refused):
    """More than is left, nothing, or no amount at all (R3). `item_pk` says for which item, if for one."""

    def __init__(self, sentence: str, item_pk: int | None = None, component: str = "") -> None:
        super().__init__(sentence)
        self.item_pk, self.component = item_pk, component


class StateRefused(Refused):
    """The refund or the return has come to a state in which this cannot be done with it."""


class Stale(Refused):
    """Something else of the order was refunded since the page was made from which this was asked (R3)."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Something of this order was refunded since that page was made, so nothing more was refunded. "
                "Look at what is left."
            )
        )


class KeyReused(Refused):
    """The form was sent before with other content; what it did then stands."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This form was sent before with other content. What it did then stands; open the page again to do more."
            )
        )


class Changed(Refused):
    """The order has moved on since the page was made, and another step is due than it offered (I4)."""

    def __init__(self) -> None:
        super().__init__(
            _("The order has changed since that page was made, so nothing was done. Look at it again.")
        )
