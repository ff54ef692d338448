"""Stripe's own minor units, which differ from ISO 4217's in some currencies (P3).

Amounts here are whole numbers: ours count ISO 4217's minor units, Stripe's count its own.
"""

from accounts.money import digits

ZERO_DECIMALS = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
# Whole amounts only, and yet written with two decimals.
WHOLE_WITH_TWO_DECIMALS = "ISK UGX"
# The last of the three digits must be 0.
THREE_DECIMALS = "BHD JOD KWD OMR TND"


class CannotMove(ValueError):
    """The amount, or any amount of the currency, has no form in the provider's units."""


def step(currency: str) -> int:
    """Return how many of our minor units the smallest movable amount has: 1 for USD, 10 for KWD, 100 for MGA.

    Raises:
        CannotMove: Stripe moves no amount in this currency.
    """
    if currency in THREE_DECIMALS.split():
        return 10
    return 10 ** max(-_shift(currency), 0)


def to_stripe(minor: int, currency: str) -> int:
    """Return our amount in Stripe's units.

    Raises:
        CannotMove: Stripe has no such amount, as 1.234 KWD or 12.50 MGA.
    """
    if minor % step(currency):
        raise CannotMove(f"{minor} {currency}")
    shift = _shift(currency)
    return minor * 10**shift if shift >= 0 else minor // 10**-shift


def from_stripe(amount: int, currency: str) -> int:
    """Return Stripe's amount in our minor units; the currency may be in small letters, as Stripe writes it.

    Raises:
        CannotMove: it has a part that ISO 4217 can't write, as 1.50 ISK.
    """
    shift = _shift(currency.upper())
    if shift > 0 and amount % 10**shift:
        raise CannotMove(f"{amount} {currency} at Stripe")
    return amount // 10**shift if shift >= 0 else amount * 10**-shift


def _shift(currency: str) -> int:
    """How many more decimals Stripe writes than ISO 4217."""
    places = digits(currency)
    if currency in ZERO_DECIMALS.split():
        return -places
    if currency in WHOLE_WITH_TWO_DECIMALS.split():
        return 2 - places
    if currency in THREE_DECIMALS.split() or places == 2:
        return 0
    raise CannotMove(currency)
