"""Manage Orders, and the pages of one order."""

from django.urls import URLPattern

from orders.urls import order

urlpatterns: list[URLPattern] = [*order.urlpatterns]
