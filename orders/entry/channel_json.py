"""An order as a sales channel writes it in JSON, read strictly: what is missing or odd is named."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.echoes import shown
from accounts.money import Money, MoneyError, digits
from orders import postal_rules
from orders.entry import extras
from orders.entry.cart import Item, NewOrder, Problem, is_storable

TEXTS = ["reference", "service", "buyer_name", "buyer_email", "recipient", "address_1", "country"]
OPTIONAL_TEXTS = {
    "buyer_language": "en",
    **dict.fromkeys(["address_2", "address_3", "state", "postal_code", *extras.TEXTS], ""),
}
OTHERS = {"seller", "placed_at", "currency", "payment_token", "number", "items"}
AMOUNTS = ("price", "tax", "shipping", "shipping_tax")
GIFT_AMOUNTS = ("gift_wrap_price", "gift_wrap_tax")
ITEM_MEMBERS = {"sku", "quantity", "number", "title", *AMOUNTS, *GIFT_AMOUNTS, *extras.ITEM_TEXTS}
WHOLE_AT_MOST = 2**31 - 1


class NotJson(Exception):
    """The body is not JSON at all."""


class Malformed(Exception):
    """The body is JSON, but not an order; says everything that is wrong with its form."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.sentence for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class HandedIn:
    """The order, and the slug of the seller it is for."""

    seller: str
    order: NewOrder


def read(body: bytes) -> HandedIn:
    """The order in a request's body. Raises NotJson, or Malformed with a problem for each odd member."""
    document = _parsed(body)
    if not isinstance(document, dict):
        raise Malformed([Problem("form", _("The body must be a JSON object: one order."))])
    members = Members(document)
    handed_in = _order(members)
    if members.problems:
        raise Malformed(list(members.problems.values()))
    return handed_in


def _parsed(body: bytes) -> Any:
    """Any JSON document; NaN, Infinity and bottomless nesting are none."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise NotJson from error


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _order(members: "Members") -> HandedIn:
    members.allow_only({*TEXTS, "city", *OPTIONAL_TEXTS, *extras.FLAGS, *OTHERS})
    currency = members.currency("currency")
    said: dict[str, Any] = {name: members.text(name) for name in TEXTS}
    said |= {name: members.text(name, default) for name, default in OPTIONAL_TEXTS.items()}
    said["city"] = members.text("city", None if postal_rules.needs_city(said["country"]) else "")
    said |= {name: members.flag(name) for name in extras.FLAGS}
    items = tuple(_item(each, currency) for each in members.objects("items"))
    order = NewOrder(
        placed_at=members.moment("placed_at"),
        currency=currency,
        payment_token=members.text("payment_token"),
        number=members.text("number", ""),
        items=items,
        **said,
    )
    return HandedIn(members.text("seller"), order)


def _item(members: "Members", currency: str) -> Item:
    members.allow_only(ITEM_MEMBERS)
    said: dict[str, Any] = {name: members.text(name, "") for name in extras.ITEM_TEXTS}
    said |= {name: members.amount(name, currency, "0") for name in (*AMOUNTS[2:], *GIFT_AMOUNTS)}
    return Item(
        sku=members.text("sku"),
        quantity=members.whole("quantity"),
        price=members.amount("price", currency) + said["gift_wrap_price"],
        tax=members.amount("tax", currency, "0") + said["gift_wrap_tax"],
        number=members.text("number", ""),
        title=members.text("title", ""),
        **said,
    )


@dataclass
class Members:
    """The members of one JSON object; what is wrong with one is noted under its path, once."""

    values: Mapping[str, Any]
    path: str = ""
    problems: dict[str, Problem] = field(default_factory=dict)

    def allow_only(self, known: Iterable[str]) -> None:
        """A misspelt member would be lost in silence."""
        for name in sorted(self.values.keys() - set(known)):
            self._note(shown(name), _("There is no such field in an order."))

    def text(self, name: str, default: str | None = None) -> str:
        """A text that can be stored."""
        value = self._given(name, default)
        if value is None:
            self._note(name, _("This is missing."))
        elif not isinstance(value, str):
            self._note(name, _("This must be a text."))
        elif not is_storable(value):
            self._note(name, _("This has a control character."))
        else:
            return value
        return ""

    def flag(self, name: str) -> bool:
        """True or false; false where it is absent."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, bool):
            self._note(name, _("This must be true or false, without quotes."))
        return value is True

    def whole(self, name: str) -> int:
        """A whole number; neither "2", nor 2.0, nor true."""
        value = self._given(name, None)
        if value is None:
            self._note(name, _("This is missing."))
        elif not isinstance(value, int) or isinstance(value, bool):
            self._note(name, _("This must be a whole number, without quotes."))
        elif abs(value) > WHOLE_AT_MOST:
            self._note(name, _("This number is too large."))
        else:
            return value
        return 1

    def currency(self, name: str) -> str:
        """The code of a known currency."""
        value = self.text(name)
        try:
            digits(value)
        except MoneyError as error:
            self._note(name, str(error))
        return value

    def amount(self, name: str, currency: str, default: str | None = None) -> int:
        """Minor units of an amount written as a text, "12.34": a JSON number may have lost its cents."""
        value = self._given(name, default)
        try:
            if isinstance(value, str):
                return Money.parse(value, currency).minor
            missing = value is None
            odd = _("This must be an amount written as a text, as in “12.34”.")
            self._note(name, _("This is missing.") if missing else odd)
        except MoneyError as error:
            self._note(name, str(error))
        return 0

    def moment(self, name: str) -> datetime:
        """A moment with its offset from UTC."""
        value = self.text(name)
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        self._note(name, _("This must be a moment with its offset, as in 2026-11-20T12:00:00-05:00."))
        return datetime.min.replace(tzinfo=UTC)

    def objects(self, name: str) -> list["Members"]:
        """A list of objects; each notes its problems here, under its place in the list."""
        value = self._given(name, None)
        if not isinstance(value, list):
            self._note(name, _("This is missing.") if value is None else _("This must be a list."))
            return []
        found = []
        for place, each in enumerate(value):
            if isinstance(each, dict):
                found.append(Members(each, f"{self.path}{name}[{place}].", self.problems))
            else:
                self._note(f"{name}[{place}]", _("This must be a JSON object."))
        return found

    def _given(self, name: str, default: str | None) -> Any:
        """The value; null counts as absent."""
        value = self.values.get(name)
        return default if value is None else value

    def _note(self, name: str, sentence: str) -> None:
        place = f"{self.path}{name}"
        self.problems.setdefault(place, Problem("form", f"{place}: {sentence}", place))
