"""The home page."""

from django.urls import URLPattern, path

from orders.views import home

urlpatterns: list[URLPattern] = [path("", home.home, name="home")]
