"""Where the pages of refunds, returns, and the orders that hold units of a listing live."""

from django.urls import URLPattern

app_name = "refunds"
urlpatterns: list[URLPattern] = []
