"""What the address of the page of performance rates asks for."""

from django import forms

from accounts.form_fields import CursorField
from accounts.keyset import Turn
from orders.figures import rates
from orders.figures.rates import Rate


class QuestionForm(forms.Form):
    """Which rate over how many days, and a place in the list of its orders; what makes no sense is left out."""

    rate = forms.CharField(required=False, max_length=40)
    days = forms.IntegerField(required=False)
    before = CursorField(required=False)
    after = CursorField(required=False)
    end = forms.BooleanField(required=False)

    def choice(self) -> tuple[Rate, int]:
        """The rate and its days; where there is no such rate, or not over such days, the first."""
        self.full_clean()
        known = {rate.slug: rate for rate in rates.all_rates()}
        rate = known.get(self.cleaned_data.get("rate") or "", rates.LATE)
        days = self.cleaned_data.get("days")
        return rate, days if days in rate.spans else rate.spans[0]

    def turn(self) -> Turn:
        """The page of the list."""
        asked = self.cleaned_data.get
        return Turn(below=asked("before"), above=asked("after"), at_end=asked("end") or False)
