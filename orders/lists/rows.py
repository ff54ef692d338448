"""Orders as rows of a list: every cell a ready text, so that fifty of them cost the template nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import moments
from accounts.models import Membership
from accounts.money import Money
from orders import actions, standing
from orders.lists import cells, pulse
from orders.lists import columns as table
from orders.lists.cells import Cell, Facts
from orders.lists.columns import Column
from orders.models import CancelRequest, Order, OrderItem, Package
from orders.states import CanceledBy, CancelReason, OrderStatus, RequestState

ADDRESSES = ("detail", "ship", "cancel", "packing_slip")
ITEM_COLUMNS = ("order_id", "sku", "title", "quantity", "units_shipped", "units_canceled", "units_unsupplied")
PARCEL = ("number", "carrier", "carrier_name", "tracking_number")
COLUMNS = (
    *(
        "seller",
        "number",
        "status",
        "fulfilment",
        "service",
        "currency",
        "total",
        "placed_at",
        "cancel_window_ends_at",
    ),
    *(
        "charge_refused_at",
        "ship_by",
        "confirm_deadline",
        "warn_at",
        "canceled_at",
        "canceled_by",
        "cancel_reason",
    ),
    *("buyer_name", "city", "country", "channel__name", "personal_data_deleted_at"),
)
ANY_NUMBER = "000-0000000-0000000"


@dataclass(frozen=True, slots=True)
class Badge:
    """A state beside the status; `until` counts its time down."""

    state: str
    label: str
    until: str = ""
    left: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A deadline in the ship-by cell; counted down by the script where `until` says up to when."""

    label: str
    left: str
    tone: str
    until: str = ""
    urgent: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One order as the list shows it."""

    number: str
    url: str
    placed: str
    source: str
    title: str
    sku: str
    units: str
    progress: str
    buyer: str
    ship_to: str
    service: str
    ship_by: str
    chips: tuple[Chip, ...]
    total: str
    status: str
    label: str
    badges: tuple[Badge, ...]
    note: str
    canceled: str
    is_dim: bool
    ship_url: str
    cancel_url: str
    slip_url: str
    more: Mapping[str, Cell] = field(default_factory=dict)


def columns(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Read only what a row shows, whether the buyer asks to cancel (O10), and what happened last (O20)."""
    asked = CancelRequest.objects.filter(order=OuterRef("pk"), state=RequestState.OPEN)
    found = orders.select_related("channel").only(*COLUMNS).annotate(is_asked=Exists(asked))
    return pulse.marked(found)


