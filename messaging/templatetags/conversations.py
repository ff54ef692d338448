"""The count beside Messages in the navigation."""

from typing import Any

from django import template

from accounts import counting
from accounts.models import Right
from messaging import desk

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_threads(context: dict[str, Any]) -> str:
    """How many threads hold something unread; empty for none, and for who may not see them."""
    request = context.get("request")
    member = getattr(request, "membership", None)
    if member is None or not member.may(Right.VIEW):
        return ""
    number = desk.unread(member.seller)
    return counting.written_capped(number) if number else ""
