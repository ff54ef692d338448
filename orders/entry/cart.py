"""An order as it is handed in, and what must be true of it before it is taken (O5)."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext as _

from accounts import card_numbers
from accounts.echoes import shown
from accounts.models import SalesChannel, Seller
from inventory.models import Listing
from inventory.stock import OutOfStock
from orders import postal_rules
from orders.entry import extras
from orders.models import Order, OrderItem
from payments import providers
from payments.models import Payment

ITEMS_AT_MOST = 50
UNITS_AT_MOST = 1_000
UNITS_OF_A_SINGLE_ITEM_AT_MOST = 999
AMOUNT_AT_MOST = 10**12
CLOCK_SKEW = timedelta(minutes=5)
OLDEST = timedelta(days=2 * 365)

NUMBER = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")
ITEM_NUMBER = re.compile(r"[0-9]{14}")
COUNTRY = re.compile(r"[A-Z]{2}")
REQUIRED = ["reference", "service", "buyer_name", "buyer_email", "recipient", "address_1", "country"]
OPTIONAL = ["buyer_language", "address_2", "address_3", "city", "state", "postal_code"]
ADDRESS = [*REQUIRED[2:], *OPTIONAL]


def _room(model: type[models.Model], name: str) -> int:
    """How many characters the column holds."""
    column = model._meta.get_field(name)
    return (isinstance(column, models.CharField) and column.max_length) or 0


LONGEST = {name: _room(Order, name) for name in [*REQUIRED, *OPTIONAL, *extras.TEXTS]}
LONGEST["payment_token"] = _room(Payment, "token")
ITEM_LONGEST = {name: _room(OrderItem, name) for name in ["title", *extras.ITEM_TEXTS]}
SKU_LONGEST = _room(OrderItem, "sku")


@dataclass(frozen=True)
class Problem:
    """Why an order is not taken: the rule, a sentence, and the limit with the figure where there is one."""

    rule: str
    sentence: str
    field: str = ""
    limit: int | None = None
    figure: int | None = None
    status: int = 422

    def as_json(self) -> dict[str, Any]:
        """As channels and machines read it (docs/channels.md)."""
        return {
            "rule": self.rule,
            "message": self.sentence,
            "field": self.field,
            "limit": self.limit,
            "figure": self.figure,
        }

    @classmethod
    def out_of_stock(cls, shortage: OutOfStock) -> "Problem":
        """Somebody took the last units (I3)."""
        return cls("I3", str(shortage), "items", shortage.available, shortage.asked, status=409)

    @classmethod
    def already_there(cls, reference: str) -> "Problem":
        """The clear refusal of O6."""
        sentence = _(
            "Order %(reference)s is already placed and nothing can be added to it or changed. "
            "Ask the buyer to place a separate order."
        )
        return cls("O6", sentence % {"reference": reference}, "reference", status=409)


@dataclass(frozen=True)
class Item(extras.ItemExtras):
    """One line: units of a SKU, with the amounts (minor units) for all of them together."""

    sku: str
    quantity: int
    price: int
    tax: int = 0
    shipping: int = 0
    shipping_tax: int = 0
    number: str = ""
    title: str = ""


@dataclass(frozen=True)
class NewOrder(extras.OrderExtras):
    """An order as a channel hands it in; `payment_token` is the payment provider's, never a card."""

    reference: str
    placed_at: datetime
    currency: str
    service: str
    buyer_name: str
    buyer_email: str
    recipient: str
    address_1: str
    country: str
    payment_token: str = field(repr=False)
    items: tuple[Item, ...] = ()
    buyer_language: str = "en"
    address_2: str = ""
    address_3: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    number: str = ""

    @property
    def total(self) -> int:
        """What the buyer agreed to pay."""
        return sum(item.price + item.tax + item.shipping + item.shipping_tax for item in self.items)

    @property
    def fingerprint(self) -> str:
        """Tells the same order handed in again from another one under the same reference.

        What is empty is left out, so that a field which orders learn later changes no fingerprint of before.
        """
        said = _said(self) | {"items": [_said(item) for item in self.items]}
        return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()

    def address_fields(self) -> dict[str, str]:
        """The snapshot of buyer and ship-to."""
        return {name: getattr(self, name) for name in ADDRESS}


