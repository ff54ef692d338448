"""Cancel many orders for one reason, each by itself, so that one refusal stops none of the others (O11)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.models import Right
from batches.kinds import Kind, Result, done, refused, warned
from batches.models import Batch, BatchRow
from inventory.models import Fulfilment
from orders import changes, lifecycle
from orders.bulk import anew
from orders.models import Order
from orders.refusals import AlreadyCanceled, Refused
from orders.states import CancelReason, OrderStatus


@dataclass(frozen=True)
class Standing:
    """As much of an order as says whether the seller may cancel it."""

    pk: int
    number: str
    status: str
    fulfilment: str

    @property
    def why_not(self) -> str:
        """Why it is left as it is; empty where it can be canceled."""
        if self.status == OrderStatus.CANCELED:
            return _("canceled already")
        if self.fulfilment == Fulfilment.AFN:
            return _("fulfilled by the marketplace")
        if self.status == OrderStatus.PENDING:
            return _("payment not authorised yet")
        if self.status != OrderStatus.UNSHIPPED:
            return _("a shipment was confirmed")
        return ""


def sort_out(orders: QuerySet[Order]) -> tuple[list[int], dict[str, list[str]]]:
    """Those that can be canceled now, and the numbers of the others by the reason; the operation looks again."""
    free, left = list[int](), dict[str, list[str]]()
    found = orders.order_by("-placed_at", "-pk").values_list("pk", "number", "status", "fulfilment")
    for each in found:
        standing = Standing(*each)
        if why := standing.why_not:
            left.setdefault(why, []).append(standing.number)
        else:
            free.append(standing.pk)
    return free, left


def rows(orders: QuerySet[Order], seen: Mapping[int, int]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The rows of a batch that cancels these orders, each as it was seen; why, and the memo, are the batch's."""
    found = orders.order_by("-placed_at", "-pk").values_list("pk", "number")
    return ((number, {"seen": seen.get(pk, changes.NOTHING_SEEN)}) for pk, number in found)


def handle(batch: Batch, row: BatchRow, *, actor: Actor, now: datetime) -> Result:
    """Cancel one order (O11). One that was canceled meanwhile counts as done, with a remark.

    Refused where units were canceled, or its buyer asked to cancel, after somebody saw it on the page.
    """
    order = batch.seller.orders.filter(number=row.subject).first()
    if order is None:
        return refused(_("There is no such order."), "unknown")
    asked: dict[str, Any] = {
        "reason": CancelReason(batch.params["reason"]),
        "memo": batch.params.get("memo", ""),
    }
    try:
        lifecycle.cancel(order, **asked, actor=actor, now=now, seen_event=row.data.get("seen"))
    except AlreadyCanceled:
        return warned(_("Was canceled before; nothing was changed."), "already")
    except changes.Changed as refusal:
        return refused(str(refusal), anew.CHANGED)
    except Refused as refusal:
        return refused(str(refusal), "refused")
    return done(_("Canceled: the buyer is told and not charged."))


KIND = Kind(label=gettext_lazy("Cancel orders"), right=Right.CANCEL, handle=handle, home=anew.home)
