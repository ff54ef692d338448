"""The bar below the list: what may be done with the rows that are picked."""

import uuid
from dataclasses import dataclass

from accounts import counting
from accounts.models import Membership, Right
from orders.lists.desk import Question
from orders.states import Tab

SHIPPABLE = (Tab.UNSHIPPED,)
PACKED = (Tab.UNSHIPPED, Tab.SHIPPED)


@dataclass(frozen=True)
class Bar:
    """The buttons to show; each page behind them looks again at every order and at the member's rights."""

    query: str
    key: uuid.UUID
    total: str
    ship: bool
    cancel: bool
    slips: bool
    mark: bool
    export: bool


def of(membership: Membership, question: Question, total: int | None = None) -> Bar:
    """By the tab and the member's rights; a search can find orders of every tab. `total`: how many match, if known."""
    may = membership.may
    is_anywhere = bool(question.text)
    can_ship = is_anywhere or question.tab in SHIPPABLE
    can_pack = is_anywhere or question.tab in PACKED
    return Bar(
        query=question.query(),
        key=uuid.uuid4(),
        total="" if total is None else counting.written(total),
        ship=can_ship and may(Right.SHIP),
        cancel=can_ship and may(Right.CANCEL),
        slips=can_pack,
        mark=can_pack and may(Right.SHIP),
        export=may(Right.REPORT),
    )
