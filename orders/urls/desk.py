"""Manage Orders, and the pages of one order."""

from django.urls import URLPattern, path

from orders.urls import order, saved_views
from orders.views import cancel_many, listing

urlpatterns: list[URLPattern] = [
    path("", listing.orders, name="list"),
    path("cancel/", cancel_many.cancel_many, name="cancel_many"),
    *saved_views.urlpatterns,
    *order.urlpatterns,
]
