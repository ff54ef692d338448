"""Manage Orders, the read side: what the address asks for, and the page of orders that answers it (O1)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts import calendars, keyset
from accounts.keyset import Page
from accounts.models import Seller
from orders import attention, rows, search
from orders.counts import ONE_DAY
from orders.forms.desk import Printed, Question, ShipBy, Sort
from orders.models import Order
from orders.states import TAB_STATUSES, Tab

NEWEST = "-placed_at"
SORTS: dict[str, str] = {
    Sort.NEWEST: NEWEST,
    Sort.OLDEST: "placed_at",
    Sort.SHIP_BY: "ship_by",
    Sort.SHIP_BY_LAST: "-ship_by",
}


@dataclass(frozen=True)
class Answer:
    """A page of orders; `number` is what was searched for, `elsewhere` if it is not under the tab."""

    page: Page[Order]
    number: str | None = None
    elsewhere: bool = False

    @property
    def orders(self) -> list[Order]:
        """The orders of the page, in its order."""
        return self.page.rows


def answer(question: Question, seller: Seller, now: datetime) -> Answer:
    """The page that the question asks for; a search that finds nothing under its tab looks everywhere."""
    if not question.text:
        return Answer(_page(_listed(question, seller, now), question))
    number = search.number(question.text)
    if number is None:
        return Answer(Page([], None, None))
    if search.is_whole(number):
        return _one(number, question, seller)
    page = _page(_listed(question, seller, now).filter(number__startswith=number), question)
    if page.rows:
        return Answer(page, number)
    return Answer(_everywhere(number, seller), number, elsewhere=True)


def matching(question: Question, seller: Seller, now: datetime) -> QuerySet[Order]:
    """Exactly the orders that the list shows over all its pages, in no order; never another seller's."""
    found = _listed(question, seller, now)
    if not question.text:
        return found
    number = search.number(question.text)
    return found.filter(number__startswith=number) if number else found.none()


def tab_of(order: Order) -> Tab:
    """The tab that lists the order."""
    return next(tab for tab in Tab if order.status in TAB_STATUSES[tab])


def _one(number: str, question: Question, seller: Seller) -> Answer:
    """The order of a whole number, wherever it is listed."""
    found = list(rows.columns(seller.orders.filter(number=number)))
    elsewhere = any(
        tab_of(order) != question.tab or not _within(order.placed_at, question, seller) for order in found
    )
    return Answer(Page(found, None, None), number, elsewhere)


def _everywhere(number: str, seller: Seller) -> Page[Order]:
    """The first orders of all lists whose numbers begin so, by their numbers."""
    found = rows.columns(seller.orders.filter(number__startswith=number))
    return Page(list(found.order_by("number")[: keyset.SIZE]), None, None)


def _listed(question: Question, seller: Seller, now: datetime) -> QuerySet[Order]:
    """The orders under the tab, or under the warning, that were placed on these days."""
    if question.attention:
        found = attention.orders(seller, question.attention, now)
    else:
        found = seller.orders.on_tab(question.tab)
    # By the moments, not by placed_on: the index of the tab begins and ends there.
    after, until = _bounds(question, seller)
    found = found if after is None else found.filter(placed_at__gt=after)
    found = found if until is None else found.filter(placed_at__lte=until)
    return found.filter(_narrowed(question, seller, now))


def _narrowed(question: Question, seller: Seller, now: datetime) -> Q:
    """The conditions of all other filters together."""
    plain = {"fulfilment": question.fulfilment, "service": question.service}
    conditions = Q(**{name: value for name, value in plain.items() if value})
    if question.channels:
        conditions &= Q(channel__slug__in=question.channels, channel__marketplace=seller.marketplace_id)
    if question.printed:
        conditions &= Q(printed_at__isnull=question.printed == Printed.NO)
    if question.note:
        conditions &= Q(note__isnull=False)
    return conditions & _ship_by(question.ship_by, seller, now)


def _ship_by(when: str, seller: Seller, now: datetime) -> Q:
    """Due on these days of the marketplace; late is past, whatever the hour."""
    if not when:
        return Q()
    if when == ShipBy.LATE:
        return Q(ship_by__lt=now)
    zone = seller.marketplace.time_zone
    today = calendars.local_date(now, zone)
    first, last = {ShipBy.TODAY: (0, 0), ShipBy.TOMORROW: (1, 1), ShipBy.WEEK: (0, 6)}[ShipBy(when)]
    after = max(calendars.end_of_day(today + (first - 1) * ONE_DAY, zone), now)
    return Q(ship_by__gt=after, ship_by__lte=calendars.end_of_day(today + last * ONE_DAY, zone))


def _bounds(question: Question, seller: Seller) -> tuple[datetime | None, datetime | None]:
    """The last moment before the first day, and the last one of the last day, of the marketplace."""
    zone = seller.marketplace.time_zone
    first, last = question.first_day, question.last_day
    return (
        calendars.end_of_day(first - ONE_DAY, zone) if first else None,
        calendars.end_of_day(last, zone) if last else None,
    )


def _within(moment: datetime, question: Question, seller: Seller) -> bool:
    after, until = _bounds(question, seller)
    return (after is None or moment > after) and (until is None or moment <= until)


def _page(found: QuerySet[Order], question: Question) -> Page[Order]:
    key = attention.ORDERING[question.attention] if question.attention else NEWEST
    return keyset.page(rows.columns(found), key, question.turn)
