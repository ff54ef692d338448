"""Where the pages of Manage Inventory live."""

from django.urls import URLPattern

app_name = "inventory"
urlpatterns: list[URLPattern] = []
