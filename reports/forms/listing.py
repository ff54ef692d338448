"""What the address of the list of reports may say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import days
from accounts.form_fields import CursorField
from accounts.keyset import Turn
from reports import desk
from reports.desk import Question
from reports.states import ReportKind

NO_FILTER = {"invalid_choice": _("There is no such filter; it was left out.")}


class QuestionForm(forms.Form):
    """Reads the address. What makes no sense is left out, with a sentence; the list is shown all the same."""

    posted = forms.ChoiceField(
        choices=[(each, each) for each in (desk.DAILY, desk.ASKED)], required=False, error_messages=NO_FILTER
    )
    kind = forms.ChoiceField(choices=ReportKind.choices, required=False, error_messages=NO_FILTER)
    first_day = days.field(_("The first day is not a date; it was left out."))
    last_day = days.field(_("The last day is not a date; it was left out."))
    before = CursorField(required=False)
    after = CursorField(required=False)
    end = forms.BooleanField(required=False)

    ADDRESS = {"first_day": "from", "last_day": "to"}

    def add_prefix(self, field_name: str) -> str:
        return self.ADDRESS.get(field_name, field_name)

    def question(self) -> Question:
        """What is asked for, as far as it makes sense."""
        self.full_clean()
        asked: Any = self.cleaned_data.get
        return Question(
            posted=asked("posted") or "",
            kind=asked("kind") or "",
            first_day=asked("first_day"),
            last_day=asked("last_day"),
            turn=Turn(below=asked("before"), above=asked("after"), at_end=asked("end") or False),
        )

    def problems(self) -> list[str]:
        """A sentence for each thing that was left out."""
        return [str(error) for errors in self.errors.values() for error in errors]
