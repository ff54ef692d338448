"""Writes rows of the access log. A row is in the database before the page leaves: without it there is no page."""

import re
from dataclasses import astuple, dataclass

from django.db import connection
from django.http import HttpRequest

from access_log.models import Access, Action
from accounts import client
from accounts.actors import ActorKind

ORDER = re.compile(r"(\d{3}-\d{7}-\d{7})(?:-R\d{1,3}|\..*)?")
LONGEST_RECORD = Access._meta.get_field("record").max_length or 0
LONGEST_PAGE = Access._meta.get_field("page").max_length or 0
DETAILS = "access_details"


@dataclass(frozen=True)
class Entry:
    """A row to be; the database adds the time."""

    action: str
    via: str
    user_id: int | None
    seller_id: int | None
    order_number: str
    orders: int
    page: str
    record: str
    address: str | None


# As Entry has them. By hand, since it is done for each page: Django's ORM takes twice as long.
INSERT = """
INSERT INTO access_log_access
    (at, action, via, user_id, seller_id, order_number, orders, page, record, address)
VALUES (clock_timestamp(), %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Details:
    """What only the view knows of what it shows."""

    orders: int = 1
    order_number: str = ""
    is_search: bool = False


def detail(request: HttpRequest, *, orders: int = 1, order_number: str = "", is_search: bool = False) -> None:
    """Say more of what the page shows: how many records, of which order, and whether a person was searched for."""
    setattr(request, DETAILS, Details(orders, order_number, is_search))


def write(request: HttpRequest, action: str, *, user_id: int | None = None, via: str = "") -> None:
    """Add a row about this request; `user_id` of somebody who isn't signed in, or not yet."""
    match, told = request.resolver_match, getattr(request, DETAILS, Details())
    kwargs = match.kwargs if match else {}
    subject = str(next(iter(kwargs.values()), ""))
    found = ORDER.fullmatch(subject)
    seller = getattr(request, "seller", None)
    user = getattr(request, "user", None)
    add(
        Entry(
            action=Action.SEARCH if told.is_search else action,
            via=via or _via(match.view_name if match else "", kwargs),
            user_id=user_id or (user.pk if user else None),
            seller_id=seller.pk if seller else None,
            order_number=told.order_number or (found[1] if found else ""),
            orders=told.orders,
            page=(match.view_name if match else "")[:LONGEST_PAGE],
            # A link's token is a secret.
            record="" if found or "token" in kwargs else subject[:LONGEST_RECORD],
            address=client.address(request) or None,
        )
    )


def add(entry: Entry) -> None:
    """Add the row in the current transaction, or in one of its own. Whatever fails is raised."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, astuple(entry))


def _via(page: str, kwargs: dict[str, object]) -> str:
    if page.startswith("admin:"):
        return ActorKind.MARKETPLACE
    if page.startswith("channels:"):
        return ActorKind.CHANNEL
    return ActorKind.BUYER if "token" in kwargs else ActorKind.SELLER
