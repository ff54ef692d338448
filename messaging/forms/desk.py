"""What the addresses of the lists of threads and of support cases may say."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import CursorField
from accounts.keyset import Turn
from messaging.desk import NEEDED, Question, Show


class TurnForm(forms.Form):
    """Reads a place in a list. What makes no sense is left out, with a sentence; the list is shown all the same."""

    before = CursorField(required=False)
    after = CursorField(required=False)
    end = forms.BooleanField(required=False)

    def turn(self) -> Turn:
        """The page that is asked for."""
        self.full_clean()
        asked = self.cleaned_data.get
        return Turn(below=asked("before"), above=asked("after"), at_end=asked("end") or False)

    def problems(self) -> list[str]:
        """A sentence for each thing that was left out."""
        return [str(error) for errors in self.errors.values() for error in errors]


class QuestionForm(TurnForm):
    """Reads the address of the list of threads."""

    show = forms.ChoiceField(
        choices=[("", ""), *Show.choices],
        required=False,
        error_messages={"invalid_choice": _("There is no such list; these wait for your answer.")},
    )
    q = forms.CharField(
        required=False,
        max_length=200,
        error_messages={"max_length": _("That is too long to search for; it was left out.")},
    )

    def question(self) -> Question:
        """What is asked for, as far as it makes sense."""
        turn = self.turn()
        asked = self.cleaned_data.get
        return Question(Show(asked("show") or NEEDED), asked("q") or "", turn)
