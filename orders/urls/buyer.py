"""The buyer's own order page, behind a signed link."""

from django.urls import path

from orders.views import buyer

urlpatterns = [
    path("<str:token>/", buyer.order, name="order"),
    path("<str:token>/cancel/", buyer.cancel, name="cancel"),
    path("<str:token>/ask/", buyer.ask, name="ask"),
]
