"""What was typed into a refund form, kept in the session while its summary is read: Back then sends nothing again."""

import uuid

from django.http import HttpRequest, QueryDict

SESSION_KEY, MOST = "refund_drafts", 5
"""The oldest of a person's drafts makes room for the newest."""


def keep(request: HttpRequest, number: str) -> str:
    """Keep the form that was sent for this order; returns the draft's name, for the address of the next page."""
    name = uuid.uuid4().hex
    kept = list(request.session.get(SESSION_KEY, {}).items())[1 - MOST :]
    request.session[SESSION_KEY] = dict([*kept, (name, {"order": number, "form": request.POST.urlencode()})])
    return name


def find(request: HttpRequest, number: str) -> QueryDict | None:
    """Return the form that the address names; None once it is forgotten, or for another order."""
    kept = request.session.get(SESSION_KEY, {}).get(request.GET.get("draft"))
    return QueryDict(kept["form"]) if kept and kept["order"] == number else None
