"""Which days a report is about, as days of the marketplace and in words."""

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import calendars
from reports import pictures
from reports.models import Report
from reports.states import ReportKind


def days(report: Report, zone: str) -> tuple[date, date] | None:
    """The first and the last day that the report is about; None where it is not about days."""
    if report.first_day and report.last_day:
        return report.first_day, report.last_day
    if report.first_moment and report.last_moment:
        last = max(report.last_moment - timedelta(microseconds=1), report.first_moment)
        return calendars.local_date(report.first_moment, zone), calendars.local_date(last, zone)
    return None


def words(report: Report, zone: str) -> str:
    """What the report is about, in words."""
    if report.kind == ReportKind.SELECTION:
        return _("The orders of a list")
    if report.daily_for:
        posted = pictures.period(report.daily_for, report.daily_for)
        return _("New until %(day)s") % {"day": posted}
    found = days(report, zone)
    if report.days:
        past = ngettext("Past %(n)d day", "Past %(n)d days", report.days) % {"n": report.days}
        return f"{past} · {pictures.period(*found)}" if found else past
    return pictures.period(*found) if found else _("All dates")
