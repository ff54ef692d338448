"""The refunds app."""

from django.apps import AppConfig


class RefundsConfig(AppConfig):
    """Registers the app under its short name."""

    name = "refunds"
    default_auto_field = "django.db.models.BigAutoField"
