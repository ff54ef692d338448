"""Where the pages of refunds, returns, and the orders that hold units of a listing live."""

from django.urls import URLPattern, path

from refunds.views import holders

app_name = "refunds"
urlpatterns: list[URLPattern] = [
    path("inventory/<int:pk>/orders/", holders.holders, name="holders"),
]
