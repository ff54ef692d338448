"""What the test of every address needs of reports: one that is ready, one that waits, and the forms."""

import uuid
from typing import Any

from accounts.models import Right
from reports import making
from reports.models import Report
from tests.factories import NOON

NOWHERE = ("reports:list", "reports:ask", "reports:selection", "reports:schedule")
"""Pages that name no record in their address."""


def made(world: Any) -> dict[str, list[object]]:
    """What the addresses are made of."""
    ready, waiting = (_asked(world) for _ in range(2))
    making.work(ready.pk)
    return {
        **{f"reports:{name}": [ready.key] for name in ("report", "download", "again")},
        "reports:cancel": [waiting.key],
    }


def _asked(world: Any) -> Report:
    told = {"kind": "new_orders", "format": "tsv", "days": 7, "key": uuid.uuid4()}
    return making.ask(seller=world.seller, user=world.owner, now=NOON, **told)


def form(world: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "kind": "tax", "days": "30", "format": "csv"}


def picked(world: Any) -> dict[str, Any]:
    return {"format": "tsv", "query": "tab=unshipped", "order": [world.order.number]}


def key(world: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4())}


def schedule(world: Any) -> dict[str, Any]:
    return {"is_on": "on", "hour": "9", "format": "csv"}


def nothing(world: Any) -> dict[str, Any]:
    return {}


PAGES = {
    "reports:list": (Right.REPORT, 200, 405, nothing),
    "reports:ask": (Right.REPORT, 302, 302, form),
    "reports:selection": (Right.REPORT, 405, 302, picked),
    "reports:schedule": (Right.REPORT, 200, 302, schedule),
    "reports:report": (Right.REPORT, 200, 405, nothing),
    "reports:download": (Right.REPORT, 200, 405, nothing),
    "reports:cancel": (Right.REPORT, 405, 302, nothing),
    "reports:again": (Right.REPORT, 405, 302, key),
}
APART = ("reports:change_plan",)
"""A seller with the professional plan has nothing to change: tests/reports/test_plan_page.py."""
