"""Passwords that anybody would try first."""

import re
from functools import cached_property
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator

RUN = re.compile(r"(.)\1+", re.DOTALL)
WHOLE = re.compile(r"(.+?)\1+", re.DOTALL)


def squeeze(password: str) -> str:
    """Return the password in lower case, said once where it is said again and again, each run of a letter as one."""
    word = password.lower().strip()
    again = WHOLE.fullmatch(word)
    return RUN.sub(r"\1", again[1] if again else word)


class CommonWordValidator(CommonPasswordValidator):
    """Django's list of common passwords, found also with letters repeated and written several times."""

    @cached_property
    def squeezed(self) -> set[str]:
        """The list, each word squeezed as what is typed will be."""
        return {squeeze(word) for word in self.passwords}

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password of the list, however its letters were repeated."""
        super().validate(min(self.passwords) if squeeze(password) in self.squeezed else password, user)
