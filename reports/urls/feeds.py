"""The pages of feeds."""

from django.urls import URLPattern, path

from reports.views import feed_files, feeds

urlpatterns: list[URLPattern] = [
    path("", feeds.listing, name="list"),
    path("upload/", feeds.upload, name="upload"),
    path("templates/<str:name>", feed_files.template, name="template"),
    path("<uuid:key>/", feeds.feed, name="feed"),
    path("<uuid:key>/process/", feeds.process, name="process"),
    path("<uuid:key>/stop/", feeds.stop, name="stop"),
    path("<uuid:key>/again/", feeds.again, name="again"),
    path("<uuid:key>/report.<str:ending>", feed_files.report, name="report"),
    path("<uuid:key>/not-done.txt", feed_files.mend, name="mend"),
    path("<uuid:key>/file", feed_files.file, name="file"),
]
