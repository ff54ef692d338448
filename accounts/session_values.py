"""Values kept in a person's session, so that the page after a form has an address: Back and reload resend nothing."""

import uuid
from typing import Any
from urllib.parse import urlencode

from accounts.rights import SellerRequest

SESSION_KEY, MOST = "kept_values", 8
"""The oldest of a person's values makes room for the newest."""


def keep(request: SellerRequest, name: str, value: Any) -> str:
    """Keep a JSON value for this page and this seller. Returns the page's address with the value's key as `name`."""
    key = uuid.uuid4().hex
    kept = list(request.session.get(SESSION_KEY, {}).items())[1 - MOST :]
    request.session[SESSION_KEY] = dict([*kept, (key, {"page": _page(request, name), "value": value})])
    return f"{request.path}?{urlencode({name: key})}"


def find(request: SellerRequest, name: str) -> Any:
    """Return the value that the address names; None once it is forgotten, or for another page or seller."""
    kept = request.session.get(SESSION_KEY, {}).get(request.GET.get(name))
    return kept["value"] if kept and kept["page"] == _page(request, name) else None


def _page(request: SellerRequest, name: str) -> list[Any]:
    return [name, request.path, request.seller.pk]
