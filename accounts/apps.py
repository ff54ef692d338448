"""The accounts app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from accounts import trigger_guard


class AccountsConfig(AppConfig):
    """Registers the app under its short name, and guards the triggers after each migration."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Come after pgtrigger, which comes earlier in the list of apps."""
        post_migrate.connect(trigger_guard.after_migrate, sender=self)
