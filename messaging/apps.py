"""The messaging app."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Registers the app under its short name."""

    name = "messaging"
    default_auto_field = "django.db.models.BigAutoField"
