"""What the address of Manage Orders may say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import days
from accounts.form_fields import CursorField
from accounts.keyset import Turn
from orders.attention import Attention
from orders.desk import Question
from orders.states import Tab


class QuestionForm(forms.Form):
    """Reads the address. What makes no sense is left out, with a sentence; the list is shown all the same."""

    tab = forms.ChoiceField(
        choices=Tab.choices,
        required=False,
        error_messages={"invalid_choice": _("There is no such list; these are the unshipped orders.")},
    )
    attention = forms.ChoiceField(
        choices=Attention.choices,
        required=False,
        error_messages={"invalid_choice": _("There is no such filter; it was left out.")},
    )
    first_day = days.field(_("The first day is not a date; it was left out."))
    last_day = days.field(_("The last day is not a date; it was left out."))
    text = forms.CharField(
        required=False,
        max_length=200,
        error_messages={"max_length": _("That is too long for an order number; it was left out.")},
    )
    before = CursorField(required=False)
    after = CursorField(required=False)
    end = forms.BooleanField(required=False)

    # "from" is no name for a field in Python; the address keeps the plain words.
    ADDRESS = {"first_day": "from", "last_day": "to", "text": "q"}

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
        text = asked("text") or ""
        attention = "" if text else asked("attention") or ""
        return Question(
            tab=Tab.UNSHIPPED if attention else asked("tab") or Tab.UNSHIPPED,
            attention=attention,
            first_day=asked("first_day"),
            last_day=asked("last_day"),
            text=text,
            turn=Turn(below=asked("before"), above=asked("after"), at_end=asked("end") or False),
        )

    def problems(self) -> list[str]:
        """A sentence for each thing that was left out."""
        return [str(error) for errors in self.errors.values() for error in errors]
