"""The batches app."""

from django.apps import AppConfig


class BatchesConfig(AppConfig):
    """Registers the app under its short name."""

    name = "batches"
    default_auto_field = "django.db.models.BigAutoField"
