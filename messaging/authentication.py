"""What our own mail server found out about a mail's sender (RFC 8601)."""

import re

from django.conf import settings

from messaging.mail_parts import Head

COMMENT = re.compile(r"\((?:[^()\\]|\\.)*+\)", re.DOTALL)
MOST_NESTED = 5
LONGEST = 8_000
"""Characters of one header; a mail server writes some hundred."""

DMARC_FAILED = re.compile(r"^\s*+dmarc\s*+(?:/\s*+\d++\s*+)?=\s*+fail\b", re.IGNORECASE)


def is_failed(head: Head) -> bool:
    """Return whether our mail server, named by RELAY_AUTHSERV_ID, says that DMARC failed.

    Anybody can write such a header, so another server's says nothing; who forges ours can only refuse themselves.
    """
    return any(_says_failed(value[:LONGEST]) for value in head.authentication)


def _says_failed(value: str) -> bool:
    for _level in range(MOST_NESTED):
        value = COMMENT.sub(" ", value)
    server, *results = value.split(";")
    named = (server.split() or [""])[0].strip('"').lower()
    return named == settings.RELAY_AUTHSERV_ID and any(map(DMARC_FAILED.match, results))
