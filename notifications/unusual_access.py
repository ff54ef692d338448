"""The home page's warning that somebody opened very many orders within minutes (D2)."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Right, Seller
from orders import home_warnings
from orders.slots import Filling

SHOWN = timedelta(days=1)


def home_warning(seller: Seller, member: Membership, now: datetime) -> Filling | None:
    """Return the warning about today and yesterday (UTC), for the seller's owners."""
    if not member.may(Right.OWNER):
        return None
    since = (now - SHOWN).astimezone(UTC).date()
    number = seller.unusual_accesses.filter(day__gte=since).values("user").distinct().count()
    if not number:
        return None
    return home_warnings.warning(
        "warn",
        lambda n: ngettext(
            "%(n)s person opened unusually many orders", "%(n)s people opened unusually many orders", n
        ),
        number,
        _("Ask them why. If you don't recognize it, remove them from the team and tell the marketplace."),
        reverse("access_log:unusual"),
    )
