"""Whether the portal works, for load balancers and for people; without a word of its inside."""

from collections.abc import Callable
from threading import Event

import redis
import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts import clock
from config.tasks import HEARTBEAT

REDIS_SECONDS = 1
BEAT_LATE_SECONDS = 180
logger = structlog.get_logger(__name__)
migrated = Event()


@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers; it asks nobody."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while pages can be served: without the database or its migrations it is 503 and down.

    Without Redis or beat work is only delayed, for what is owed stands in the database: degraded.
    """
    database = _check(_database, "down")
    checks = {
        "database": database,
        "migrations": "unknown",
        "redis": _check(_redis, "degraded"),
        "jobs": "unknown",
    }
    if database == "ok":
        checks["migrations"] = _check(_migrations, "down")
        checks["jobs"] = _check(_jobs, "degraded")
    worst = next((state for state in ("down", "degraded") if state in checks.values()), "ok")
    return JsonResponse({"status": worst, "checks": checks}, status=503 if worst == "down" else 200)


def _check(works: Callable[[], bool], otherwise: str) -> str:
    try:
        return "ok" if works() else otherwise
    except (DatabaseError, redis.RedisError, OSError) as error:
        logger.warning("health_check_failed", check=works.__name__, error=type(error).__name__)
        return otherwise


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrations() -> bool:
    """Every migration of this code has run. It cannot become false again while the process lives."""
    if not migrated.is_set():
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            migrated.set()
    return migrated.is_set()


def _redis() -> bool:
    with redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    ) as client:
        return bool(client.ping())


def _jobs() -> bool:
    """Beat was seen lately. One that was never seen has perhaps not had its first period."""
    seen = cache.get(HEARTBEAT)
    return seen is None or clock.now().timestamp() - seen < BEAT_LATE_SECONDS
