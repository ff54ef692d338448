"""What follows for a refund from what the payment provider reports later: it may fail after it was done (R7, P3)."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.actors import Actor
from orders.models import Order
from payments import corrections, news
from payments.models import Payment, ProviderCall, ProviderEvent
from payments.providers.base import Status
from payments.providers.news import RefundSeen
from payments.states import CallState, Operation
from refunds import provider_calls
from refunds.states import RefundState

CAME_BACK = gettext_noop("the buyer's bank sent the money back.")
logger = structlog.get_logger(__name__)


def refund(event: ProviderEvent, actor: Actor, now: datetime) -> bool:
    """A refund changed: finish the call that waits for it, or take back what was booked of one that failed."""
    seen = news.of(event.provider).refund(event.about)
    if seen is None:
        return False
    call = _call(seen)
    if call is None:
        return _made_elsewhere(event, seen)
    if call.is_open:
        call = provider_calls.finish(call, actor=actor, now=now)
    if call.state == CallState.DONE and seen.status == Status.DECLINED:
        _failed_later(call, actor=actor, now=now)
    return True


def _call(seen: RefundSeen) -> ProviderCall | None:
    """The call that asked for it: by its key, or by the name that the answer gave."""
    asked = ProviderCall.objects.filter(operation=Operation.REFUND)
    try:
        return asked.filter(key=UUID(seen.call)).first()
    except ValueError:
        return asked.filter(reference=seen.reference).exclude(reference="").first()


def _failed_later(call: ProviderCall, *, actor: Actor, now: datetime) -> None:
    """Ledger, item totals and refund follow, each once; it can be tried again (R7)."""
    with transaction.atomic(durable=True):
        order = Order.objects.lock(Order.objects.only("pk").get(payment=call.payment_id).pk)
        corrections.reverse(call, now=now)
        refund = order.refunds.filter(call=call, state=RefundState.DONE).first()
        if refund:
            provider_calls.fail(order, refund, CAME_BACK, actor=actor, now=now)


def _made_elsewhere(event: ProviderEvent, seen: RefundSeen) -> bool:
    """A refund that nobody asked for here: the operator has to look, and False where it is of no order of ours."""
    if not seen.payment or not Payment.objects.filter(provider_reference=seen.payment).exists():
        return False
    ProviderEvent.objects.filter(pk=event.pk).update(needs_attention=True)
    logger.error("provider_refunded_unasked", refund=seen.reference, payment=seen.payment)
    return True
