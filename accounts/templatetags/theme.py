"""Light or dark, as the person chose. A builtin: no page loads it."""

from django import template
from django.conf import settings
from django.template.context import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """Return the theme of the cookie; `auto` follows the device."""
    request = context.get("request")
    chosen: str = request.COOKIES.get(settings.THEME_COOKIE_NAME, "") if request else ""
    return chosen if chosen in ("light", "dark") else "auto"
