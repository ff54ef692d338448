"""Payment providers behind one interface (base.py)."""

from functools import cache

from django.utils.translation import gettext as _

from accounts.money import Money
from payments.providers.base import Provider
from payments.providers.sandbox import SandboxProvider
from payments.providers.stripe import StripeProvider

BY_NAME: dict[str, type[Provider]] = {"sandbox": SandboxProvider, "stripe": StripeProvider}


def get(name: str) -> Provider:
    """The provider of that name: a payment keeps the one it began with. Raises KeyError if unknown."""
    return BY_NAME[name]()


def step(name: str, currency: str) -> int:
    """Return the smallest amount that the provider moves, in minor units; 0 where it moves none of this currency."""
    return BY_NAME[name].step(currency)


@cache
def is_coarse(currency: str) -> bool:
    """Return whether some provider moves the currency in larger steps than its minor unit, or not at all."""
    return any(provider.step(currency) != 1 for provider in BY_NAME.values())


def is_token(name: str, text: str) -> bool:
    """Return whether the text has the form of the provider's tokens, so that no card number is taken for one."""
    return bool(BY_NAME[name].TOKEN.fullmatch(text))


def why_not_movable(name: str, minor: int, currency: str) -> str:
    """Return why the provider can't move this amount, in a sentence to show; empty where it can (P3)."""
    smallest = step(name, currency)
    if not smallest:
        return _("The payment provider can't move money in %(currency)s.") % {"currency": currency}
    if minor % smallest == 0:
        return ""
    words = {"amount": Money(minor, currency), "step": Money(smallest, currency)}
    return _("The payment provider can't move %(amount)s, only multiples of %(step)s.") % words
