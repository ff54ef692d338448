"""The pages of reports."""

from django.urls import path

from reports.views import ask, listing, report, schedule

urlpatterns = [
    path("", listing.reports, name="list"),
    path("ask/", ask.ask, name="ask"),
    path("selection/", ask.selection, name="selection"),
    path("schedule/", schedule.schedule, name="schedule"),
    path("plan/", schedule.change_plan, name="change_plan"),
    path("<uuid:key>/", report.report, name="report"),
    path("<uuid:key>/file/", report.download, name="download"),
    path("<uuid:key>/cancel/", report.cancel, name="cancel"),
    path("<uuid:key>/again/", report.again, name="again"),
]
