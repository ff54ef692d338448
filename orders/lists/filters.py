"""Narrowing Manage Orders: each filter as a condition, and how the list can be sorted (O19)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper

from accounts import calendars
from accounts.models import Seller
from inventory.models import Fulfilment
from orders.forms.desk import Printed, Question, ShipBy, Sort
from orders.lists import attention, search
from orders.lists.kinds import OF_BUYERS, OF_ORDERS, Find, Kind
from orders.models import BuyerOrder, OrderDigits, OrderFacet, OrderItem, Package, ProductOrder
from orders.models.package import BARE
from orders.states import OPEN, OrderStatus, Tab

ONE_DAY = timedelta(days=1)
NEWEST, OLDEST, SOONEST, LATEST = "-placed_at", "placed_at", "ship_by", "-ship_by"
KEYS: dict[str, str] = {
    Sort.NEWEST: NEWEST,
    Sort.OLDEST: OLDEST,
    Sort.SHIP_BY: SOONEST,
    Sort.SHIP_BY_LAST: LATEST,
}
DAYS = {ShipBy.TODAY: (0, 0), ShipBy.TOMORROW: (1, 1), ShipBy.WEEK: (0, 6)}


@dataclass(frozen=True)
class Facet:
    """A channel, fulfilment and service under which the seller has orders."""

    channel: int
    slug: str
    name: str
    fulfilment: str
    service: str


def facets(seller: Seller) -> list[Facet]:
    """What this seller's orders can be narrowed by."""
    names = ("channel", "channel__slug", "channel__name", "fulfilment", "service")
    found = OrderFacet.objects.filter(seller=seller).order_by("channel__name", "service", "fulfilment")
    return [Facet(*row) for row in found.values_list(*names)]


def sorts(question: Question) -> list[Sort]:
    """In which orders the list can stand: those that an index has."""
    if _is_by_placing(question):
        return [Sort.NEWEST, Sort.OLDEST]
    if question.attention:
        return []
    if question.ship_by:
        return [Sort.SHIP_BY, Sort.SHIP_BY_LAST]
    by_ship_date = question.tab == Tab.UNSHIPPED and not is_narrow(question)
    return [Sort.NEWEST, Sort.OLDEST, *((Sort.SHIP_BY, Sort.SHIP_BY_LAST) if by_ship_date else ())]


def sorting(question: Question) -> str:
    """By what the list is sorted, as keyset pages take it: what was asked for where that can be had."""
    if question.attention and not _is_by_placing(question):
        return attention.ORDERING[question.attention]
    offered = sorts(question)
    return KEYS[Sort(question.sort) if question.sort in offered else offered[0]]


def _is_by_placing(question: Question) -> bool:
    """Whether words or notes are walked: they stand in their indexes by the moment of placing alone."""
    return bool(question.text or question.note)


def bounds(question: Question, seller: Seller) -> tuple[datetime | None, datetime | None]:
    """The last moment before the first day, and the last one of the last day, of the marketplace."""
    zone = seller.marketplace.time_zone
    first, last = question.first_day, question.last_day
    return (
        calendars.end_of_day(first - ONE_DAY, zone) if first else None,
        calendars.end_of_day(last, zone) if last else None,
    )


def conditions(question: Question, seller: Seller, now: datetime) -> Q:
    """All filters together but the text, the tab and what needs attention."""
    asked = Q(**{name: value for name, value in _plain(question).items() if value})
    # By the moments, not by placed_on: the index of the tab begins and ends there.
    after, until = bounds(question, seller)
    asked &= Q(placed_at__gt=after) if after else Q()
    asked &= Q(placed_at__lte=until) if until else Q()
    if question.printed:
        asked &= Q(printed_at__isnull=question.printed == Printed.NO)
    if question.note:
        asked &= Q(note__isnull=False)
    return asked & ship_by(question.ship_by, seller, now)


def _plain(question: Question) -> dict[str, Any]:
    return {
        "channel__slug__in": question.channels,
        "fulfilment": question.fulfilment,
        "service": question.service,
    }


def ship_by(when: str, seller: Seller, now: datetime) -> Q:
    """The seller's to ship on these days of the marketplace; late is past, whatever the hour (O17)."""
    if not when:
        return Q()
    own = Q(status__in=OPEN, fulfilment=Fulfilment.MFN)
    if when == ShipBy.LATE:
        return own & Q(ship_by__lt=now)
    zone = seller.marketplace.time_zone
    today = calendars.local_date(now, zone)
    first, last = DAYS[ShipBy(when)]
    until = calendars.end_of_day(today + last * ONE_DAY, zone)
    if not first:
        return own & Q(ship_by__gte=now, ship_by__lte=until)
    return own & Q(ship_by__gt=calendars.end_of_day(today + (first - 1) * ONE_DAY, zone), ship_by__lte=until)


def named(found: Find) -> Q:
    """Orders that the text names. A buyer's name is nothing to be told of while the order is Pending (O2)."""
    if found.kind == Kind.NUMBER:
        return Q(number=found.text)
    if found.kind == Kind.BEGINNING:
        return Q(number__startswith=found.text)
    if found.kind == Kind.PART and found.is_broad:
        return Q(Exists(OrderDigits.objects.filter(order_id=OuterRef("pk"), digits__contains=found.text)))
    if found.kind == Kind.TRACKINGS and found.is_broad:
        traced = Package.objects.alias(bare=BARE).filter(bare__startswith=search.bare(found.text))
        return Q(Exists(traced.filter(order_id=OuterRef("pk"))))
    if found.kind in OF_ORDERS:
        return Q(pk__in=found.keys or (0,))
    if found.kind in OF_BUYERS:
        return _named_buyer(found) & ~Q(status=OrderStatus.PENDING)
    return _named_product(found)


def _named_buyer(found: Find) -> Q:
    if found.is_broad:
        if found.kind == Kind.SHORT_BUYERS:
            return Q(buyer_name__istartswith=found.text) | Q(buyer_name__iendswith=found.text)
        asked = Q()
        for word in found.text.split():
            asked &= Q(buyer_name__icontains=word)
        return asked
    return Q(pk__in=BuyerOrder.objects.filter(buyer_id__in=found.keys).values("order_id"))


def _named_product(found: Find) -> Q:
    if not found.is_broad:
        return Q(pk__in=ProductOrder.objects.filter(product_id__in=found.keys).values("order_id"))
    items = OrderItem.objects.filter(order=OuterRef("pk"))
    if found.kind == Kind.CODES:
        codes = found.text.upper().split(", ")
        either = Q(upper_sku__in=codes) | Q(upper_asin__in=codes)
        return Q(Exists(items.alias(upper_sku=Upper("sku"), upper_asin=Upper("asin")).filter(either)))
    if found.kind == Kind.PRODUCTS:
        for word in found.text.split():
            items = items.filter(Q(title__icontains=word) | Q(sku__icontains=word) | Q(asin__icontains=word))
    else:
        field = "sku" if found.kind in (Kind.SKU, Kind.SKUS) else "asin"
        how = "istartswith" if found.kind in (Kind.SKUS, Kind.ASINS) else "iexact"
        items = items.filter(**{f"{field}__{how}": found.text})
    return Q(Exists(items))


def is_narrow(question: Question) -> bool:
    """Whether channels, services or fulfilment are chosen."""
    return bool(question.channels or question.fulfilment or question.service)
