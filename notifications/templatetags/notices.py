"""The bell in the top bar."""

from typing import Any

from django import template

from notifications import inbox

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> int:
    """How many notices the reader has not read; none for who works for no seller."""
    member = getattr(context.get("request"), "membership", None)
    return inbox.count_unread(member) if member else 0
