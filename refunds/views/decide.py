"""Take a refund back while its time lasts, or try one again that failed (R2, R7)."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.money import Money
from accounts.rights import SellerRequest, requires
from orders.refusals import Refused
from refunds import refunds
from refunds.models import Refund


@requires(Right.REFUND)
@require_POST
def take_back(request: SellerRequest, number: str, refund_number: int) -> HttpResponse:
    """The refund is not sent; its amounts can be refunded again."""
    done = _("The refund of %(amount)s is taken back: the buyer gets nothing and is not told.")
    return _decide(request, number, refund_number, refunds.take_back, done)


@requires(Right.REFUND)
@require_POST
def retry(request: SellerRequest, number: str, refund_number: int) -> HttpResponse:
    """The provider is asked again."""
    done = _("The refund of %(amount)s is tried again.")
    return _decide(request, number, refund_number, refunds.retry, done)


def _decide(
    request: SellerRequest, number: str, refund_number: int, operation: Callable[..., Refund], done: str
) -> HttpResponse:
    """Do it and say so, or say why not; then back to the order."""
    order = get_object_or_404(request.seller.orders, number=number)
    refund = get_object_or_404(order.refunds, number=refund_number)
    try:
        refund = operation(refund, actor=Actor.seller(request.user), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done % {"amount": Money(refund.amount, refund.currency)})
    return redirect("orders:detail", number)
