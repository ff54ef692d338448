"""A row of the Order Cancellation feed: an order, or all that is open of one of its items (O11, O12, F5)."""

from django.utils.translation import gettext as _

from batches.kinds import Result, done
from orders import lifecycle
from reports.feeds import judging
from reports.feeds.files import codes
from reports.feeds.files.cancel_rows import CancelRow
from reports.feeds.judging import Asked, RowRefused


def do(asked: Asked[CancelRow]) -> Result:
    """Cancel as a click does. An acknowledgement changes nothing."""
    order, says = asked.order(), asked.says
    if says.is_acknowledgement:
        return done()
    lifecycle.check_may_cancel(order, actor=asked.actor, now=asked.now)
    if not says.item_number:
        lifecycle.cancel(order, reason=says.reason, actor=asked.actor, now=asked.now)
        return done(_("The order is canceled."))
    item = judging.item_of(order, says.item_number, "amazon-order-item-code")
    if not item.units_open:
        sentence = _("Nothing of %(sku)s is open any more.") % {"sku": item.sku}
        raise RowRefused(sentence, codes.NOT_ALLOWED, "amazon-order-item-code")
    units = {item.pk: item.units_open}
    lifecycle.cancel_units(order, units, reason=says.reason, actor=asked.actor, now=asked.now)
    words = {"n": item.units_open, "sku": item.sku}
    return done(_("%(sku)s: %(n)d units are canceled.") % words)
