"""Asking for a report: what it lists, of which days, as which file, with which columns (F2, F4)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import days
from reports import kinds, spreadsheet
from reports.states import DAYS, Format, ReportKind, Separator

DATES = "dates"
ANY = "any"
STALE = _("This page has gone stale. Look at the list, and ask again if the report is not there.")
OFFERED: list[ReportKind] = [kind for kind in ReportKind if kind != ReportKind.SELECTION]


def _day(label: Any) -> forms.DateField:
    found = days.field(_("That is no date of a calendar."))
    found.label = label
    found.widget = forms.DateInput(attrs={"type": "date", "class": "control-date"}, format="%Y-%m-%d")
    return found


def separator_field() -> forms.ChoiceField:
    """What separates the cells of a CSV file; a comma where nothing is said."""
    return forms.TypedChoiceField(
        label=_("Separator (CSV)"),
        choices=Separator.choices,
        required=False,
        empty_value=Separator.COMMA,
        help_text=_("Choose the semicolon if your spreadsheet program writes decimals with a comma."),
    )


def exact_field() -> forms.BooleanField:
    """Whether the texts of a tab-delimited file stay as they are."""
    return forms.BooleanField(
        label=_("Leave texts exactly as they are (tab-delimited)"),
        required=False,
        help_text=_(
            "For software only. A buyer can write a text that a spreadsheet program runs as a formula; "
            "without this, such a text gets an apostrophe in front."
        ),
    )


class ColumnsForm(forms.Form):
    """Boxes for the optional columns of some kinds of report, a field for each kind."""

    KINDS: list[ReportKind] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in self.KINDS:
            names = kinds.optional(kind)
            if names:
                self.fields[f"columns_{kind}"] = forms.MultipleChoiceField(
                    label=kind.label,
                    choices=[(name, name) for name in names],
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                    error_messages={"invalid_choice": _("There is no such column.")},
                )

    def column_groups(self) -> Iterator[tuple[str, forms.BoundField]]:
        """Each kind with its boxes."""
        return (
            (kind.value, self[f"columns_{kind}"]) for kind in self.KINDS if f"columns_{kind}" in self.fields
        )

    def has_columns(self) -> bool:
        """Whether any box is ticked, or wrong."""
        return any(field.value() or field.errors for _kind, field in self.column_groups())

    def columns(self, kind: str) -> list[str]:
        """What was picked of this kind's columns."""
        return list(self.cleaned_data.get(f"columns_{kind}") or [])


class AskForm(ColumnsForm):
    """One report. Sent twice it is one, by its key."""

    KINDS = OFFERED

    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"invalid": STALE, "required": STALE}, label=_("Form")
    )
    kind = forms.ChoiceField(label=_("Report"), choices=[(kind.value, kind.label) for kind in OFFERED])
    days = forms.ChoiceField(label=_("Days"))
    first_day = _day(_("From"))
    last_day = _day(_("To"))
    format = forms.ChoiceField(
        label=_("File"),
        choices=Format.choices,
        help_text=format_lazy(
            _(
                "A workbook holds at most {most} rows; text has no limit. The PDF shows the period in pictures."
            ),
            most=f"{spreadsheet.MOST_ROWS:,}",
        ),
    )

    separator = separator_field()
    is_exact = exact_field()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        past = [(str(n), ngettext("Past %(n)d day", "Past %(n)d days", n) % {"n": n}) for n in DAYS]
        offered = [*past, (DATES, _("Other dates")), (ANY, _("Whenever (unshipped orders only)"))]
        self.fields["days"].choices = offered  # type: ignore[attr-defined]

    def dates(self) -> list[forms.BoundField]:
        """The two free days."""
        return [self["first_day"], self["last_day"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("days") == ANY and kinds.of(cleaned.get("kind", ReportKind.UNSHIPPED)).needs_days:
            self.add_error("days", _("This report is of some days: choose which."))
        if cleaned.get("days") == DATES and not self.errors:
            first, last = cleaned.get("first_day"), cleaned.get("last_day")
            if not first or not last:
                self.add_error(
                    "last_day" if first else "first_day", _("Give the first day and the last one.")
                )
            elif first > last:
                self.add_error("last_day", _("The last day comes before the first one."))
            elif last > self.today:
                self.add_error("last_day", _("This day is still to come."))
        return cleaned

    def asked(self) -> dict[str, Any]:
        """The arguments of `making.ask`; of a valid form."""
        cleaned = self.cleaned_data
        span: dict[str, Any] = {}
        if cleaned["days"] == DATES:
            span = {"first_day": cleaned["first_day"], "last_day": cleaned["last_day"]}
        elif cleaned["days"] != ANY:
            span = {"days": int(cleaned["days"])}
        told = {name: cleaned[name] for name in ("key", "kind", "format", "separator", "is_exact")}
        return {**told, **span, "columns": self.columns(cleaned["kind"])}


class ScheduleForm(ColumnsForm):
    """When and how the daily report is posted (F1)."""

    KINDS = [ReportKind.NEW_ORDERS]

    is_on = forms.BooleanField(label=_("Post a report of the new orders every day"), required=False)
    hour = forms.TypedChoiceField(
        label=_("From this hour on"), coerce=int, choices=[(n, f"{n:02}:00") for n in range(24)]
    )
    format = forms.ChoiceField(
        label=_("File"), choices=[each for each in Format.choices if each[0] != Format.PDF]
    )
    separator = separator_field()
    is_exact = exact_field()


def of_days(first: date | None, last: date | None, today: date) -> dict[str, Any]:
    """What stands in the form: these days where the address names some, else the past week."""
    if not first and not last:
        return {"kind": ReportKind.NEW_ORDERS, "days": "7", "format": Format.TSV}
    first = first or last or today
    last = min(max(last or first, first), max(today, first))
    return {
        "kind": ReportKind.BY_ORDER_DATE,
        "days": DATES,
        "first_day": first,
        "last_day": last,
        "format": Format.TSV,
    }
