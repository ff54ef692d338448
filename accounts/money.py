"""Amounts of money: whole minor units with their currency, read strictly and shown as people write them."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, total_ordering

from babel import Locale
from babel.numbers import NumberPattern, list_currencies
from django.utils.translation import gettext, to_locale

from accounts.echoes import shown
from accounts.locales import babel_locale

MAX_DIGITS = 15  # a bigint column, a JSON number and a spreadsheet cell all hold 15 digits exactly

# ISO 4217. The Unicode data that Babel has rounds some of these as people do in shops (IQD, for one, to 0).
NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
FOUR_DECIMALS = "CLF UYW"
PLAIN_NUMBER = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]+)(?:\.(?P<fraction>[0-9]+))?")


class MoneyError(ValueError):
    """Something is not an amount, or amounts do not go together; says why in a sentence to show."""


@lru_cache(maxsize=512)
def digits(currency: str) -> int:
    """How many decimals the currency has: 2 for USD, 0 for JPY, 3 for KWD. Raises MoneyError if unknown."""
    if currency not in list_currencies():
        raise MoneyError(gettext("“%(code)s” is not a known currency.") % {"code": shown(currency)})
    unusual = {0: NO_DECIMALS, 3: THREE_DECIMALS, 4: FOUR_DECIMALS}
    return next((places for places, codes in unusual.items() if currency in codes.split()), 2)


@total_ordering
@dataclass(frozen=True)
class Money:
    """An amount in minor units (cents, yen, fils) of one currency. Raises MoneyError for anything else."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise MoneyError(gettext("An amount is a whole number of minor units."))
        digits(self.currency)

    @classmethod
    def parse(cls, text: object, currency: str, *, allow_negative: bool = False) -> Money:
        """Read "12.34" as a person, a file or a channel wrote it. Raises MoneyError, never guesses."""
        return cls(_minor_units(text, currency, allow_negative), currency)

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-digits(self.currency))

    @property
    def plain(self) -> str:
        """As files and form fields write it: "12.34", without the currency; parse() reads it back."""
        places = digits(self.currency)
        whole, fraction = divmod(abs(self.minor), 10**places)
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{whole}.{fraction:0{places}}" if places else f"{sign}{whole}"

    def format(self, locale: str | None = None) -> str:
        """As a reader of the locale writes it, "$12.34"; without one, of the active language."""
        known = _locale(to_locale(locale) if locale else babel_locale())
        pattern = _pattern(known, digits(self.currency))
        return pattern.apply(self.decimal, known, currency=self.currency, currency_digits=False)

    def __str__(self) -> str:
        return self.format()

    def __bool__(self) -> bool:
        return self.minor != 0

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def _same(self, other: object) -> Money:
        """The other amount, once it is known to be in this currency."""
        if not isinstance(other, Money):
            raise TypeError(f"Money goes with Money, not with {type(other).__name__}.")
        if other.currency != self.currency:
            codes = {"one": self.currency, "other": other.currency}
            raise MoneyError(gettext("%(one)s and %(other)s are different currencies.") % codes)
        return other


def share(amount: int, kept: int, quantity: int, step: int = 1) -> int:
    """What the kept units of a line cost of its total, to the minor unit, halves rounded away from zero.

    With a `step`, a part is a multiple of so many minor units: what a payment provider can move.

    All units cost the whole, none cost nothing, more never cost less: parts taken as differences of two
    shares always add up to the line. Raises ValueError unless 0 <= kept <= quantity and quantity > 0.
    """
    if quantity < 1 or not 0 <= kept <= quantity:
        raise ValueError(f"{kept} of {quantity} units is no share.")
    if kept == quantity:
        return amount
    rounded = (2 * abs(amount) * kept + quantity * step) // (2 * quantity * step) * step
    return rounded if amount >= 0 else -rounded


def _minor_units(text: object, currency: str, allow_negative: bool) -> int:
    places = digits(currency)
    number = PLAIN_NUMBER.fullmatch(text.strip()) if isinstance(text, str) else None
    if number is None:
        message = gettext("“%(text)s” is not an amount: write digits only, with a point before the decimals.")
        raise MoneyError(message % {"text": shown(text)})
    sign, whole, fraction = (
        number["sign"],
        number["whole"].lstrip("0"),
        number["fraction"] or "",
    )
    if sign and not allow_negative:
        raise MoneyError(gettext("The amount cannot be negative."))
    if len(fraction) > places:
        raise MoneyError(_too_many_decimals(currency, places))
    if len(whole) + places > MAX_DIGITS:
        raise MoneyError(gettext("The amount has more than %(most)d digits.") % {"most": MAX_DIGITS})
    return int(f"{sign}{whole}{fraction:0<{places}}" if whole or places else "0")


def _too_many_decimals(currency: str, places: int) -> str:
    if not places:
        return gettext("%(currency)s has no decimals.") % {"currency": currency}
    message = gettext("%(currency)s has at most %(places)d decimals.")
    return message % {"currency": currency, "places": places}


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    return Locale.parse(name)


@lru_cache(maxsize=256)
def _pattern(locale: Locale, places: int) -> NumberPattern:
    """How the locale writes money, with the decimals of ISO 4217 instead of Babel's own."""
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (places, places)
    return pattern
