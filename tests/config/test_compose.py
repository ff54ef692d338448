"""The composed portal: what it runs, and that nothing starts without what production needs."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from config.local.postgres import ROLES

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def services() -> dict[str, Any]:
    composed: dict[str, Any] = yaml.safe_load((HOME / "docker-compose.yml").read_text())
    return composed["services"]


def test_each_part_is_a_service_of_its_own(services: dict[str, Any]) -> None:
    assert set(services) == {"web", "worker", "beat", "migrate", "postgres", "redis"}


def test_only_the_migration_signs_in_as_the_owner(services: dict[str, Any]) -> None:
    with_owner = {
        name for name, each in services.items() if "DATABASE_OWNER_URL" in each.get("environment", {})
    }
    assert with_owner == {"migrate"}


@pytest.mark.parametrize("name", ["SECRET_KEY", "PUBLIC_BASE_URL", "EMAIL_URL", "PAYMENT_PROVIDER"])
def test_what_production_needs_has_no_default(name: str, services: dict[str, Any]) -> None:
    assert ":?" in services["web"]["environment"][name]


def test_redis_keeps_its_queue_and_the_database_gets_the_same_roles(services: dict[str, Any]) -> None:
    assert "--appendonly yes --maxmemory-policy noeviction" in services["redis"]["command"]
    mounted = [each.split(":")[0] for each in services["postgres"]["volumes"]]
    assert (HOME / mounted[1]).resolve() == ROLES
