"""Which orders somebody chose in the list: rows, or all that match; frozen at that moment (O19).

What is confirmed is what was counted and shown: from the first page on, the orders themselves are handed along,
signed, and never the question that found them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate, pairwise

from django.core import signing
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts import counting
from accounts.models import Seller
from orders.changes import NOTHING_SEEN
from orders.entry.cart import NUMBER
from orders.lists import desk
from orders.lists.desk import Question
from orders.models import Order

MOST = 10_000
signer = signing.Signer(salt="orders.bulk.selection.seen")


@dataclass(frozen=True)
class Picked:
    """The orders by their keys; or why there is nothing to do, in a sentence.

    `seen` is the last event of each order that the page of frozen orders knew of, where it kept that.
    """

    pks: tuple[int, ...] = ()
    problem: str = ""
    is_too_many: bool = False
    seen: Mapping[int, int] = field(default_factory=dict)

    def orders(self, seller: Seller) -> QuerySet[Order]:
        """The picked orders, all of them the seller's own."""
        return seller.orders.filter(pk__in=self.pks)


def picked(data: QueryDict, seller: Seller, now: datetime, *, most: int | None = MOST) -> Picked:
    """What a form says: the frozen orders of a page to confirm, all that match, or rows by their numbers."""
    if "picked" in data:
        return _thawed(str(data["picked"]), seller)
    if "all" in data:
        found = desk.matching(Question.read(data.get("query", ""), seller), seller, now)
    else:
        numbers = {number for number in data.getlist("order") if NUMBER.fullmatch(number)}
        found = seller.orders.filter(number__in=numbers)
    pks = tuple(found.values_list("pk", flat=True)[: most and most + 1])
    if most and len(pks) > most:
        return Picked(problem=_too_many(most), is_too_many=True)
    return Picked(pks, "" if pks else _("Pick the orders first."))


def _too_many(most: int) -> str:
    """The limit in a sentence."""
    words = {"most": counting.written(most)}
    return _("At most %(most)s orders can be taken at once. Choose fewer days, or filter further.") % words


def frozen(pks: Iterable[int], seller: Seller, seen: Mapping[int, int] | None = None) -> str:
    """The orders as a text for a hidden field: small, and of no use with another seller.

    With `seen`, the last event of each that the page shows is kept beside them.
    """
    known = sorted(pks)
    marks = _steps([seen.get(pk, NOTHING_SEEN) for pk in known]) if seen is not None else []
    return signer.sign_object([seller.pk, _steps(known), marks], compress=True)


def _thawed(text: str, seller: Seller) -> Picked:
    try:
        owner, steps, marks = signer.unsign_object(text)
    except signing.BadSignature:
        owner, steps, marks = None, [], []
    if owner != seller.pk or not steps:
        return Picked(problem=_("This page has gone stale. Pick the orders again."))
    pks = tuple(accumulate(steps))
    return Picked(pks, seen=dict(zip(pks, accumulate(marks), strict=False)))


def _steps(pks: Sequence[int]) -> list[int]:
    """The first, and how much further each next one is: short figures that compress well."""
    return [*pks[:1], *(after - before for before, after in pairwise(pks))]
