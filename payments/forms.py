"""What the addresses of the payments' pages may say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import days
from accounts.form_fields import CursorField
from accounts.keyset import Turn
from payments.desk import Question, Stage


class TurnForm(forms.Form):
    """Reads which page of a list is asked for. What makes no sense is left out, with a sentence."""

    end = forms.BooleanField(required=False)

    def turn(self) -> Turn:
        """The page that is asked for, as far as it makes sense."""
        self.full_clean()
        asked = self.cleaned_data.get
        return Turn(below=asked("before"), above=asked("after"), at_end=asked("end") or False)

    def problems(self) -> list[str]:
        """A sentence for each thing that was left out."""
        return [str(error) for errors in self.errors.values() for error in errors]


class NumbersForm(TurnForm):
    """Of a list that is sorted by numbers."""

    before = CursorField(kind=int, required=False)
    after = CursorField(kind=int, required=False)


class MomentsForm(TurnForm):
    """Of a list that is sorted by moments."""

    before = CursorField(required=False)
    after = CursorField(required=False)


class QuestionForm(MomentsForm):
    """The list of payments; it is shown however odd the address is."""

    stage = forms.ChoiceField(
        choices=Stage.choices,
        required=False,
        error_messages={"invalid_choice": _("There is no such state; these are all payments.")},
    )
    first_day = days.field(_("The first day is not a date; it was left out."))
    last_day = days.field(_("The last day is not a date; it was left out."))
    text = forms.CharField(
        required=False,
        max_length=200,
        error_messages={"max_length": _("That is too long for an order number; it was left out.")},
    )

    # "from" is no name for a field in Python; the address keeps the plain words.
    ADDRESS = {"stage": "state", "first_day": "from", "last_day": "to", "text": "q"}

    def add_prefix(self, field_name: str) -> str:
        return self.ADDRESS.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and first > last:
            self.add_error(
                "first_day", _("The first day comes after the last one; orders of all days are shown.")
            )
            cleaned.pop("last_day")
        return cleaned

    def question(self) -> Question:
        """What is asked for, as far as it makes sense."""
        turn, asked = self.turn(), self.cleaned_data.get
        return Question(
            stage=asked("stage") or "",
            first_day=asked("first_day"),
            last_day=asked("last_day"),
            text=asked("text") or "",
            turn=turn,
        )
