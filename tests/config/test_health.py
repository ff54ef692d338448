"""Health tells a load balancer what it needs: without Redis the portal is degraded, not down."""

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client, override_settings
from django.utils import timezone

from config import health
from config.tasks import HEARTBEAT, heartbeat

REFUSING = "redis://127.0.0.1:1/0"


def test_livez_asks_nobody(client: Client) -> None:
    response = client.get("/livez")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_all_is_well(path: str, client: Client) -> None:
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


@pytest.mark.django_db
def test_a_beat_that_fell_silent_is_degraded(client: Client) -> None:
    cache.set(HEARTBEAT, timezone.now().timestamp() - health.BEAT_LATE_SECONDS - 1)
    assert client.get("/healthz").json()["checks"]["jobs"] == "degraded"
    heartbeat()
    assert client.get("/healthz").json()["checks"]["jobs"] == "ok"


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
