"""Saved texts with placeholders, filled in for an order (C5)."""

import re
from collections.abc import Callable

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.calendars import local_date
from accounts.models import Seller
from messaging.models import Template
from messaging.refusals import TextRefused
from orders import languages, mails
from orders.models import Order

MOST = 100
"""So many texts a seller can have saved; each form to write offers all of them."""

PLACEHOLDER = re.compile(r"\{\s*([^{}\s]{1,40})\s*\}")


def _tracking(order: Order) -> str:
    numbers = order.packages.exclude(tracking_number="").values_list("tracking_number", flat=True)
    return ", ".join(dict.fromkeys(numbers))


def _carrier(order: Order) -> str:
    return ", ".join(dict.fromkeys(package.carrier_label for package in order.packages.all()))


def _ship_by(order: Order) -> str:
    if order.ship_by is None:
        return ""
    return date_format(local_date(order.ship_by, order.seller.marketplace.time_zone), "DATE_FORMAT")


PLACEHOLDERS: dict[str, Callable[[Order], str]] = {
    "buyer": lambda order: order.buyer_name,
    "order": lambda order: order.number,
    "tracking": _tracking,
    "carrier": _carrier,
    "ship_by": _ship_by,
}


def check(text: str) -> None:
    """Raise TextRefused where the text holds a placeholder that means nothing."""
    unknown = [name for name in PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        words = {"unknown": f"{{{unknown[0]}}}", "known": " ".join(f"{{{name}}}" for name in PLACEHOLDERS)}
        raise TextRefused(_("%(unknown)s is not a placeholder. These are: %(known)s") % words)


@transaction.atomic
def save(template: Template) -> None:
    """Keep a new or changed text. Raises TextRefused for one more than MOST, also where two are added at once."""
    if not template.pk:
        Seller.objects.select_for_update(no_key=True).get(pk=template.seller_id)
        if Template.objects.filter(seller=template.seller_id).count() >= MOST:
            raise TextRefused(_("At most %(most)d texts can be saved.") % {"most": MOST})
    template.save()


def fill(template: Template, order: Order) -> str:
    """The text with this order's facts, in the template's language; what is not known yet stays to be seen.

    It is a draft: the person sends it, and it is judged as any other text.
    """

    def value(match: re.Match[str]) -> str:
        fact = PLACEHOLDERS.get(match[1])
        return (mails.one_line(fact(order)) if fact else "") or match[0]

    with override(template.language):
        return PLACEHOLDER.sub(value, template.text)


def offered(order: Order) -> list[Template]:
    """The seller's texts, those in the buyer's language first."""
    language = languages.of_buyer(order)
    found = Template.objects.filter(seller=order.seller_id)
    return sorted(found, key=lambda template: (template.language != language, template.name))
