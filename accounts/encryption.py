"""Secrets of second factors are encrypted in the database, under a key that the database doesn't hold.

`ENCRYPTION_KEYS` lists the keys: the first one encrypts, all of them decrypt.
"""

import base64
import hashlib
from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction

ENCRYPTED = "gAAAA"
"""How every encrypted text begins. No secret does: those of TOTP are in capitals, the seeds are hexadecimal."""
FIELDS = ("secret", "seed")
BATCH = 200


class KeyMissing(Exception):
    """A text was encrypted under none of the keys. `str()` says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "A second factor is encrypted under a key that isn't in ENCRYPTION_KEYS. Add the old key."
        )


def fernet(key: str) -> Fernet:
    """Return the cipher of one key of the settings, which is random and has 50 characters or more."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))


def encrypt(text: str) -> str:
    """Encrypt under the first key."""
    return fernet(settings.ENCRYPTION_KEYS[0]).encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """Decrypt under whichever key fits; a text from before there was encryption is returned as it is.

    Raises:
        KeyMissing: none of the keys fits.
    """
    if not text.startswith(ENCRYPTED):
        return text
    try:
        return MultiFernet([fernet(key) for key in settings.ENCRYPTION_KEYS]).decrypt(text.encode()).decode()
    except InvalidToken:
        raise KeyMissing from None


def is_current(text: str) -> bool:
    """Return whether the text is encrypted under the first key."""
    try:
        fernet(settings.ENCRYPTION_KEYS[0]).decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def outdated() -> Iterator[int]:
    """Yield the second factors that aren't encrypted under the first key."""
    for authenticator in Authenticator.objects.order_by("pk").iterator(chunk_size=BATCH):
        if _outdated_fields(authenticator):
            yield authenticator.pk


@transaction.atomic
def rotate(pk: int) -> None:
    """Encrypt a second factor under the first key, under its lock: a recovery code used meanwhile stays used.

    Raises:
        KeyMissing: it is encrypted under none of the keys; it stays as it is.
    """
    authenticator = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if authenticator is None:
        return
    for field in _outdated_fields(authenticator):
        authenticator.data[field] = encrypt(decrypt(authenticator.data[field]))
    authenticator.save(update_fields=["data"])


def _outdated_fields(authenticator: Authenticator) -> list[str]:
    return [
        field for field in FIELDS if field in authenticator.data and not is_current(authenticator.data[field])
    ]
