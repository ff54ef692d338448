"""The buyer's own order page, behind a signed link."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
