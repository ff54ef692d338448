"""Celery's way to the sweeps and operations of orders. A message is a hint to look now; what is owed is in the rows."""

from celery import shared_task

from accounts import clock
from accounts import personal_data_register as register
from accounts.actors import Actor
from orders import personal_data_end, provider_calls, sweeps
from orders.audit import once_a_day
from payments.models import ProviderCall


@shared_task
def authorise(order_id: int) -> None:
    """Ask for the authorisation of one new order at once; the sweep finds it anyway."""
    now = clock.now()
    due = ProviderCall.objects.due(now).filter(operation__in=provider_calls.OPERATIONS)
    for call in due.filter(payment__order=order_id):
        provider_calls.finish(call, actor=Actor.system(), now=now)


def _swept(sweep: sweeps.Sweep) -> int:
    return sweeps.run(sweep, now=clock.now(), actor=Actor.system())


@shared_task
def close_cancel_windows() -> int:
    """See `sweeps.close_cancel_windows`."""
    return _swept(sweeps.close_cancel_windows)


@shared_task
def retry_authorisations() -> int:
    """See `sweeps.retry_authorisations`."""
    return _swept(sweeps.retry_authorisations)


@shared_task
def renew_holds() -> int:
    """See `sweeps.renew_holds`."""
    return _swept(sweeps.renew_holds)


@shared_task
def cancel_unauthorised() -> int:
    """See `sweeps.cancel_unauthorised`."""
    return _swept(sweeps.cancel_unauthorised)


@shared_task
def cancel_overdue() -> int:
    """See `sweeps.cancel_overdue`."""
    return _swept(sweeps.cancel_overdue)


@shared_task
def warn_of_deadlines() -> int:
    """See `sweeps.warn_of_deadlines`."""
    return _swept(sweeps.warn_of_deadlines)


@shared_task
def finish_provider_calls() -> int:
    """See `sweeps.finish_provider_calls`."""
    return _swept(sweeps.finish_provider_calls)


@shared_task
def expire_phones() -> int:
    """See `sweeps.expire_phones`."""
    return _swept(sweeps.expire_phones)


@shared_task(soft_time_limit=240, time_limit=300)
def delete_personal_data() -> None:
    """See `personal_data_end`; what isn't done in the time is done by the next run."""
    now = clock.now()
    for each in register.clocks():
        personal_data_end.delete_elsewhere(each, now)
    personal_data_end.delete_due(now, Actor.system(), seconds=150)


@shared_task
def fold_counts() -> int:
    """See `sweeps.fold_counts`; one round a time is enough."""
    return sweeps.fold_counts(clock.now(), Actor.system())


@shared_task(soft_time_limit=240, time_limit=300)
def audit() -> None:
    """See `orders.audit.once_a_day`."""
    once_a_day()
