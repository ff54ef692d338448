"""Health tells a load balancer what it needs: without Redis the portal is degraded, not down."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client, override_settings

from accounts import clock
from accounts.models import Heartbeat
from config import health
from config.tasks import heartbeat

REFUSING = "redis://127.0.0.1:1/0"


def test_livez_asks_nobody(client: Client) -> None:
    response = client.get("/livez")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_all_is_well(path: str, client: Client) -> None:
    heartbeat()
    response = client.get(path)
    assert (response.status_code, response.json()) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "redis": "ok", "jobs": "ok"}},
    )
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_without_redis_it_still_serves(client: Client) -> None:
    with override_settings(REDIS_URL=REFUSING):
        response = client.get("/healthz")
    assert response.status_code == 200
    assert (response.json()["status"], response.json()["checks"]["redis"]) == ("degraded", "degraded")


def jobs(client: Client) -> str:
    return str(client.get("/healthz").json()["checks"]["jobs"])


@pytest.mark.django_db
def test_jobs_that_never_ran_are_not_ok(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert jobs(client) == "degraded"
    heartbeat()
    assert jobs(client) == "ok"


@pytest.mark.django_db
def test_jobs_that_fell_silent_are_not_ok(client: Client) -> None:
    heartbeat()
    late = timedelta(seconds=health.BEAT_LATE_SECONDS)
    Heartbeat.objects.update(seen_at=clock.now() - late)
    assert jobs(client) == "degraded"
    Heartbeat.objects.update(seen_at=clock.now() - late + timedelta(seconds=30))
    assert jobs(client) == "ok"


@pytest.mark.django_db
def test_heartbeat_outlives_a_cache_that_is_emptied(client: Client) -> None:
    heartbeat()
    cache.clear()
    assert jobs(client) == "ok"


@pytest.mark.django_db
@pytest.mark.parametrize("path", health.PATHS)
@pytest.mark.parametrize("host", ["10.1.2.3:8000", None])
def test_probe_by_address_is_answered_where_the_setting_allows_it(
    path: str, host: str | None, client: Client
) -> None:
    more = {"SERVER_NAME": "0.0.0.0"} | ({"HTTP_HOST": host} if host else {})
    with override_settings(PROBES_BY_IP=False):
        assert client.get(path, **more).status_code == 400
    with override_settings(PROBES_BY_IP=True):
        assert client.get(path, **more).status_code == 200
        assert client.get("/accounts/login/", **more).status_code == 400


@pytest.mark.django_db
def test_without_the_database_it_is_down_and_says_nothing_of_its_inside(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> bool:
        raise OperationalError("connection to server at 10.0.0.7 failed")

    monkeypatch.setattr(health, "_database", refuse)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (
        503,
        {
            "status": "down",
            "checks": {"database": "down", "migrations": "unknown", "redis": "ok", "jobs": "unknown"},
        },
    )


@pytest.mark.django_db
def test_a_missing_migration_is_down(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts'")
    health.migrated.clear()  # as in a process that has just started
    response = client.get("/healthz")
    assert (response.status_code, response.json()["checks"]["migrations"]) == (503, "down")
