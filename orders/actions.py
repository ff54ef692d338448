"""What a member may do with an order now: the table of moves, who ships it, and the member's own rights."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Membership, Right
from inventory.models import Fulfilment
from orders import standing
from orders.models import Order
from orders.states import MOVES, OrderStatus


@dataclass(frozen=True)
class Actions:
    """The buttons to show. The operations check again, under the order's lock."""

    ship: bool
    cancel: bool
    decide: bool
    edit_packages: bool
    print_slip: bool


def of(order: Order, membership: Membership, now: datetime) -> Actions:
    """Nothing but reading where the marketplace ships (O21), while Pending (O2), once Canceled (O13)."""
    is_own = order.fulfilment == Fulfilment.MFN
    moves = MOVES[order.status]
    may_cancel = is_own and order.status != OrderStatus.PENDING and OrderStatus.CANCELED in moves
    may_ship = is_own and OrderStatus.SHIPPED in moves and not standing.is_overdue(order, now)
    return Actions(
        ship=may_ship and membership.may(Right.SHIP),
        cancel=may_cancel and membership.may(Right.CANCEL),
        decide=may_cancel and membership.may(Right.CANCEL),
        edit_packages=is_own and order.personal_data_deleted_at is None and membership.may(Right.SHIP),
        print_slip=is_own and standing.knows_buyer(order),
    )
