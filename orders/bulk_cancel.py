"""Cancel many orders for one reason: each by itself, so that one refusal stops none of the others (O11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Seller
from orders import lifecycle
from orders.models import Order
from orders.refusals import AlreadyCanceled, Refused
from orders.states import CancelReason


class Result(StrEnum):
    """What became of one order."""

    CANCELED = "canceled"
    ALREADY = "already"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """One order's result, with the sentence to show."""

    number: str
    result: Result
    sentence: str

    @property
    def is_known(self) -> bool:
        """Whether the seller has an order of this number."""
        return self.result != Result.UNKNOWN


def cancel(
    numbers: Sequence[str], *, seller: Seller, reason: CancelReason, actor: Actor, now: datetime
) -> list[Outcome]:
    """Cancel those of the seller's orders that can be; the same again changes nothing and says so."""
    found = {order.number: order for order in seller.orders.filter(number__in=numbers)}
    return [_cancel(found.get(number), number, reason, actor, now) for number in numbers]


def _cancel(order: Order | None, number: str, reason: CancelReason, actor: Actor, now: datetime) -> Outcome:
    if order is None:
        return Outcome(number, Result.UNKNOWN, _("There is no such order."))
    try:
        lifecycle.cancel(order, reason=reason, actor=actor, now=now)
    except AlreadyCanceled:
        return Outcome(number, Result.ALREADY, _("Was canceled before."))
    except Refused as refusal:
        return Outcome(number, Result.REFUSED, str(refusal))
    return Outcome(number, Result.CANCELED, _("Canceled; the buyer is told and not charged."))
