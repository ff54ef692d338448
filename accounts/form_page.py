"""The page that a form was on: where Back leads after an answer that is a page."""

from urllib.parse import urlsplit

from django.http import HttpRequest

SELLER_FIELD = "for_seller"
"""The hidden field of a form that says which seller it acts for."""


def path_of(request: HttpRequest, default: str) -> str:
    """Return the path of that page, as the browser says it; the default where it says none of ours."""
    came_from = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host() or not came_from.path.startswith("/"):
        return default
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
