"""Where a demo belongs: not among somebody's real orders, and never where real money moves."""

from django.conf import settings
from django.core.management.base import CommandError


def check(*, force: bool) -> None:
    """Raise CommandError, with a sentence, where a demo does not belong."""
    if not settings.LOCAL and not force:
        raise CommandError(
            "DATABASE_URL names a database of your own, and the demo makes sign-ins with a known password "
            "and orders that nobody placed. Add --force if it belongs there."
        )
    if settings.PAYMENT_PROVIDER != "sandbox":
        raise CommandError("The demo's payments are the sandbox's: set PAYMENT_PROVIDER=sandbox.")
