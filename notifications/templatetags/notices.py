"""The bell in the top bar."""

from typing import Any

from django import template

from accounts import counting
from notifications import inbox

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> int:
    """How many notices the reader has not read; none for who works for no seller."""
    member = getattr(context.get("request"), "membership", None)
    return counting.capped({"unread": inbox.unread(member)})["unread"] if member else 0
