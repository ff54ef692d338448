"""Where sales channels hand in orders."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
