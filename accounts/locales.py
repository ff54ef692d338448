"""The reader's language as Babel names it."""

from django.utils.translation import get_language, to_locale


def babel_locale() -> str:
    """The locale of the active language, "zh_Hans"; English where none is active."""
    return to_locale(get_language() or "en")
