"""The page of a batch."""

from django.urls import URLPattern

app_name = "batches"

urlpatterns: list[URLPattern] = []
