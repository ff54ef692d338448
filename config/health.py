"""Whether the portal works, for load balancers and for people; without a word of its inside."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event

import redis
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts import clock
from accounts.models import Heartbeat
from config.tasks import JOBS

REDIS_SECONDS = 1
# Beat sends a heartbeat every 30 seconds.
BEAT_LATE_SECONDS = 180
PATHS = ("/livez", "/readyz", "/healthz")
logger = structlog.get_logger(__name__)
migrated = Event()


class ProbeMiddleware:
    """With PROBES_BY_IP, health is told whatever host name is asked for, also to a request that names none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.PROBES_BY_IP and request.path_info in PATHS:
            request.META["HTTP_HOST"] = settings.HOST
        return self.get_response(request)


@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers; it asks nobody."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while pages can be served: without the database or its migrations it is 503 and down.

    Without Redis, beat or a worker, work is only delayed, since what is owed is in the database: degraded.
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
    """A heartbeat of the last minutes was seen. One that never came is no sign of life."""
    since = clock.now() - timedelta(seconds=BEAT_LATE_SECONDS)
    return Heartbeat.objects.filter(name=JOBS, seen_at__gt=since).exists()
