"""Where sales channels hand in orders."""

from django.urls import path

from orders.views import channel

urlpatterns = [
    path("<slug:slug>/orders/", channel.orders, name="orders"),
    path("<slug:slug>/orders/<path:reference>/", channel.order, name="order"),
]
