"""Reading one row's cells: what is wrong with one is noted, and something harmless stands in for it (I7)."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts import card_numbers
from accounts.echoes import shown
from accounts.money import Money, MoneyError, digits
from reports.feeds.files import codes
from reports.feeds.files.rows import FeedRow, Problem

CLEAR = "NULL"
ORDER_NUMBER = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")
ITEM_NUMBER = re.compile(r"[0-9]{14}")
CUT_ITEM_NUMBER = re.compile(r"[0-9]{13}")
WHOLE = re.compile(r"[0-9]{1,9}")
SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
FREE_TEXTS = ("carrier-name", "ship-method")
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass(frozen=True)
class Terms:
    """What a row is read with: the marketplace's currency and its time zone."""

    currency: str
    zone: str


@dataclass
class Cells:
    """The cells of one row, with what was found wrong, and what is only worth a remark."""

    row: FeedRow
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.problems.extend(self.row.problems)

    def note(self, code: str, column: str, sentence: str) -> None:
        """The row cannot be taken."""
        self.problems.append(Problem(code, column, sentence))

    def remark(self, code: str, column: str, sentence: str) -> None:
        """The row is taken, and this said about it."""
        self.remarks.append(Problem(code, column, sentence))

    def text(self, column: str, longest: int, *, is_required: bool = False, code: str = codes.MISSING) -> str:
        """A short text of one line, without marks that cannot be seen."""
        text = self.row[column]
        if is_required and not text:
            self.note(code, column, _("%(column)s is empty.") % {"column": column})
        elif len(text) > longest:
            words = {"column": column, "longest": longest, "length": len(text)}
            sentence = _("%(column)s has %(length)d characters; at most %(longest)d fit.")
            self.note(codes.TOO_LONG, column, sentence % words)
        elif any(unicodedata.category(char) in UNSEEN for char in text):
            sentence = _("%(column)s holds a character that cannot be seen: “%(text)s”.")
            self.note(codes.NOT_TEXT_IN_CELL, column, sentence % {"column": column, "text": shown(text)})
        elif column in FREE_TEXTS and card_numbers.find(text):
            self.note(codes.CARD_NUMBER, column, f"{column}: {card_numbers.SENTENCE}")
        else:
            return text
        return ""

    def kept(self, column: str, longest: int) -> str | None:
        """As `text`; None for a blank cell, which keeps what is stored, and "" for NULL, which clears it."""
        if not self.row[column]:
            return None
        return "" if self.row[column] == CLEAR else self.text(column, longest)

    def order_number(self) -> str:
        """The order's number, 3-7-7."""
        text = self.row["order-id"]
        if ORDER_NUMBER.fullmatch(text):
            return text
        sentence = _("“%(text)s” is no order number: it is written 123-1234567-1234567, with its hyphens.")
        if not text:
            self.note(codes.MISSING, "order-id", _("%(column)s is empty.") % {"column": "order-id"})
        elif not self._is_damaged("order-id"):
            self.note(codes.ORDER_ID, "order-id", sentence % {"text": shown(text)})
        return ""

    def item_number(self, column: str, *, is_required: bool = False) -> str:
        """The item's number; its leading zero comes back where a spreadsheet program took it for a number."""
        text = self.row[column]
        if ITEM_NUMBER.fullmatch(text):
            return text
        if CUT_ITEM_NUMBER.fullmatch(text):
            sentence = _("“%(text)s” has lost its leading zero and is read as 0%(text)s.")
            self.remark(codes.ZERO_RESTORED, column, sentence % {"text": text})
            return f"0{text}"
        if text and not self._is_damaged(column):
            words = {"text": shown(text)}
            self.note(codes.ITEM_ID, column, _("“%(text)s” is no order item number of 14 digits.") % words)
        if not text and is_required:
            self.note(codes.MISSING, column, _("%(column)s is empty.") % {"column": column})
        return ""

    def whole(self, column: str, least: int, most: int) -> int | None:
        """A whole number of this range; None for a blank cell."""
        text = self.row[column]
        if not text:
            return None
        if WHOLE.fullmatch(text) and least <= int(text) <= most:
            return int(text)
        words = {"text": shown(text), "least": least, "most": most}
        sentence = _("“%(text)s” is no whole number from %(least)d to %(most)d.")
        self.note(codes.WHOLE_NUMBER, column, sentence % words)
        return None

    def amount(self, column: str, currency: str, *, allow_negative: bool = False) -> int | None:
        """Minor units; None for a blank cell. Never guesses (M4)."""
        text = self.row[column]
        if not text:
            return None
        try:
            if not digits(currency):
                # The adjustments feed asks for two decimals, which yen do not have.
                text = re.sub(r"\.0+$", "", text)
            minor = Money.parse(text, currency, allow_negative=True).minor
        except MoneyError as error:
            self.note(codes.AMOUNT, column, str(error))
            return None
        if text.startswith("-") and not allow_negative:
            self.note(codes.NEGATIVE, column, _("The amount cannot be negative."))
            return None
        return minor

    def choice(self, column: str, values: Collection[str]) -> str:
        """The value as it is written properly, whichever case the cell has; "" for another one."""
        wanted = self.row[column].casefold()
        return next((value for value in values if value.casefold() == wanted), "")

    def _is_damaged(self, column: str) -> bool:
        """Note what a spreadsheet program makes of numbers that are names."""
        text = self.row[column]
        if not SCIENTIFIC.fullmatch(text):
            return False
        sentence = _(
            "A spreadsheet program has made “%(text)s” of it. Format the column as text before you paste."
        )
        self.note(codes.SPREADSHEET, column, sentence % {"text": shown(text)})
        return True
