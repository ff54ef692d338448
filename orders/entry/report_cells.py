"""The cells of a report: amounts, whole numbers, moments, and what a spreadsheet program did to them."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from accounts.echoes import shown
from accounts.money import Money, MoneyError, digits
from orders import postal_rules
from orders.entry.cart import Problem
from orders.entry.report_file import Row

WHOLE = re.compile(r"[0-9]{1,9}")
SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
ITEM_NUMBER_DIGITS = 14
NAMES_IN_DIGITS = (
    "order-id",
    "order-item-id",
    "sku",
    "ship-postal-code",
    "purchase-order-number",
    "original-order-id",
)


@dataclass(frozen=True)
class RowProblem:
    """Why an order is not taken, and the lines of the file that say so."""

    lines: tuple[int, ...]
    problem: Problem


@dataclass
class Cells:
    """Reads cells of one order; what is wrong with one is noted, and something harmless stands in for it."""

    currency: str
    problems: list[RowProblem] = field(default_factory=list)

    def note(self, row: Row, sentence: str, column: str = "") -> None:
        """Remember a reason not to take the order."""
        told = f"{column}: {sentence}" if column else sentence
        self.problems.append(RowProblem((row.line,), Problem("row", told, column)))

    def whole(self, row: Row, column: str) -> int:
        """A whole number."""
        if WHOLE.fullmatch(row[column]):
            return int(row[column])
        self.note(row, _("“%(text)s” is not a whole number.") % {"text": shown(row[column])}, column)
        return 1

    def moment(self, row: Row, column: str) -> datetime:
        """A moment with its offset from UTC."""
        try:
            moment = datetime.fromisoformat(row[column])
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        words = {"text": shown(row[column])}
        sentence = _("“%(text)s” is not a moment with its offset, as in 2025-07-30T08:34:47+00:00.")
        self.note(row, sentence % words, column)
        return datetime.min.replace(tzinfo=UTC)

    def amount(self, row: Row, column: str, *, allow_negative: bool = False) -> int:
        """Minor units; a blank cell is nothing."""
        text = row[column]
        if not text:
            return 0
        if not digits(self.currency):
            # Some reports write yen with the decimals that yen do not have.
            text = re.sub(r"\.0+$", "", text)
        try:
            return Money.parse(text, self.currency, allow_negative=allow_negative).minor
        except MoneyError as error:
            self.note(row, str(error), column)
            return 0

    def item_number(self, row: Row) -> str:
        """The order item number; its leading zero comes back where a program took it for a number."""
        number = row["order-item-id"]
        if not number or re.fullmatch(rf"[0-9]{{{ITEM_NUMBER_DIGITS}}}", number):
            return number
        if re.fullmatch(rf"[0-9]{{{ITEM_NUMBER_DIGITS - 1}}}", number):
            return f"0{number}"
        if not SCIENTIFIC.fullmatch(number):
            self.note(row, _("“%(text)s” has not 14 digits.") % {"text": shown(number)}, "order-item-id")
        return ""

    def check_currency(self, row: Row) -> None:
        """Note a currency that is none, and go on with one that is."""
        try:
            digits(self.currency)
        except MoneyError as error:
            self.note(row, str(error), "currency")
            self.currency = "USD"

    def check_spreadsheet(self, row: Row) -> None:
        """Note what a spreadsheet program does to numbers that are names: 1.23E+13."""
        for column in NAMES_IN_DIGITS:
            if SCIENTIFIC.fullmatch(row[column]):
                sentence = _(
                    "A spreadsheet program has made “%(text)s” of it. Use the report as it was downloaded."
                )
                self.note(row, sentence % {"text": shown(row[column])}, column)

    def postal_code(self, row: Row) -> str:
        """The postal code, with the zeros that a spreadsheet program took away where its country tells how many."""
        code, country = row["ship-postal-code"], row["ship-country"]
        try:
            return postal_rules.restored_code(code, country=country, state=row["ship-state"])
        except postal_rules.AmbiguousCode:
            sentence = _("“%(text)s” has lost its leading zero. Use the report as it was downloaded.")
            self.note(row, sentence % {"text": code}, "ship-postal-code")
            return code
