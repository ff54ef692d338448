"""Asking a mailbox whether it wants the notices, and not so often that it harms a stranger (N2)."""

import uuid
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Seller
from notifications.models import Notice
from notifications.states import Kind

A_WHILE = timedelta(hours=24)
MOST_OF_ADDRESS = 3
"""Questions to one address within 24 hours, whoever asks it and however often it was taken away meanwhile."""

MOST_OF_SELLER = 20
"""Questions by all members of a seller within 24 hours."""


class AddressRefused(Exception):
    """The address cannot be added; the message is a sentence to show."""


def check(seller: Seller, email: str, now: datetime) -> None:
    """Raises AddressRefused where one more question would be one too many. The caller holds the seller."""
    asked = Notice.objects.filter(kind=Kind.CONFIRM_ADDRESS, created_at__gt=now - A_WHILE)
    if asked.filter(key__startswith=_start(email)).count() >= MOST_OF_ADDRESS:
        raise AddressRefused(
            _(
                "This address was sent enough mails with a link today. Look for them there, or try in 24 hours."
            )
        )
    if asked.filter(seller=seller).count() >= MOST_OF_SELLER:
        sentence = _("Your team had %(most)d addresses asked within 24 hours. Try again tomorrow.")
        raise AddressRefused(sentence % {"most": MOST_OF_SELLER})


def new_key(email: str) -> str:
    """The key of one question's notice; it outlives the recipient, and does not tell the address."""
    return f"{_start(email)}{uuid.uuid4()}"


def _start(email: str) -> str:
    return f"{Kind.CONFIRM_ADDRESS}:{salted_hmac('notifications.asking', email).hexdigest()[:20]}:"
