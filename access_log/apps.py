"""The access log: who saw whose personal data (D2)."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.module_loading import import_string


class AccessLogConfig(AppConfig):
    """Registers the app, and listens to sign-ins wherever they happen."""

    name = "access_log"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen; Django itself keeps the last sign-in in this way."""
        user_logged_in.connect(import_string("access_log.sign_ins.signed_in"), dispatch_uid="access_log")
