"""Lists by days: the fields of an address, the usual ranges to choose from, and the choice in words."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Protocol

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
PRESETS = (7, 14, 30, 90)


class Question(Protocol):
    """What the address of such a list asks for; `url` says it again with something changed."""

    @property
    def first_day(self) -> date | None: ...

    @property
    def last_day(self) -> date | None: ...

    def url(self, **changes: Any) -> str: ...


def field(problem: Any) -> forms.DateField:
    """A day of the calendar; others are refused before a time zone is asked for them."""
    return forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(FIRST, problem), MaxValueValidator(LAST, problem)],
        error_messages={"invalid": problem},
    )


def presets(question: Question, today: date) -> list[dict[str, Any]]:
    """The usual ranges of days up to today, and all days."""
    ranges = [(days, today - timedelta(days=days - 1)) for days in PRESETS]
    whole = not question.first_day and not question.last_day
    return [
        *[
            {
                "url": question.url(first_day=first, last_day=None),
                "label": ngettext("Last %(n)d day", "Last %(n)d days", days) % {"n": days},
                "current": question.first_day == first and not question.last_day,
            }
            for days, first in ranges
        ],
        {"url": question.url(first_day=None, last_day=None), "label": _("All days"), "current": whole},
    ]


def words(question: Question, presets: Iterable[Mapping[str, Any]]) -> str:
    """The chosen days in words."""
    for preset in presets:
        if preset["current"]:
            return str(preset["label"])
    told = {"first": question.first_day, "last": question.last_day}
    if question.first_day and question.last_day:
        return _("%(first)s to %(last)s") % told
    return _("From %(first)s") % told if question.first_day else _("Up to %(last)s") % told
