"""A row of the Order Adjustments feed: a refund of one item, sent at once (R2, R3, R6, F5).

An order without a confirmed shipment is refused: nothing was charged. The row does not wait for one, for what it
would do later nobody would look at any more.
"""

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.money import Money
from batches.kinds import Result, done
from orders import languages
from orders.models import Order, OrderItem
from refunds import refunds
from reports.feeds import judging
from reports.feeds.files.adjust_rows import AdjustRow
from reports.feeds.judging import Asked


def do(asked: Asked[AdjustRow]) -> Result:
    """Ask for the refund; units that the row cancels are let go of with it, and the buyer reads why (R6)."""
    order, says = asked.order(), asked.says
    item = judging.item_of(order, says.item_number, "order-item-id")
    ask = refunds.Ask(item.pk, says.price, says.tax, says.shipping, says.shipping_tax, units=says.units)
    refund = refunds.request(
        order,
        [ask],
        key=asked.row.key,
        reason=says.reason,
        memo=_memo(order, item, says.units) if says.units else "",
        unsupplied={item.pk: says.units} if says.units else None,
        actor=asked.actor,
        now=asked.now,
    )
    return done(_("%(amount)s go back to the buyer.") % {"amount": Money(refund.amount, refund.currency)})


def _memo(order: Order, item: OrderItem, units: int) -> str:
    """What the buyer is told about units that never ship, in their language."""
    with translation.override(languages.of_buyer(order)):
        told = {"n": units, "title": item.title}
        sentence = _("We are sorry, this cannot be supplied: %(n)d × %(title)s. You are refunded for it.")
        return sentence % told
