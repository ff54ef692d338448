"""What the test of every address needs of refunds: a sold order with its refunds and returns, and the forms."""

import uuid
from datetime import timedelta
from typing import Any

from accounts.actors import Actor
from accounts.models import Right
from orders import buyer_links
from refunds import refunds, returns
from refunds.models import Return
from refunds.refunds import Ask
from tests.factories import NOON
from tests.helpers import SYSTEM, authorised, ship

NOWHERE = ("refunds:returns", "refunds:failed")
"""Pages that name no record in their address."""


class Sold:
    """An order of the world's seller with a refund that can be taken back, one that failed, and four returns."""

    def __init__(self, world: Any, **buyer: str) -> None:
        self.order = ship(authorised((world.listing, 5), **buyer))
        self.item = self.order.items.get()
        grace = timedelta(hours=1)
        asked = {"reason": "general_adjustment", "actor": SYSTEM, "now": NOON}
        self.waiting = refunds.request(self.order, [self._part()], key=uuid.uuid4(), grace=grace, **asked)
        self.failed = refunds.request(self.order, [self._part()], key=uuid.uuid4(), grace=grace, **asked)
        type(self.failed).objects.filter(pk=self.failed.pk).update(state="failed", finished_at=NOON)
        self.asked, self.coming = self._return(Actor.buyer()), self._return(SYSTEM)
        self.closed = returns.close(self._return(SYSTEM), reason="declined", actor=SYSTEM, now=NOON)

    def _part(self) -> Ask:
        return Ask(self.item.pk, 100, 8)

    def _return(self, actor: Actor) -> Return:
        words = {"key": uuid.uuid4(), "reason": "other", "actor": actor, "now": NOON}
        return returns.ask(self.order, {self.item.pk: 1}, **words)


def confirmed(world: Any) -> dict[str, Any]:
    """The click on a summary of one cent."""
    words = {"key": str(uuid.uuid4()), "seen": "216", "reason": "price_error", "confirm": "1"}
    return {**words, "agreed": f"{world.sold.item.pk}:1,0,0,0,0"}


def started(world: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "reason": "other", f"units_{world.sold.item.pk}": "1"}


def received(world: Any) -> dict[str, Any]:
    pk = world.sold.item.pk
    return {f"came_{pk}": "1", f"condition_{pk}": "as_new", f"restock_{pk}": "1"}


def closing(world: Any) -> dict[str, Any]:
    return {"reason": "completed"}


def nothing(world: Any) -> dict[str, Any]:
    return {}


PAGES = {
    "refunds:refund": (Right.REFUND, 200, 302, confirmed),
    "refunds:take_back": (Right.REFUND, 405, 302, nothing),
    "refunds:retry": (Right.REFUND, 405, 302, nothing),
    "refunds:start_return": (Right.REFUND, 200, 302, started),
    "refunds:returns": (Right.VIEW, 200, 405, nothing),
    "refunds:failed": (Right.VIEW, 200, 405, nothing),
    "refunds:return": (Right.VIEW, 200, 405, nothing),
    "refunds:authorise_return": (Right.REFUND, 405, 302, nothing),
    "refunds:receive_return": (Right.REFUND, 405, 302, received),
    "refunds:close_return": (Right.REFUND, 405, 302, closing),
    "refunds:reopen_return": (Right.REFUND, 405, 302, nothing),
    "refunds:return_slip": (Right.VIEW, 200, 405, nothing),
}
OPEN = {
    "refunds:buyer_return": (200, 422),
    "refunds:buyer_slip": (200, 405),
    "refunds:buyer_withdraw": (405, 302),
}


def args(world: Any) -> dict[str, list[object]]:
    """What the addresses are made of."""
    sold = world.sold
    number, token = sold.order.number, buyer_links.token_of(sold.order)
    coming = ("return", "receive_return", "close_return", "return_slip")
    return {
        "refunds:refund": [number],
        "refunds:start_return": [number],
        "refunds:take_back": [number, sold.waiting.number],
        "refunds:retry": [number, sold.failed.number],
        **{f"refunds:{name}": [sold.coming.rma] for name in coming},
        "refunds:authorise_return": [sold.asked.rma],
        "refunds:reopen_return": [sold.closed.rma],
        "refunds:buyer_return": [token],
        "refunds:buyer_slip": [token, sold.coming.rma],
        "refunds:buyer_withdraw": [token, sold.coming.rma],
    }
