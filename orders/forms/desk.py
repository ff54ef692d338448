"""What the address of Manage Orders asks for: reading it, and writing it again (O19)."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import validate_slug
from django.db import models
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import days
from accounts.form_fields import CursorField
from accounts.keyset import FIRST, SIZE, Turn
from accounts.models import Seller
from inventory.models import Fulfilment
from orders.lists.attention import Attention
from orders.lists.search import MOST_TEXT
from orders.states import Tab

SIZES = (25, 50, 100)
MOST_CHANNELS = 20
MOST_DIGITS = 18
EVERYWHERE = "all"
"""What the address calls all lists together; only a search has them (`Question.tab` is empty then)."""


class Sort(models.TextChoices):
    """In which order a list stands; by ship-by date only where orders wait for their shipment."""

    NEWEST = "newest", _("Newest first")
    OLDEST = "oldest", _("Oldest first")
    SHIP_BY = "ship-by", _("Ship-by date, soonest first")
    SHIP_BY_LAST = "ship-by-last", _("Ship-by date, latest first")


class ShipBy(models.TextChoices):
    """When an unshipped order is to leave, on the marketplace's days."""

    LATE = "late", _("Late")
    TODAY = "today", _("Today")
    TOMORROW = "tomorrow", _("Tomorrow")
    WEEK = "week", _("Within 7 days")


class Printed(models.TextChoices):
    """Whether the packing slip was printed."""

    NO = "no", _("Not printed")
    YES = "yes", _("Printed")


class Noted(models.TextChoices):
    """Whether the seller noted something."""

    YES = "yes", _("With a note")


@dataclass(frozen=True)
class Question:
    """All that the address of the list says; `url()` says it again with something changed."""

    tab: str = Tab.UNSHIPPED
    attention: str = ""
    first_day: date | None = None
    last_day: date | None = None
    text: str = ""
    channels: tuple[str, ...] = ()
    fulfilment: str = ""
    service: str = ""
    ship_by: str = ""
    printed: str = ""
    note: str = ""
    sort: str = ""
    size: int = 0
    view: int = 0
    turn: Turn = FIRST

    def query(self) -> str:
        """What is asked for without the page of it, always written the same way; saved views keep it."""
        return urlencode([(name, value) for name, value in self._said() if value])

    def url(self, **changes: Any) -> str:
        """The address of the same list with these changes, from its first page on."""
        asked = replace(self, **{"turn": FIRST, **changes})
        turn = asked.turn
        place = {"view": asked.view or "", "before": turn.below or "", "after": turn.above or ""}
        place |= {"end": "1" if turn.at_end else ""}
        page = urlencode({name: value for name, value in place.items() if value})
        return f"{reverse('orders:list')}?{'&'.join(part for part in (asked.query(), page) if part)}"

    @classmethod
    def read(cls, query: str, seller: Seller) -> "Question":
        """What `query()` wrote of this seller's list; whatever makes no sense is left out."""
        return QuestionForm(QueryDict(query)).question()

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the tab and the days narrows the list: its exact count is not kept then."""
        plain = Question(tab=self.tab, first_day=self.first_day, last_day=self.last_day)
        return replace(self, turn=FIRST, sort="", size=0, view=0) != plain

    def _said(self) -> list[tuple[str, Any]]:
        """Names and values as the address has them."""
        return [
            ("tab", self.tab or EVERYWHERE),
            ("attention", self.attention),
            ("from", self.first_day or ""),
            ("to", self.last_day or ""),
            ("q", self.text),
            *[("channel", slug) for slug in self.channels],
            ("fulfilment", self.fulfilment),
            ("service", self.service),
            ("ship", self.ship_by),
            ("printed", self.printed),
            ("note", self.note),
            ("sort", self.sort),
            ("size", self.size or ""),
        ]


def choice(choices: Any, problem: Any = None) -> forms.ChoiceField:
    """One of these or nothing; anything else is left out with a sentence."""
    words = problem or _("There is no such filter; it was left out.")
    return forms.ChoiceField(choices=choices, required=False, error_messages={"invalid_choice": words})


class Slugs(forms.Field):
    """The names of channels, each once; what can be no name is left out."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> tuple[str, ...]:
        names = tuple(sorted({str(each) for each in value or ()} - {""}))
        if len(names) > MOST_CHANNELS:
            raise forms.ValidationError(_("These are too many channels at once; they were left out."))
        for name in names:
            self._check(name)
        return names

    def _check(self, name: str) -> None:
        try:
            validate_slug(name)
        except forms.ValidationError:
            raise forms.ValidationError(_("There is no such filter; it was left out.")) from None


class SavedViewField(forms.Field):
    """The number of the saved view that was opened; anything else is none, and nothing is said about it."""

    def to_python(self, value: Any) -> int:
        text = str(value or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


class QuestionForm(forms.Form):
    """Reads the address. What makes no sense is left out, with a sentence; the list is shown all the same."""

    tab = choice(
        [*Tab.choices, (EVERYWHERE, _("All lists"))],
        _("There is no such list; these are the unshipped orders."),
    )
    attention = choice(Attention.choices)
    first_day = days.field(_("The first day is not a date; it was left out."))
    last_day = days.field(_("The last day is not a date; it was left out."))
    text = forms.CharField(
        required=False,
        max_length=MOST_TEXT,
        error_messages={"max_length": _("That is too long to search for; it was left out.")},
    )
    channels = Slugs(required=False)
    fulfilment = choice(Fulfilment.choices)
    service = forms.CharField(
        required=False,
        max_length=40,
        error_messages={"max_length": _("There is no such filter; it was left out.")},
    )
    ship_by = choice(ShipBy.choices)
    printed = choice(Printed.choices)
    note = choice(Noted.choices)
    sort = choice(Sort.choices, _("The list cannot be sorted so; it was left as it is."))
    size = choice([(str(size), str(size)) for size in SIZES], _("A page has 25, 50 or 100 orders."))
    view = SavedViewField(required=False)
    before = CursorField(required=False)
    after = CursorField(required=False)
    end = forms.BooleanField(required=False)

    # The address keeps the plain words, also where Python has another use for them.
    ADDRESS = {
        "first_day": "from",
        "last_day": "to",
        "text": "q",
        "channels": "channel",
        "ship_by": "ship",
    }

    def add_prefix(self, field_name: str) -> str:
        return self.ADDRESS.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and first > last:
            problem = _("The first day comes after the last one; orders of all days are shown.")
            self.add_error("first_day", problem)
            cleaned.pop("last_day")
        return cleaned

    def question(self) -> Question:
        """What is asked for, as far as it makes sense; a warning's list is of unshipped orders."""
        self.full_clean()
        asked = self.cleaned_data.get
        plain = {name: asked(name) or "" for name in PLAIN}
        is_open = bool(plain["attention"] or plain["ship_by"])
        tab = asked("tab") or Tab.UNSHIPPED
        if tab == EVERYWHERE:
            tab = "" if plain["text"] else Tab.UNSHIPPED
        return Question(
            **plain,
            tab=Tab.UNSHIPPED if is_open else tab,
            first_day=asked("first_day"),
            last_day=asked("last_day"),
            channels=asked("channels") or (),
            size=int(asked("size") or 0),
            view=asked("view") or 0,
            turn=Turn(below=asked("before"), above=asked("after"), at_end=asked("end") or False),
        )

    def problems(self) -> list[str]:
        """A sentence for each thing that was left out."""
        return [str(error) for errors in self.errors.values() for error in errors]


PLAIN = tuple(field.name for field in fields(Question) if field.type is str and field.name != "tab")
assert SIZE in SIZES  # noqa: S101
