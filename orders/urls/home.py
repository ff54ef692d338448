"""The home page, and the performance rates."""

from django.urls import URLPattern, path

from orders.views import home, performance

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("performance/", performance.performance, name="performance"),
]
