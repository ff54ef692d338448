"""The orders app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Registers the app under its short name."""

    name = "orders"
    default_auto_field = "django.db.models.BigAutoField"
