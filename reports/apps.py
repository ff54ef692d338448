"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Registers the app under its short name."""

    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"
