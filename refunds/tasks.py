"""Celery's way to the sweeps of refunds. A message is a hint to look now; what is owed is in the rows."""

from celery import shared_task

from accounts import clock
from accounts.actors import Actor
from orders.sweeps import run
from refunds import sweeps


@shared_task
def send_due() -> int:
    """See `sweeps.send_due`."""
    return run(sweeps.send_due, now=clock.now(), actor=Actor.system())


@shared_task
def finish_refund_calls() -> int:
    """See `sweeps.finish_refund_calls`."""
    return run(sweeps.finish_refund_calls, now=clock.now(), actor=Actor.system())
