"""The picture of a period on paper: what was sold, by day, channel, state and SKU (F4)."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from django.template.loader import render_to_string
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts import counting, paper
from accounts.locales import babel_locale
from accounts.models import Seller
from accounts.money import Money
from reports import figures, pictures
from reports.figures import Figures
from reports.pictures import Picture

FEWEST_DAYS = 3


def pdf(seller: Seller, first: date, last: date, now: datetime) -> bytes:
    """The orders of these days as a PDF in the active language, on the paper of the marketplace's country."""
    found = figures.of(seller, first, last)
    marketplace = seller.marketplace
    local = now.astimezone(ZoneInfo(marketplace.time_zone))
    context = {
        "seller": seller,
        "marketplace": marketplace,
        "paper": paper.size(marketplace.country),
        "language": get_language() or "en",
        "first": first,
        "last": last,
        "period": pictures.period(first, last),
        "figures": found,
        "totals": _totals(found),
        "pictures": _pictures(found),
        "channels": pictures.shares(found.channels, found.currency),
        "states": pictures.shares(found.states, found.currency),
        "skus": pictures.shares(found.skus, found.currency),
        "made_at": f"{format_date(local, locale=babel_locale())} {format_time(local, 'short', locale=babel_locale())}",
    }
    return paper.pdf(render_to_string("print/report.html", context))


def _pictures(found: Figures) -> list[Picture]:
    """Day by day, where there are days to compare and something to see."""
    if len(found.days) < FEWEST_DAYS or not found.orders:
        return []
    return [pictures.sales(found.days, found.currency), pictures.orders(found.days)]


def _totals(found: Figures) -> list[dict[str, Any]]:
    """The sums, largest matter first."""

    def money(amount: int) -> str:
        return str(Money(amount, found.currency))

    average = round(found.amount / found.orders) if found.orders else 0
    refunds = ngettext("%(n)s refund", "%(n)s refunds", found.refunds)
    return [
        {"label": _("Sales"), "value": money(found.amount)},
        {
            "label": _("Orders"),
            "value": counting.written(found.orders),
            "note": _("%(amount)s each") % {"amount": money(average)} if found.orders else "",
        },
        {"label": _("Units"), "value": counting.written(found.units)},
        {"label": _("Canceled"), "value": counting.written(found.canceled)},
        {
            "label": _("Refunded"),
            "value": money(found.refunded),
            "note": refunds % {"n": counting.written(found.refunds)} if found.refunds else "",
        },
    ]
