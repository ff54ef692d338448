"""A row of a feed on its way through a click's operation: what it says, what was refused, what is remarked (F5).

A dry run does the earlier rows about the same order or SKU first, and takes everything back: so it sees what they
would have done. It cannot know whether a buyer can be charged, and looks back over `MOST_EARLIER` rows at most.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Seller
from batches.kinds import Result, later, refused, warned
from batches.models import Batch, BatchRow
from inventory.refusals import Refused as StockRefused
from orders.models import Order, OrderItem
from orders.refusals import BeingConfirmed, CaptureRefused, Refused
from refunds.refusals import AmountRefused
from reports.feeds import turns
from reports.feeds.files import checks, codes
from reports.feeds.files.cells import Terms
from reports.feeds.files.checks import TypedRow
from reports.feeds.files.kinds import FeedKind
from reports.feeds.files.rows import FeedRow, Problem

MOST_EARLIER = 20
Says = TypeVar("Says", bound=TypedRow)
PARTS = {
    "price": "item-price-adj",
    "tax": "item-tax-adj",
    "shipping": "shipping-price-adj",
    "shipping_tax": "shipping-tax-adj",
    "units": "quantity-cancelled",
}


class RowRefused(Refused):
    """The row cannot be done, for a reason that the operation never hears of."""

    def __init__(self, sentence: str, code: str, column: str) -> None:
        super().__init__(sentence)
        self.code, self.column = code, column


@dataclass(frozen=True)
class Asked(Generic[Says]):
    """What a row asks for, and on whose behalf."""

    batch: Batch
    row: BatchRow
    says: Says
    actor: Actor
    now: datetime

    def order(self) -> Order:
        """The seller's order; another seller's is as unknown as one that there is not. Raises RowRefused."""
        number = getattr(self.says, "order_number", "")
        order = self.batch.seller.orders.filter(number=number).first()
        if order is None:
            sentence = _("You have no order %(number)s.") % {"number": number}
            raise RowRefused(sentence, codes.ORDER_UNKNOWN, "order-id")
        return order


Do = Callable[[Asked[Any]], Result]


def item_of(order: Order, number: str, column: str) -> OrderItem:
    """The order's item of this number. Raises RowRefused."""
    item = order.items.filter(number=number).first()
    if item is None:
        words = {"item": number, "number": order.number}
        sentence = _("Order %(number)s has no item %(item)s.") % words
        raise RowRefused(sentence, codes.ITEM_UNKNOWN, column)
    return item


def terms(seller: Seller) -> Terms:
    """What a seller's rows are read with."""
    return Terms(seller.marketplace.currency, seller.marketplace.time_zone)


def kept(row: FeedRow, problems: Sequence[Problem]) -> dict[str, Any]:
    """The row as its batch keeps it."""
    data: dict[str, Any] = {"number": row.number, "line": row.line}
    data["cells"] = {column: cell for column, cell in row.cells.items() if cell}
    if row.message:
        data["message"] = row.message
    if problems:
        data["problems"] = [[each.code, each.column, each.sentence] for each in problems]
    return data


def row_of(row: BatchRow) -> FeedRow:
    """The row as it stood in the file."""
    data = row.data
    return FeedRow(data["number"], data["line"], data["cells"], data.get("message", ""))


def judged(kind: FeedKind, do: Do, batch: Batch, row: BatchRow, *, actor: Actor, now: datetime) -> Result:
    """What becomes of a row: refused for what it says, or by the operation, or done, perhaps with a remark."""
    if "problems" in row.data:
        return _found_wrong([Problem(*each) for each in row.data["problems"]])
    if "before" in row.data:
        return warned(_("This row was done when the same file was sent before."), codes.DONE_BEFORE)
    if not batch.is_dry_run and turns.is_too_early(batch, row):
        return later(_("This row waits for an earlier row about the same order or SKU."), codes.NOT_ALLOWED)
    says = checks.check(kind, row_of(row), terms(batch.seller))
    if isinstance(says, list):
        return _found_wrong(says)
    try:
        result = do(Asked(batch, row, says, actor, now))
    except BeingConfirmed as refusal:
        return later(str(refusal), codes.NOT_ALLOWED)
    except (Refused, StockRefused) as refusal:
        return refused(str(refusal), *_place(refusal))
    return remarked(result, _remarks(batch, row, says))


def after_earlier_rows(
    kind: FeedKind, do: Do, batch: Batch, row: BatchRow, *, actor: Actor, now: datetime
) -> None:
    """Do what the earlier rows about the same thing would do; the caller takes it all back."""
    places = row.data.get("earlier", [])[-MOST_EARLIER:]
    for each in batch.rows.filter(place__in=places).order_by("place") if places else ():
        each.batch = batch
        with transaction.atomic():
            if not judged(kind, do, batch, each, actor=actor, now=now).is_done:
                transaction.set_rollback(True)


def _found_wrong(problems: Sequence[Problem]) -> Result:
    """Refused for all that is wrong with it; the code and the column are those of the first."""
    return refused(" ".join(each.sentence for each in problems), problems[0].code, problems[0].column)


def _place(refusal: Exception) -> tuple[str, str]:
    """The code and the column of what an operation refused."""
    if isinstance(refusal, RowRefused):
        return refusal.code, refusal.column
    if isinstance(refusal, CaptureRefused):
        return codes.PAYMENT, ""
    column = PARTS.get(refusal.component, "") if isinstance(refusal, AmountRefused) else ""
    return codes.NOT_ALLOWED, column


def _remarks(batch: Batch, row: BatchRow, says: TypedRow) -> list[Problem]:
    remarks = list(says.remarks)
    if batch.is_dry_run and len(row.data.get("earlier", [])) > MOST_EARLIER:
        sentence = _(
            "More than %(most)d earlier rows are about this; the dry run looked at the last of them."
        )
        remarks.append(Problem(codes.TOO_MANY_EARLIER, "", sentence % {"most": MOST_EARLIER}))
    return remarks


def remarked(result: Result, remarks: Sequence[Problem]) -> Result:
    """The result with what is to be said about the row."""
    if not remarks or not result.is_done:
        return result
    sentences = [result.sentence, *[each.sentence for each in remarks]]
    first = remarks[0]
    code, column = (result.code, result.column) if result.is_warning else (first.code, first.column)
    return warned(" ".join(each for each in sentences if each), code, column)
