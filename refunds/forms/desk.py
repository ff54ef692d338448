"""What the address of Returns may say."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import CursorField
from accounts.keyset import Turn
from refunds.desk import ALL, Question
from refunds.states import ReturnState


class QuestionForm(forms.Form):
    """Reads the address. What makes no sense is left out, with a sentence; the list is shown all the same."""

    state = forms.ChoiceField(
        choices=[(ALL, ALL), *ReturnState.choices],
        required=False,
        error_messages={"invalid_choice": _("There is no such list; these are all returns.")},
    )
    q = forms.CharField(
        required=False,
        max_length=200,
        error_messages={"max_length": _("That is too long for a number; it was left out.")},
    )
    before = CursorField(required=False)
    after = CursorField(required=False)
    end = forms.BooleanField(required=False)

    def question(self) -> Question:
        """What is asked for, as far as it makes sense."""
        self.full_clean()
        asked = self.cleaned_data.get
        turn = Turn(below=asked("before"), above=asked("after"), at_end=asked("end") or False)
        return Question(asked("state") or ALL, asked("q") or "", turn)

    def problems(self) -> list[str]:
        """A sentence for each thing that was left out."""
        return [str(error) for errors in self.errors.values() for error in errors]
