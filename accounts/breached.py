"""Passwords that are known from breaches, looked up in a file of the operator's: nothing leaves this machine.

Each line has the SHA-1 of a password in capital hexadecimal digits, a colon, and how often it was seen; lines are
sorted. That is how Have I Been Pwned hands its list out.
"""

import hashlib
import os
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DIGITS = 40


def is_listed(file: BinaryIO, password: str) -> bool:
    """Return whether the sorted file has the password, after some 35 reads for a billion of them."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    low, high = 0, file.seek(0, os.SEEK_END)
    while low < high:
        middle = (low + high) // 2
        found = _digest_from(file, middle)
        if found and found < wanted:
            low = middle + 1
        else:
            high = middle
    return _digest_from(file, low) == wanted


def _digest_from(file: BinaryIO, place: int) -> bytes:
    """Return the digest of the first line that begins there or later; empty behind the last one."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline()
    return file.readline()[:DIGITS].upper()


class BreachedPasswordValidator:
    """Refuse a password of the file that `BREACHED_PASSWORDS_FILE` names; without one, refuse none."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that is known from a breach."""
        if not settings.BREACHED_PASSWORDS_FILE:
            return
        with open(settings.BREACHED_PASSWORDS_FILE, "rb") as file:
            if is_listed(file, password):
                raise ValidationError(
                    _("This password is known from a data breach. Choose another one."), code="breached"
                )

    def get_help_text(self) -> str:
        """Return what forms say about it."""
        return _("Your password must not be known from a data breach.")