def _said(record: object) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if value}


def is_storable(text: str) -> bool:
    """Whether the database takes it as one line of text: no NUL, no line ends, no half of a character."""
    return text.isprintable() or not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


def check(
    new: NewOrder, *, seller: Seller, channel: SalesChannel, listings: Mapping[str, Listing], now: datetime
) -> list[Problem]:
    """Every reason not to take the order, as far as it can be told without holding the stock."""
    return [
        *_limits(new),
        *_texts(new),
        *_moments(new, now),
        *_belongings(new, seller, channel),
        *_listed(new, listings),
        *_item_texts(new),
        *(problem for item in new.items for problem in _amounts(item)),
        *_movable(new, seller.marketplace.currency),
    ]


def _limits(new: NewOrder) -> Iterator[Problem]:
    """The cart limits of O5; the same SKU twice is one item."""
    items, units = len({item.sku for item in new.items}), sum(item.quantity for item in new.items)
    if not new.items:
        yield Problem("O5", _("An order has at least one item."), "items", 1, 0)
    if items > ITEMS_AT_MOST:
        sentence = _("An order has at most %(limit)d different items; this one has %(figure)d.")
        yield _over(sentence, ITEMS_AT_MOST, items)
    if units > UNITS_AT_MOST:
        sentence = _("An order has at most %(limit)d units together; this one has %(figure)d.")
        yield _over(sentence, UNITS_AT_MOST, units)
    if items == 1 and UNITS_OF_A_SINGLE_ITEM_AT_MOST < units <= UNITS_AT_MOST:
        sentence = _("An order of a single item has at most %(limit)d units; this one has %(figure)d.")
        yield _over(sentence, UNITS_OF_A_SINGLE_ITEM_AT_MOST, units)


def _over(sentence: str, limit: int, figure: int) -> Problem:
    return Problem("O5", sentence % {"limit": limit, "figure": figure}, "items", limit, figure)


def _texts(new: NewOrder) -> Iterator[Problem]:
    """Present, not too long, without control characters, and of the right form."""
    needed = {*REQUIRED, "payment_token"} | ({"city"} if postal_rules.needs_city(new.country) else set())
    for name, longest in LONGEST.items():
        value = getattr(new, name)
        if name in needed and not value.strip():
            yield Problem("text", _("%(field)s is missing.") % {"field": name}, name)
        elif len(value) > longest:
            words = {"field": name, "limit": longest, "figure": len(value)}
            sentence = _("%(field)s has %(figure)d characters; at most %(limit)d fit.") % words
            yield Problem("text", sentence, name, longest, len(value))
        elif not is_storable(value):
            yield Problem("text", _("%(field)s has a control character.") % {"field": name}, name)
        elif name != "payment_token" and card_numbers.find(value):
            yield Problem("card_number", f"{name}: {card_numbers.SENTENCE}", name)
    if new.number and not NUMBER.fullmatch(new.number):
        yield Problem("number", _("An order number has the form 123-1234567-1234567."), "number")
    if not COUNTRY.fullmatch(new.country):
        yield Problem("text", _("The country is two capital letters, as in US or JP."), "country")
    if new.payment_token and not providers.is_token(settings.PAYMENT_PROVIDER, new.payment_token):
        sentence = _("Card numbers are not taken: send the token that the payment provider gave for it.")
        yield Problem("payment_token", sentence, "payment_token")
    try:
        validate_email(new.buyer_email)
    except ValidationError:
        yield Problem("text", _("The buyer's e-mail address is not one."), "buyer_email")


def _moments(new: NewOrder, now: datetime) -> Iterator[Problem]:
    """Placed in the past, and not before anybody's memory."""
    if new.placed_at > now + CLOCK_SKEW:
        yield Problem("time", _("The order was placed in the future."), "placed_at")
    elif new.placed_at < now - OLDEST:
        yield Problem("time", _("The order was placed more than two years ago."), "placed_at")


