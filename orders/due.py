"""What each periodic job over orders finds to do: the sweeps take it, their commands count it beforehand."""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from inventory.models import Fulfilment
from orders import undecided
from orders.models import Order
from orders.models.order import OrderQuerySet
from orders.states import OrderStatus
from payments.models import Payment, ProviderCall
from payments.states import Operation, PaymentState


def open_windows(now: datetime) -> OrderQuerySet:
    """Orders whose buyer-cancel window is over and not yet said to be (O9)."""
    return Order.objects.filter(cancel_window_closed_at=None, cancel_window_ends_at__lt=now)


def declined(now: datetime) -> QuerySet[Payment]:
    """Declined payments of pending orders that are to be tried again (O4)."""
    return Payment.objects.due_for_another_try(now).filter(order__status=OrderStatus.PENDING)


def unauthorised(now: datetime) -> OrderQuerySet:
    """Pending orders past the authorisation limit (O4)."""
    return Order.objects.filter(status=OrderStatus.PENDING, authorise_by__lt=now)


def overdue(now: datetime) -> OrderQuerySet:
    """Unshipped orders past their deadline, whose buyer isn't being charged, with no open request (O18)."""
    found = Order.objects.filter(
        status=OrderStatus.UNSHIPPED, fulfilment=Fulfilment.MFN, confirm_deadline__lt=now
    )
    return found.exclude(payment__state=PaymentState.CAPTURING).exclude(undecided.condition())


def unwarned(now: datetime) -> OrderQuerySet:
    """Unshipped orders near their deadline whose seller was not told yet (O18)."""
    return Order.objects.about_to_be_canceled(now).filter(warned_at=None)


def delivered_phones(now: datetime) -> OrderQuerySet:
    """Orders whose delivery is complete and whose relay number still works (C3)."""
    return Order.objects.filter(phone_until__lt=now)


def provider_calls(now: datetime) -> QuerySet[ProviderCall]:
    """Calls without a final answer that are to be asked (again)."""
    return ProviderCall.objects.due(now)


def ending_holds(now: datetime) -> QuerySet[Payment]:
    """Holds to be renewed now: they end before the order's last day to ship (P3).

    An order that the marketplace ships has no such day: its hold is always renewed. Where nothing is left to charge,
    as only a free line is kept, no hold is needed.
    """
    found = Payment.objects.filter(
        state=PaymentState.AUTHORISED,
        released_at=None,
        renew_at__lte=now,
        order__status=OrderStatus.UNSHIPPED,
        order__total__gt=0,
    )
    ends_early = Q(order__confirm_deadline__gt=F("capture_before")) & Q(order__confirm_deadline__gt=now)
    asked = ProviderCall.objects.open().filter(operation=Operation.RENEW)
    is_needed = found.filter(ends_early | Q(order__fulfilment=Fulfilment.AFN))
    return is_needed.exclude(pk__in=asked.values("payment")).order_by("renew_at", "pk")
