"""The page of a batch, and what can be done with it."""

from django.urls import URLPattern, path

from batches.views import batch

app_name = "batches"

urlpatterns: list[URLPattern] = [
    path("<uuid:key>/", batch.batch, name="batch"),
    path("<uuid:key>/stop/", batch.stop, name="stop"),
    path("<uuid:key>/again/", batch.again, name="again"),
]
