"""Where the pages of orders live: the seller's desk, the buyer's page, the channels' entrance."""

from django.urls import include, path

urlpatterns = [
    path("", include("orders.urls.home")),
    path("orders/", include(("orders.urls.desk", "orders"))),
    path("buyer/", include(("orders.urls.buyer", "buyer"))),
    path("channels/", include(("orders.urls.channels", "channels"))),
]
