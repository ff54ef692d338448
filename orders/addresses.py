"""A ship-to address as the post of its country writes it."""

from babel import Locale

from accounts.locales import babel_locale
from orders.models import Order

CITY_STATE_CODE = "US CA AU MX BR IN"
CODE_FIRST = "CN JP KR TW HK MO"
CODE_ALONE = "GB IE SG"


def lines(order: Order) -> list[str]:
    """Recipient, street, town and country, one line each; the country in the reader's language."""
    streets = [order.address_1, order.address_2, order.address_3]
    return [line for line in (order.recipient, *streets, *_town(order), country(order.country)) if line]


def country(code: str) -> str:
    """The country's name in the reader's language; an unknown code stands for itself."""
    name: str | None = Locale.parse(babel_locale()).territories.get(code)
    return name or code


def _town(order: Order) -> list[str]:
    city, state, code = order.city, order.state, order.postal_code
    if order.country in CITY_STATE_CODE.split():
        return [", ".join(part for part in (city, f"{state} {code}".strip()) if part)]
    if order.country in CODE_FIRST.split():
        return [" ".join(part for part in (code, state, city) if part)]
    if order.country in CODE_ALONE.split():
        return [city, state, code]
    return [f"{code} {city}".strip(), state]
