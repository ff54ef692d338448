"""Mails that did not arrive, and that somebody should look at (H1)."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import counting
from accounts.models import Membership, Right, Seller
from notifications.models import Notice
from orders import home_warnings
from orders.slots import Filling


def may_see(member: Membership | None) -> bool:
    """The mails of a seller name orders, so who may not see those sees no mails."""
    return member is not None and member.may(Right.VIEW)


def failed(member: Membership) -> int:
    """How many failed or bounced of those that the member is shown, up to the cap."""
    return counting.capped({"failed": Notice.objects.missed().shown_to(member)})["failed"]


def home_warning(seller: Seller, member: Membership, now: datetime) -> Filling | None:
    """The warning on the home page; it opens the list that it counts."""
    number = failed(member) if may_see(member) else 0
    if not number:
        return None
    return home_warnings.warning(
        "warn",
        lambda n: ngettext("%(n)s mail did not arrive", "%(n)s mails did not arrive", n),
        number,
        _("A mail to you or to a buyer failed or came back. Look why, and send it again."),
        f"{reverse('notifications:mails')}?missed=1",
    )
