"""What the test of every address needs of feeds: one of each stage, and the forms."""

import hashlib
import uuid
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Right
from batches.models import Batch, BatchRow
from batches.states import BatchState, RowState
from reports.feeds.models import Feed
from reports.feeds.states import FeedState
from tests.factories import NOON
from tests.reports.feeds.feed_steps import parcel, text

NOWHERE = ("feeds:list", "feeds:template")
"""Pages that name no record in their address."""


class Fed:
    """A feed that waits for a worker, one that waits for its seller, and one of which a row was refused."""

    def __init__(self, seller: Any, owner: Any, number: str) -> None:
        self.seller, self.owner, self.number = seller, owner, number
        self.content = text("ship", parcel(number, tracking_number="Brass lamp")).encode()
        self.waiting = self._feed(FeedState.UPLOADED)
        self.checked = self._feed(FeedState.CHECKED, trial=self._batch(RowState.DONE, is_dry_run=True))
        self.over = self._feed(FeedState.DONE, batch=self._batch(RowState.REFUSED))

    def _feed(self, state: str, **more: Any) -> Feed:
        file = ContentFile(self.content, name="Brass lamp.txt")
        return Feed.objects.create(
            seller=self.seller,
            key=uuid.uuid4(),
            kind="ship",
            file=file,
            name="Brass lamp.txt",
            size=len(self.content),
            digest=hashlib.sha256(state.encode()).hexdigest(),
            state=state,
            total=1,
            actor=self.owner,
            uploaded_at=NOON,
            claimed_until=NOON,
            **more,
        )

    def _batch(self, state: str, *, is_dry_run: bool = False) -> Batch:
        batch = Batch.objects.create(
            seller=self.seller,
            kind="feed_ship",
            key=uuid.uuid4(),
            actor=self.owner,
            actor_kind="seller",
            source="feed",
            is_dry_run=is_dry_run,
            state=BatchState.DONE,
            total=1,
            done_count=int(state == RowState.DONE),
            refused_count=int(state == RowState.REFUSED),
            created_at=NOON,
            finished_at=NOON,
        )
        data = {"number": 1, "line": 2, "cells": {"order-id": self.number, "tracking-number": "Brass lamp"}}
        words = {"sentence": "Brass lamp", "code": "70704"} if state == RowState.REFUSED else {}
        BatchRow.objects.create(batch=batch, place=1, subject=self.number, data=data, state=state, **words)
        return batch


def nothing(world: Any) -> dict[str, Any]:
    return {}


APART = ("feeds:upload",)
"""Which right it asks for hangs on the file."""

ANY = (Right.SHIP, Right.CANCEL, Right.REFUND)
PAGES: dict[str, tuple[Any, ...]] = {
    "feeds:list": (ANY, 200, 405),
    "feeds:template": (ANY, 200, 405),
    "feeds:feed": (Right.SHIP, 200, 405),
    "feeds:process": (Right.SHIP, 405, 302, nothing),
    "feeds:stop": (Right.SHIP, 405, 302, nothing),
    "feeds:again": (Right.SHIP, 405, 302, nothing),
    "feeds:report": (Right.SHIP, 200, 405),
    "feeds:mend": (Right.SHIP, 200, 405),
    "feeds:file": (Right.SHIP, 200, 405),
}


def args(world: Any) -> dict[str, list[object]]:
    """What the addresses are made of."""
    fed = world.fed
    return {
        "feeds:template": ["shipping-confirmation.txt"],
        "feeds:feed": [fed.over.key],
        "feeds:process": [fed.checked.key],
        "feeds:stop": [fed.waiting.key],
        "feeds:again": [fed.over.key],
        "feeds:report": [fed.over.key, "txt"],
        "feeds:mend": [fed.over.key],
        "feeds:file": [fed.over.key],
    }
