"""Words that everybody who knows the portal would try in a password; docs/security/asvs.md lists them (V6.1.2)."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = (
    "shipby",
    "marketplace",
    "fulfillment",
    "shipment",
    "password",
    "tracking",
    "support",
    "seller",
    "portal",
    "orders",
    "order",
    "buyer",
    "admin",
    "owner",
    "staff",
)
LEFT_AT_LEAST = 8
"""Letters and digits that a password must have besides these words."""


def words() -> list[str]:
    """Return the list and the names in the portal's own host, the longest first."""
    of_host = [name for name in settings.HOST.lower().split(".")[:-1] if len(name) > 3]
    return sorted({*WORDS, *of_host}, key=len, reverse=True)


class PortalWordValidator:
    """Refuse a password that is hardly more than the portal's own words."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError where fewer than eight letters and digits remain without the words."""
        named = re.compile("|".join(map(re.escape, words())))
        rest = named.sub("", password.lower())
        if rest != password.lower() and sum(letter.isalnum() for letter in rest) < LEFT_AT_LEAST:
            raise ValidationError(
                _("This password is mostly words of the portal. Choose other words."), code="portal_words"
            )

    def get_help_text(self) -> str:
        """Return what forms say about it."""
        return _("Your password must not be made of the portal’s own words.")
