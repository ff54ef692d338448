"""Where the pages of reports and of feeds live."""

from django.urls import include, path

urlpatterns = [
    path("reports/", include(("reports.urls.reports", "reports"))),
    path("feeds/", include(("reports.urls.feeds", "feeds"))),
]
