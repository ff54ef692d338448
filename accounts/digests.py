"""Digests under a key of the portal: known again, and not to be guessed by whoever has the database alone."""

import hashlib
import hmac

from django.conf import settings


def under(key: str, plain: str) -> str:
    """Return the digest of a plain digest under a key, in hexadecimal digits."""
    return hmac.new(key.encode(), plain.encode(), hashlib.sha256).hexdigest()


def keyed(plain: str) -> str:
    """Return the digest that is kept: under the key in use."""
    return under(settings.FEED_MEMORY_KEYS[0], plain)


def is_same(plain: str, kept: str) -> bool:
    """Return whether a kept digest was made of this plain one, under any key that still counts."""
    return any(hmac.compare_digest(under(key, plain), kept) for key in settings.FEED_MEMORY_KEYS)
