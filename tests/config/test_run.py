"""What `make run` starts: the demo on the local default alone, and only where no real money moves."""

import pytest
from django.test import override_settings

from config import run

WHERE = pytest.mark.parametrize(
    ("local", "provider", "has_demo"),
    [(True, "sandbox", True), (True, "stripe", False), (False, "sandbox", False), (False, "stripe", False)],
)


@pytest.fixture
def commands(monkeypatch):
    """The commands of manage.py that were run; the database is empty."""
    ran: list[str] = []
    monkeypatch.setattr(run, "manage", lambda name, *_options, **_shown: ran.append(name))
    monkeypatch.setattr(run, "has_marketplace", lambda: False)
    return ran


@WHERE
def test_an_empty_database_gets_the_demo_where_it_belongs(commands, local, provider, has_demo):
    with override_settings(LOCAL=local, PAYMENT_PROVIDER=provider):
        run.prepare()
    assert commands == ["migrate", "createcachetable", "collectstatic", *["load_demo"] * has_demo]


@WHERE
def test_sales_come_in_where_the_demo_is(local, provider, has_demo):
    with override_settings(LOCAL=local, PAYMENT_PROVIDER=provider, SIMULATE=True):
        names = [program.name for program in run.programs(8000)]
    assert names == ["web", "worker", "beat", *["sales"] * has_demo]
