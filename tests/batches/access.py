"""What the test of every address needs of batches: one that is over."""

from typing import Any

from django.conf import settings

from accounts.models import Right
from batches import engine
from tests.batches.steps import batch_of


def made(world: Any) -> dict[str, list[object]]:
    """The arguments of the addresses."""
    kind = next(iter(settings.BATCH_KINDS))
    batch = engine.finish(batch_of(world.listing, [], kind=kind).pk)
    return {f"batches:{name}": [batch.key] for name in ("batch", "stop", "again")}


PAGES = {"batches:batch": (Right.VIEW, 200, 405)}
APART = ("batches:stop", "batches:again")
"""The right that they ask for hangs on what the batch does: tests/batches/test_page.py."""
