"""The pages of one order."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
