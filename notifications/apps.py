"""The notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Registers the app under its short name."""

    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"
