"""What payment providers report later: each event is recorded once, and followed by a look at what it is about (P3).

An event is only a hint that something is to be looked at. So the same one twice, old ones and ones out of order do no
harm, and a daily reconciliation with the provider's list finds those that never came.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.module_loading import import_string

from accounts.actors import Actor
from accounts.nudge import nudge
from payments.models import EventSource, EventState, ProviderEvent, Topic
from payments.providers.news import EventSeen, News
from payments.providers.stripe_news import StripeNews

FOLLOW = "payments.tasks.follow_events"
BY_NAME: dict[str, Callable[[], News]] = {"stripe": StripeNews}
AT_ONCE = 20
LEASE = timedelta(minutes=2)  # longer than the looks that follow one event
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
ATTEMPTS_BEFORE_ATTENTION = 8
RECONCILED_DAYS = 3
RECONCILED = "payments.reconciled"
A_DAY = timedelta(hours=23)  # asked each hour: less than a day, so that a day is never missed
logger = structlog.get_logger(__name__)

Follow = Callable[[ProviderEvent, Actor, datetime], bool]
"""Does what follows from an event; False where it is about nothing of ours."""


def of(provider: str) -> News:
    """The way to look at this provider's objects."""
    return BY_NAME[provider]()


def record(provider: str, events: Iterable[EventSeen], *, source: EventSource, now: datetime) -> int:
    """Keep the events that are not kept yet; returns how many. Nothing follows from kinds that nobody knows."""
    seen = {event.reference: event for event in events}
    fresh = [seen[reference] for reference in _unknown(provider, seen)]
    ProviderEvent.objects.bulk_create(
        (_row(provider, event, source, now) for event in fresh), ignore_conflicts=True
    )
    if any(event.topic != Topic.OTHER for event in fresh):
        nudge(FOLLOW)
    return len(fresh)


def follow_due(now: datetime, actor: Actor) -> int:
    """Follow a batch of the events that wait, each with a look of its own at the provider; returns how many."""
    due = list(ProviderEvent.objects.due(now).values_list("pk", flat=True)[:AT_ONCE])
    return sum(_follow(pk, actor, now) for pk in due)


def reconcile(provider: str, *, now: datetime, days: int = RECONCILED_DAYS, is_dry: bool = False) -> int:
    """Record what the provider's list of the last days has and we have not; returns how many events."""
    events = list(of(provider).events(now - timedelta(days=days)))
    if is_dry:
        return len(_unknown(provider, {event.reference for event in events}))
    found = record(provider, events, source=EventSource.RECONCILIATION, now=now)
    if found:
        logger.warning("provider_events_missed", provider=provider, events=found)
    return found


def reconcile_once_a_day(now: datetime) -> int | None:
    """Reconcile with the provider of new orders unless that was done today; None where nothing was asked."""
    provider = settings.PAYMENT_PROVIDER
    if provider not in BY_NAME or not cache.add(RECONCILED, True, A_DAY.total_seconds()):
        return None
    try:
        return reconcile(provider, now=now)
    except BaseException:
        cache.delete(RECONCILED)  # broken off: the next hour asks again
        raise


def payout_failed(event: ProviderEvent, actor: Actor, now: datetime) -> bool:
    """A payout to the marketplace's own bank failed: no order and no seller is touched, the operator has to act."""
    ProviderEvent.objects.filter(pk=event.pk).update(needs_attention=True)
    logger.error("provider_payout_failed", provider=event.provider, payout=event.about)
    return True


def _unknown(provider: str, references: Iterable[str]) -> list[str]:
    """Those without a row, in the order given."""
    references = list(references)
    known = ProviderEvent.objects.filter(provider=provider, reference__in=references)
    held = set(known.values_list("reference", flat=True))
    return [reference for reference in references if reference not in held]


def _row(provider: str, event: EventSeen, source: EventSource, now: datetime) -> ProviderEvent:
    is_followed = event.topic != Topic.OTHER
    return ProviderEvent(
        provider=provider,
        reference=event.reference,
        kind=event.kind,
        topic=event.topic,
        about=event.about[:200],
        source=source,
        happened_at=event.at,
        received_at=now,
        state=EventState.WAITING if is_followed else EventState.IGNORED,
        next_try_at=now if is_followed else None,
        finished_at=None if is_followed else now,
    )


def _follow(pk: int, actor: Actor, now: datetime) -> bool:
    """Follow one event; what breaks on the way is tried again, with a longer pause each time."""
    event = _claim(pk, now)
    if event is None:
        return False
    follow: Follow = import_string(settings.PROVIDER_NEWS[event.topic])
    try:
        is_ours = follow(event, actor, now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("provider_event_not_followed", reference=event.reference, kind=event.kind)
        _wait(event, now)
    else:
        state = EventState.DONE if is_ours else EventState.IGNORED
        ProviderEvent.objects.filter(pk=pk).update(state=state, next_try_at=None, finished_at=now)
    return True


@transaction.atomic(durable=True)
def _claim(pk: int, now: datetime) -> ProviderEvent | None:
    """Take a due event: whoever dies with it leaves it due again after the lease."""
    event = ProviderEvent.objects.due(now).filter(pk=pk).select_for_update(skip_locked=True).first()
    if event:
        event.attempts, event.next_try_at = event.attempts + 1, now + LEASE
        event.save(update_fields=["attempts", "next_try_at"])
    return event


def _wait(event: ProviderEvent, now: datetime) -> None:
    event.next_try_at = now + min(FIRST_PAUSE * 2 ** min(event.attempts - 1, 20), LONGEST_PAUSE)
    event.needs_attention = event.attempts >= ATTEMPTS_BEFORE_ATTENTION
    event.save(update_fields=["next_try_at", "needs_attention"])