def _belongings(new: NewOrder, seller: Seller, channel: SalesChannel) -> Iterator[Problem]:
    """Seller, channel and currency belong to one marketplace."""
    if seller.marketplace_id != channel.marketplace_id:
        yield Problem("seller", _("This seller does not sell on this channel."), "seller")
    if new.currency != seller.marketplace.currency:
        words = {"currency": seller.marketplace.currency}
        yield Problem("currency", _("Orders of this seller are in %(currency)s.") % words, "currency")


def _listed(new: NewOrder, listings: Mapping[str, Listing]) -> Iterator[Problem]:
    """Every SKU is on offer, and one hand ships them all (O21)."""
    for sku in sorted({item.sku for item in new.items} - set(listings)):
        words = {"sku": shown(sku, SKU_LONGEST)}
        yield Problem("sku", _("%(sku)s is not on offer by this seller.") % words, "items")
    if len({listings[item.sku].fulfilment for item in new.items if item.sku in listings}) > 1:
        sentence = _(
            "Items shipped by the seller and items fulfilled by the marketplace are separate orders."
        )
        yield Problem("O21", sentence, "items")


def _amounts(item: Item) -> Iterator[Problem]:
    """Whole units; what they cost may be nothing, as of a gift or a replacement (B7)."""
    words = {"sku": shown(item.sku, SKU_LONGEST)}
    if item.quantity < 1:
        sentence = _("%(sku)s: the quantity is at least 1.") % words
        yield Problem("quantity", sentence, "items", 1, item.quantity)
    wrap = (item.gift_wrap_price, item.gift_wrap_tax)
    amounts = (item.price, item.tax, item.shipping, item.shipping_tax, *wrap)
    if min(amounts) < 0 or max(amounts) > AMOUNT_AT_MOST:
        yield Problem("price", _("%(sku)s: an amount is negative or too large.") % words, "items")


def _movable(new: NewOrder, currency: str) -> Iterator[Problem]:
    """Amounts that the payment provider can move: refused here, not when the buyer is charged (P3)."""
    if new.currency != currency:
        return
    for item in new.items:
        amounts = (item.price, item.tax, item.shipping, item.shipping_tax)
        reasons = [providers.why_not_movable(settings.PAYMENT_PROVIDER, each, currency) for each in amounts]
        if why := next(filter(None, reasons), ""):
            yield Problem("P3", f"{shown(item.sku, SKU_LONGEST)}: {why}", "items")


def _item_texts(new: NewOrder) -> Iterator[Problem]:
    """The words and numbers of the lines; an item number names one line."""
    for item in new.items:
        words = {"sku": shown(item.sku, SKU_LONGEST)}
        if item.number and not ITEM_NUMBER.fullmatch(item.number):
            yield Problem("number", _("%(sku)s: an order item number has 14 digits.") % words, "items")
        yield from _texts_of_item(item)
        for sentence in item.wrong_links():
            yield Problem("text", f"{words['sku']}: {sentence}", "items")
    numbers = [item.number for item in new.items if item.number]
    if len(set(numbers)) < len(numbers):
        yield Problem("number", _("Two items have the same order item number."), "items")


def _texts_of_item(item: Item) -> Iterator[Problem]:
    """Not too long and without control characters."""
    for name, longest in ITEM_LONGEST.items():
        words = {"sku": shown(item.sku, SKU_LONGEST), "field": name}
        if not is_storable(getattr(item, name)):
            yield Problem("text", _("%(sku)s: %(field)s has a control character.") % words, "items")
        elif (length := len(getattr(item, name))) > longest:
            yield Problem("text", _("%(sku)s: %(field)s is too long.") % words, "items", longest, length)
        elif name in extras.ITEM_TEXTS and card_numbers.find(getattr(item, name)):
            yield Problem("card_number", f"{words['sku']}: {name}: {card_numbers.SENTENCE}", "items")
