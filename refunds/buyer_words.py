"""What the buyer reads of refunds and returns on their own page: the memo, never the private note (R2)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.money import Money
from inventory.models import Fulfilment
from orders import buyer_page
from orders.models import Order
from refunds import records, returns
from refunds.models import Refund, Return
from refunds.records import ReturnRecord
from refunds.states import RefundState, ReturnState

TOLD = [RefundState.SENT, RefundState.DONE]
"""The buyer is told when the money is let go, not while the seller can still take it back."""

SENTENCES = {
    ReturnState.REQUESTED: gettext_lazy(
        "You asked to send this back. Wait for the answer before you send it."
    ),
    ReturnState.AUTHORISED: gettext_lazy("Put the slip into the parcel and send it to the address on it."),
    ReturnState.REOPENED: gettext_lazy("Put the slip into the parcel and send it to the address on it."),
    ReturnState.RECEIVED: gettext_lazy("Your parcel has arrived at the seller."),
    ReturnState.REFUNDED: gettext_lazy("You were refunded."),
    ReturnState.CLOSED: gettext_lazy("This return is closed."),
}
SENT_BACK = gettext_lazy("Your bank sent the refund back. The seller knows and can refund you again.")
"""Of a return that stays Refunded although its refund failed later (R7)."""


@dataclass(frozen=True)
class Repaid:
    """One refund in the buyer's words; the page shows the memo of one that is done with the seller's other words."""

    sentence: str
    at: datetime | None
    memo: str


@dataclass(frozen=True)
class Back:
    """One return in the buyer's words."""

    record: ReturnRecord
    sentence: str


def told(order: Order) -> dict[str, Any]:
    """Refunds on their way or done, returns with their slips, and whether more can come back."""
    is_own = order.fulfilment == Fulfilment.MFN
    found = order.returns.prefetch_related("lines__item").order_by("-pk")
    repaid = list(order.refunds.filter(state__in=TOLD).order_by("-number"))
    named = {each.of_return_id for each in repaid}
    return {
        "marketplace": order.seller.marketplace,
        "refunds": [_repaid(each) for each in repaid],
        "returns": [_back(each, is_repaid=each.pk in named) for each in found],
        "may_return": is_own and any(count > 0 for count in returns.returnable(order).values()),
        "is_own": is_own,
        "decider": buyer_page.decider(order),
    }


def _repaid(refund: Refund) -> Repaid:
    words = {"amount": Money(refund.amount, refund.currency)}
    if refund.state == RefundState.DONE:
        sentence = _("You were refunded %(amount)s. Your bank may take a few days to show it.") % words
        return Repaid(sentence, refund.finished_at, "")
    return Repaid(_("A refund of %(amount)s is on its way to you.") % words, refund.sent_at, refund.memo)


def _back(found: Return, *, is_repaid: bool) -> Back:
    state = ReturnState(found.state)
    sentence = SENT_BACK if state == ReturnState.REFUNDED and not is_repaid else SENTENCES[state]
    return Back(records.return_record(found), str(sentence))
