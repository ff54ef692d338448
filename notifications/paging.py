"""The steps through the lists of notices: by key, newest first."""

from typing import Any

from django.http import HttpRequest

from accounts.keyset import FIRST, Cursor, Page, Turn


def turn(request: HttpRequest) -> Turn:
    """Which page the address asks for; the first one where it makes no sense."""
    try:
        if below := request.GET.get("before"):
            return Turn(below=Cursor.read(below))
        if above := request.GET.get("after"):
            return Turn(above=Cursor.read(above))
    except (ValueError, OverflowError):
        return FIRST
    return Turn(at_end="end" in request.GET)


def steps(page: Page[Any], kept: str = "") -> dict[str, str]:
    """The addresses of the neighbouring pages; `kept` is what else the address says."""
    lead = f"?{kept}&" if kept else "?"
    found: dict[str, str] = {}
    if page.previous:
        found |= {"first_url": f"?{kept}", "previous_url": f"{lead}after={page.previous}"}
    if page.next:
        found |= {"next_url": f"{lead}before={page.next}", "last_url": f"{lead}end=1"}
    return found