class Rows:
    """Makes rows for one member: in their language, on the marketplace's clock, with what they may do.

    `columns` are those that the list shows; what only others need is not read.
    """

    def __init__(
        self, membership: Membership, now: datetime, columns: Sequence[Column] = table.USUAL
    ) -> None:
        self.membership = membership
        self.columns = columns
        self.now = now
        self.zone = ZoneInfo(membership.seller.marketplace.time_zone)
        self.labels = {status: str(label) for status, label in OrderStatus.choices}
        self.left = cache(moments.left)
        self.deleted = _("Deleted")
        self.address = {name: reverse(f"orders:{name}", args=[ANY_NUMBER]) for name in ADDRESSES}

    def of(self, orders: Sequence[Order]) -> list[Row]:
        """The rows of orders read by `columns`, with their items and all else that is shown in one query."""
        pks = [order.pk for order in orders]
        items: dict[int, list[Any]] = {pk: [] for pk in pks}
        for item in _read(pks, table.reads(self.columns)):
            items[item.order_id].append(item)
        return [self.row(order, items[order.pk]) for order in orders]

    def row(self, order: Order, items: Sequence[Any]) -> Row:
        """One order; a Pending one with its basic details only (O2)."""
        may = actions.of(order, self.membership, self.now)
        is_open = standing.shows_ship_to(order)
        placed = order.placed_at.astimezone(self.zone)
        address = {name: url.replace(ANY_NUMBER, order.number) for name, url in self.address.items()}
        return Row(
            number=order.number,
            url=address["detail"],
            placed=f"{placed:%Y-%m-%d %H:%M %Z}",
            source=f"{order.fulfilment} · {order.channel.name}",
            **_items(items),
            progress=_progress(order, items),
            buyer="" if order.status == OrderStatus.PENDING else order.buyer_name or self.deleted,
            ship_to=", ".join(part for part in (order.city, order.country) if part) if is_open else "",
            service=order.service,
            ship_by=self._day(order.ship_by) if is_open else "",
            chips=tuple(self._chips(order)),
            total=str(Money(order.total, order.currency)),
            status=order.status,
            label=self.labels[order.status],
            badges=tuple(self._badges(order)),
            note=str(CancelReason(order.cancel_reason).label) if order.cancel_reason else "",
            canceled=self._canceled(order, order.canceled_at) if order.canceled_at else "",
            is_dim=not is_open,
            ship_url=address["ship"] if may.ship else "",
            cancel_url=address["cancel"] if may.cancel else "",
            slip_url=address["packing_slip"] if may.print_slip else "",
            more=self._more(Facts(order, items, self.zone)),
        )

    def _more(self, facts: Facts) -> dict[str, Cell]:
        """The cells of the columns that not every list has."""
        return {
            column.key: cells.of(column.key, facts) for column in self.columns if column.key in cells.TEXTS
        }

    def _badges(self, order: Order) -> Iterable[Badge]:
        """What needs attention, beside the status (O9, O10, O17, O18)."""
        if standing.is_charge_refused(order):
            yield Badge("charge_refused", _("Charge refused"))
        if standing.is_late(order, self.now):
            yield Badge("late", _("Shipment is late"))
        if standing.is_about_to_be_canceled(order, self.now):
            yield Badge("about_to_cancel", _("About to be canceled"))
        if getattr(order, "is_asked", False) and order.status == OrderStatus.UNSHIPPED:
            yield Badge("cancel_requested", _("Cancel requested"))
        if standing.buyer_may_cancel(order, self.now):
            ends = order.cancel_window_ends_at
            yield Badge("window_open", _("Buyer can cancel"), _iso(ends), self.left(ends - self.now))

    def _chips(self, order: Order) -> Iterable[Chip]:
        """How long until the ship-by date, or since; and until the order is canceled unconfirmed (O18)."""
        if standing.is_late(order, self.now) and order.ship_by:
            yield Chip(_("Late by"), self._rough(order.ship_by), "is-past")
        elif order.status in (OrderStatus.UNSHIPPED, OrderStatus.PARTIALLY_SHIPPED) and order.ship_by:
            yield self._countdown(_("Ship in"), order.ship_by)
        if standing.is_about_to_be_canceled(order, self.now) and order.confirm_deadline:
            yield self._countdown(_("Canceled in"), order.confirm_deadline, tone="tone-bad")

    def _countdown(self, label: str, moment: datetime, tone: str = "") -> Chip:
        """A chip with the time left, in a tone of its own or urgent on the last day."""
        rest, last = moment - self.now, timedelta() if tone else moments.URGENT
        urgent = f"{last.total_seconds():.0f}"
        return Chip(
            label, self.left(rest), tone or ("is-urgent" if rest < last else ""), _iso(moment), urgent
        )

    def _rough(self, past: datetime) -> str:
        """How long ago, "3d 4h"."""
        return self.left(self.now - past)

    def _day(self, moment: datetime | None) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d}" if moment else ""

    def _canceled(self, order: Order, when: datetime) -> str:
        """Who canceled and when, beside the reason (O13)."""
        return f"{CanceledBy(order.canceled_by).label} · {when.astimezone(self.zone):%Y-%m-%d %H:%M %Z}"


def _read(pks: Sequence[int], more: Sequence[str]) -> Iterable[Any]:
    """The items of these orders; with each stands what is read of the order itself, its last package included."""
    found = OrderItem.objects.filter(order__in=pks).order_by("order_id", "pk")
    if table.PACKAGE in more:
        sent = Package.objects.filter(order=OuterRef("order"), confirmed_at__isnull=False)
        parcel = JSONObject(**dict(zip(PARCEL, PARCEL, strict=True)))
        found = found.annotate(**{table.PACKAGE: sent.order_by("-number").values(data=parcel)[:1]})
    return found.values_list(*ITEM_COLUMNS, *more, named=True)


def _items(items: Sequence[Any]) -> dict[str, str]:
    """The first item, how many more there are, and all units together."""
    more = len(items) - 1
    told = [_("Qty %(n)d") % {"n": sum(item.quantity for item in items)}]
    if more:
        told.append(ngettext("+%(n)d more item", "+%(n)d more items", more) % {"n": more})
    return {"title": items[0].title, "sku": items[0].sku, "units": " · ".join(told)}


def _progress(order: Order, items: Sequence[Any]) -> str:
    """How far a partly shipped or partly canceled order is."""
    shipped = sum(item.units_shipped for item in items)
    canceled = sum(item.units_canceled for item in items)
    given_up = sum(item.units_unsupplied for item in items)
    told = []
    if order.status == OrderStatus.PARTIALLY_SHIPPED:
        told.append(_("%(n)d shipped") % {"n": shipped})
    if canceled and order.status != OrderStatus.CANCELED:
        told.append(_("%(n)d canceled") % {"n": canceled})
    if given_up:
        told.append(_("%(n)d refunded, not shipped") % {"n": given_up})
    return " · ".join(told)


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
