"""What is written on the pages of notices."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.marketplace import validate_time_zone
from notifications.models import Recipient
from notifications.states import CHOSEN, Kind


@cache
def zones() -> list[tuple[str, str]]:
    """The time zones that have a place, in the order of the alphabet."""
    places = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix"))
    )
    return [(name, name.replace("_", " ")) for name in ["UTC", *places]]


class KindsForm(forms.Form):
    """What one place is told of."""

    kinds = forms.MultipleChoiceField(choices=[(kind, Kind(kind).label) for kind in CHOSEN], required=False)


class AddressForm(forms.Form):
    """One more mailbox."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=Recipient._meta.get_field("email").max_length,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


def _clock(label: Any, help_text: Any = "") -> forms.TimeField:
    """A time of day that may be left empty."""
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, help_text=help_text, required=False, widget=widget)


class TimesForm(forms.Form):
    """When mail may come to one address."""

    quiet_from = _clock(_("Quiet from"))
    quiet_until = _clock(_("until"))
    digest_at = _clock(_("One mail a day, at"), _("Empty: each notice at once."))
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, validators=[validate_time_zone])

    def clean(self) -> dict[str, Any]:
        """Quiet hours have a beginning and an end, and end before they begin again."""
        data = super().clean() or self.cleaned_data
        start, end = data.get("quiet_from"), data.get("quiet_until")
        if (start is None) != (end is None):
            self.add_error("quiet_until" if end is None else "quiet_from", _("Quiet hours need both times."))
        elif start is not None and start == end:
            self.add_error("quiet_until", _("They would never end."))
        return data
