"""The inventory app."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Registers the app under its short name."""

    name = "inventory"
    default_auto_field = "django.db.models.BigAutoField"
