"""Manage Orders, and the pages of one order."""

from django.urls import URLPattern, path

from orders.urls import bulk, order, saved_views
from orders.views import listing, pulse

urlpatterns: list[URLPattern] = [
    path("", listing.orders, name="list"),
    path("pulse/", pulse.orders, name="pulse"),
    *bulk.urlpatterns,
    *saved_views.urlpatterns,
    *order.urlpatterns,
]
