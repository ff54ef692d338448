"""What is done with many orders at once."""

from django.urls import URLPattern, path

from orders.views import bulk_cancel, bulk_ship, bulk_slips

urlpatterns: list[URLPattern] = [
    path("cancel/", bulk_cancel.cancel_many, name="cancel_many"),
    path("ship/", bulk_ship.ship_many, name="ship_many"),
    path("packing-slips.pdf", bulk_slips.print_slips, name="print_slips"),
    path("printed/", bulk_slips.mark_printed, name="mark_printed"),
]
