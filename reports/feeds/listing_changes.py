"""A row of the Inventory feed: a listing's price, its units on hand, its handling time (I2, F5)."""

from django.utils.translation import gettext as _

from batches.kinds import Result, done, warned
from inventory import listings, stock
from inventory.listings import Edit
from inventory.models import Listing, MovementKind
from inventory.refusals import BelowReserved
from orders import supply
from reports.feeds.files import codes
from reports.feeds.files.stock_rows import StockRow
from reports.feeds.judging import Asked, RowRefused

NAMED = 3


def do(asked: Asked[StockRow]) -> Result:
    """Change what the row gives, all of it or nothing; no page was seen, so none can be stale."""
    says = asked.says
    listing = asked.batch.seller.listings.filter(sku=says.sku).first()
    if listing is None:
        sentence = _("You have no listing with the SKU %(sku)s.") % {"sku": says.sku}
        raise RowRefused(sentence, codes.SKU_UNKNOWN, "sku")
    before = listing.version
    wanted = Edit(None, price=says.price, handling_days=says.handling_days)
    listing = listings.edit(listing, wanted, actor=asked.actor, now=asked.now)
    if says.quantity is not None:
        listing = _count(listing, says.quantity, asked)
    if listing.version == before:
        return warned(_("%(sku)s says so already.") % {"sku": says.sku}, codes.NOTHING_NEW, "sku")
    return done(_("%(sku)s is changed.") % {"sku": says.sku})


def _count(listing: Listing, units: int, asked: Asked[StockRow]) -> Listing:
    """Set on hand. Raises RowRefused with the orders that hold more units than that (I2)."""
    try:
        return stock.set_on_hand(
            listing,
            units,
            seen_version=None,
            kind=MovementKind.FEED,
            actor=asked.actor,
            now=asked.now,
        )
    except BelowReserved as refusal:
        numbers = [item.order.number for item in supply.holders(listing)[: NAMED + 1]]
        named = ", ".join(numbers[:NAMED]) + (", …" if len(numbers) > NAMED else "")
        sentence = _("%(refusal)s They are held by %(orders)s.") % {"refusal": refusal, "orders": named}
        raise RowRefused(sentence, codes.NOT_ALLOWED, "quantity") from refusal
