"""What the address of Manage Inventory may say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import CursorField
from accounts.keyset import Turn
from inventory.desk import MATCH, SORTS, Question
from inventory.models import Fulfilment, Status


class QuestionForm(forms.Form):
    """Reads the address. What makes no sense is left out, with a sentence; the list is shown all the same."""

    status = forms.ChoiceField(
        choices=Status.choices,
        required=False,
        error_messages={"invalid_choice": _("There is no such list; these are all listings.")},
    )
    fulfilment = forms.ChoiceField(
        choices=Fulfilment.choices,
        required=False,
        error_messages={"invalid_choice": _("There is no such filter; it was left out.")},
    )
    text = forms.CharField(
        required=False,
        max_length=200,
        error_messages={"max_length": _("That is too long to search for; it was left out.")},
    )
    sort = forms.ChoiceField(
        choices=[(name, sort.label) for name, sort in SORTS.items()],
        required=False,
        error_messages={"invalid_choice": _("The list cannot be sorted so; the usual order is shown.")},
    )
    before = CursorField(required=False)
    after = CursorField(required=False)
    end = forms.BooleanField(required=False)

    ADDRESS = {"text": "q"}

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        # A place in the list is written in the key that the list is sorted by.
        asked = str(data.get("sort") or (MATCH if str(data.get("q", "")).strip() else "newest"))
        kind = SORTS.get(asked, SORTS["newest"]).kind
        for name in ("before", "after"):
            self.fields[name] = CursorField(kind=kind, required=False)

    def add_prefix(self, field_name: str) -> str:
        return self.ADDRESS.get(field_name, field_name)

    def question(self) -> Question:
        """What is asked for, as far as it makes sense."""
        self.full_clean()
        asked = self.cleaned_data.get
        question = Question(
            status=asked("status") or "",
            fulfilment=asked("fulfilment") or "",
            text=asked("text") or "",
            sort=asked("sort") or "",
        )
        if question.sort == MATCH and not question.text:
            question = Question(status=question.status, fulfilment=question.fulfilment)
        return self._turned(question)

    def _turned(self, question: Question) -> Question:
        """With its place in the list, where that belongs to the order in force."""
        asked, kind = self.cleaned_data.get, SORTS[question.order].kind
        places = {"below": asked("before"), "above": asked("after")}
        sound = {name: place for name, place in places.items() if place and isinstance(place.value, kind)}
        turn = Turn(**sound, at_end=asked("end") or False)
        return Question(question.status, question.fulfilment, question.text, question.sort, turn)

    def problems(self) -> list[str]:
        """A sentence for each thing that was left out."""
        return [str(error) for errors in self.errors.values() for error in errors]
