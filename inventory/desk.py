"""Manage Inventory, the read side: what the address asks for, and the page of listings that answers it."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import counting, keyset
from accounts.keyset import FIRST, Page, Turn, Value
from accounts.models import Seller
from inventory.models import Listing, ListingQuerySet, Status


@dataclass(frozen=True)
class Sort:
    """An order of the list: by which key, of which kind, and how people call it."""

    key: str
    kind: type[Value]
    label: Any


SORTS = {
    "newest": Sort("-id", int, _("Newest first")),
    "oldest": Sort("id", int, _("Oldest first")),
    "sku": Sort("sku", str, _("SKU, A to Z")),
    "-sku": Sort("-sku", str, _("SKU, Z to A")),
    "available": Sort("sellable", int, _("Available, fewest first")),
    "-available": Sort("-sellable", int, _("Available, most first")),
    "price": Sort("price", int, _("Price, lowest first")),
    "-price": Sort("-price", int, _("Price, highest first")),
    "match": Sort("match", str, _("Best match first")),
}
MATCH = "match"


@dataclass(frozen=True)
class Question:
    """All that the address of the list says; `url()` says it again with something changed."""

    status: str = ""
    fulfilment: str = ""
    text: str = ""
    sort: str = ""
    turn: Turn = FIRST

    @property
    def order(self) -> str:
        """The name of the sort in force: without one the newest come first, of a search the closest."""
        return self.sort or (MATCH if self.text else "newest")

    def url(self, **changes: Any) -> str:
        """The address of the same list with these changes, from its first page on."""
        asked = replace(self, **{"turn": FIRST, **changes})
        values = {
            "status": asked.status,
            "fulfilment": asked.fulfilment,
            "q": asked.text,
            "sort": "" if asked.sort == MATCH and not asked.text else asked.sort,
            "before": asked.turn.below or "",
            "after": asked.turn.above or "",
            "end": "1" if asked.turn.at_end else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{reverse('inventory:list')}?{query}" if query else reverse("inventory:list")


def answer(question: Question, seller: Seller) -> Page[Listing]:
    """The page that the question asks for."""
    found = _within(question, seller)
    found = found.standing(question.status) if question.status else found
    return keyset.page(found.with_sellable(), SORTS[question.order].key, question.turn)


def counts(question: Question, seller: Seller) -> dict[str, int]:
    """How many listings of each status, and "" of all, the search and the fulfilment leave; capped."""
    found = _within(question, seller)
    return counting.capped({"": found, **{status: found.standing(status) for status in Status.values}})


def _within(question: Question, seller: Seller) -> ListingQuerySet:
    """The seller's listings that the search and the fulfilment leave."""
    found: ListingQuerySet = seller.listings.all()
    if question.fulfilment:
        found = found.filter(fulfilment=question.fulfilment)
    return found.naming(question.text) if question.text else found
