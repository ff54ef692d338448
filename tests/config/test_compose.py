"""The composed portal: what it runs, and that nothing starts without what production needs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import reverse

from config import gunicorn, limits
from config.local.postgres import ROLES
from reports.feeds.files.reading import MOST_BYTES
from reports.views.feeds import AROUND

HOME = Path(__file__).resolve().parents[2]
PORTAL = ("web", "worker", "beat", "migrate")


@pytest.fixture
def services() -> dict[str, Any]:
    composed: dict[str, Any] = yaml.safe_load((HOME / "docker-compose.yml").read_text())
    return composed["services"]


def test_each_part_is_a_service_of_its_own(services: dict[str, Any]) -> None:
    assert set(services) == {"web", "proxy", "worker", "beat", "migrate", "postgres", "redis"}


def test_only_the_migration_signs_in_as_the_owner(services: dict[str, Any]) -> None:
    with_owner = {
        name for name, each in services.items() if "DATABASE_OWNER_URL" in each.get("environment", {})
    }
    assert with_owner == {"migrate"}


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "ENCRYPTION_KEYS", "PUBLIC_BASE_URL", "EMAIL_URL", "PAYMENT_PROVIDER"]
)
def test_what_production_needs_has_no_default(name: str, services: dict[str, Any]) -> None:
    assert ":?" in services["web"]["environment"][name]


def test_redis_keeps_its_queue_and_the_database_gets_the_same_roles(services: dict[str, Any]) -> None:
    assert "--appendonly yes --maxmemory-policy noeviction" in services["redis"]["command"]
    mounted = [each.split(":")[0] for each in services["postgres"]["volumes"]]
    assert (HOME / mounted[1]).resolve() == ROLES


def test_image_is_built_once_and_pulled_by_nobody(services: dict[str, Any]) -> None:
    assert [name for name in PORTAL if "build" in services[name]] == ["migrate"]
    assert {services[name]["image"] for name in PORTAL} == {"shipby"}
    assert {services[name]["pull_policy"] for name in PORTAL if name != "migrate"} == {"never"}


def test_base_images_are_exact_and_an_operator_can_put_a_digest_in_their_place(
    services: dict[str, Any],
) -> None:
    text = (HOME / "Dockerfile").read_text()
    arguments = dict(re.findall(r"^ARG (\w+)=(\S+)$", text, re.MULTILINE))
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert set(bases) == {f"${{{name}}}" for name in arguments}
    assert services["migrate"]["build"]["args"] == list(arguments)
    servers = [services[name]["image"] for name in ("postgres", "redis", "proxy")]
    assert all(re.fullmatch(r"\$\{[A-Z]+_IMAGE:-\S+\}", each) for each in servers)
    for image in [*arguments.values(), *(each.partition(":-")[2].rstrip("}") for each in servers)]:
        assert re.match(r"[a-z]+:\d+\.\d+", image), image


def test_web_is_stopped_after_its_requests_had_their_time(services: dict[str, Any]) -> None:
    assert int(services["web"]["stop_grace_period"].rstrip("s")) > gunicorn.graceful_timeout


def test_portal_runs_without_rights_on_a_read_only_file_system(services: dict[str, Any]) -> None:
    for name in PORTAL:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]


def test_redis_asks_for_a_password(services: dict[str, Any]) -> None:
    assert "--requirepass ${REDIS_PASSWORD}" in services["redis"]["command"]
    assert "://:${REDIS_PASSWORD:?" in services["web"]["environment"]["REDIS_URL"]


def test_log_of_postgresql_holds_no_statement_and_no_row(services: dict[str, Any]) -> None:
    for setting in ("log_min_error_statement=panic", "log_error_verbosity=terse"):
        assert setting in services["postgres"]["command"]


def test_example_names_all_that_the_composed_portal_needs() -> None:
    needed = set(re.findall(r"\$\{(\w+):\?", (HOME / "docker-compose.yml").read_text()))
    offered = set(re.findall(r"^(\w+)=", (HOME / "ops" / "env.example").read_text(), re.MULTILINE))
    assert needed <= offered


def test_web_is_reached_through_the_proxy_alone(services: dict[str, Any]) -> None:
    assert [name for name, each in services.items() if "ports" in each] == ["proxy"]
    assert services["proxy"]["ports"] == ["${BIND:-127.0.0.1}:${PORT:-8000}:8080"]
    assert services["web"]["environment"]["TRUSTED_PROXY_COUNT"] == "${TRUSTED_PROXY_COUNT:-2}"


def test_proxy_runs_without_rights_and_keeps_bodies_in_memory(services: dict[str, Any]) -> None:
    proxy = services["proxy"]
    assert (proxy["read_only"], proxy["cap_drop"], proxy["user"]) == (True, ["ALL"], "101:101")
    assert proxy["tmpfs"] == "/tmp:size=512m,mode=1777"


def test_proxy_waits_for_whole_requests_and_ends_slow_ones() -> None:
    text = (HOME / "ops" / "nginx.conf").read_text()
    for setting in (
        "client_header_timeout 10s",
        "client_body_timeout 20s",
        "send_timeout 20s",
        "proxy_request_buffering on",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for",
        "access_log off",
    ):
        assert f" {setting};" in text


def test_proxy_takes_what_the_pages_take() -> None:
    text = (HOME / "ops" / "nginx.conf").read_text()
    located = dict(re.findall(r"location [=~] (\S+) {\s+client_max_body_size (\d+)m;", text))
    assert located == {
        reverse("feeds:upload"): "51",
        "^/orders/[^/]+/messages/write/$": "11",
        "^/buyer/[^/]+/messages/$": "11",
    }
    assert "client_max_body_size 1m;" in text
    assert MOST_BYTES + AROUND <= 51 * limits.MEGABYTE
    larger = {name: each.signed_in for name, each in limits.BODIES.items() if each.signed_in > limits.FORM}
    assert larger.keys() == {"feeds:upload", "messaging:write", "messaging:buyer"}
    assert larger["messaging:write"] == larger["messaging:buyer"] == 11 * limits.MEGABYTE
    for name, argument in (("write", "113-0000000-0000001"), ("buyer", "a:b")):
        path = reverse(f"messaging:{name}", args=[argument])
        assert any(re.search(pattern, path) for pattern in located)
