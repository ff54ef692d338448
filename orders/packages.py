"""Packages under the order's lock: put on record, confirmed once the buyer is charged, dropped when that fails."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import calendars
from accounts.actors import Actor, ActorKind
from inventory import stock
from inventory.models import Fulfilment
from orders import changes, delivery, history, lifecycle, marks, personal_data_end, standing, tracking
from orders.carriers import CARRIERS, OTHER
from orders.models import CancelRequest, Order, OrderItem, Package, PackageUnit
from orders.refusals import MoveRefused, Refused
from orders.states import OPEN, EventKind, OrderStatus, RequestState


@dataclass(frozen=True)
class Parcel:
    """How a package travels; an "Other" carrier has a name."""

    ship_date: date
    carrier: str
    carrier_name: str = ""
    service: str = ""
    tracking_number: str = ""

    @classmethod
    def of(cls, package: Package) -> "Parcel":
        """How the package travels as it is on record."""
        return cls(**{field.name: getattr(package, field.name) for field in fields(cls)})


Contents = Mapping[int, int]
"""{item pk: units}"""


def check(order: Order, parcels: Sequence[tuple[Parcel, Contents]], *, actor: Actor, now: datetime) -> None:
    """Raise MoveRefused or Refused unless these packages can be confirmed now (O14, O18, O21)."""
    if order.status not in OPEN:
        raise MoveRefused.of(order.status, OrderStatus.SHIPPED)
    check_may_ship(order, actor)
    _check_deadline(order, now)
    if not standing.units_owed(order.items.all()):
        raise Refused(_("Nothing of this order is left to ship: the rest was refunded."))
    for parcel, _contents in parcels:
        check_parcel(order, parcel, now=now)
        _check_number(parcel)
    _check_contents(order, [contents for _parcel, contents in parcels])


def check_may_ship(order: Order, actor: Actor) -> None:
    """Raise Refused for a seller who would touch an order that the marketplace ships (O21)."""
    if actor.kind == ActorKind.SELLER and order.fulfilment == Fulfilment.AFN:
        raise Refused(
            _("This order is fulfilled by the marketplace; you cannot confirm or change its shipment.")
        )


def check_parcel(order: Order, parcel: Parcel, *, now: datetime) -> None:
    """Raise Refused for a ship date after today or before the purchase, or a carrier without a name (O14)."""
    today = calendars.local_date(now, order.seller.marketplace.time_zone)
    if parcel.ship_date > today:
        raise Refused(_("The ship date cannot lie in the future."))
    if parcel.ship_date < order.placed_on:
        raise Refused(_("The ship date cannot lie before the purchase."))
    if parcel.carrier not in CARRIERS:
        raise Refused(
            _("%(carrier)s is not a known carrier; choose Other and give its name.") % asdict(parcel)
        )
    if parcel.carrier == OTHER and not parcel.carrier_name.strip():
        raise Refused(_("Give the name of the carrier."))


def _check_number(parcel: Parcel) -> None:
    """Raise Refused for a tracking number that no package can have."""
    verdict = tracking.judge(parcel.carrier, parcel.tracking_number)
    if verdict.is_refused:
        raise Refused(verdict.sentence)


def _check_deadline(order: Order, now: datetime) -> None:
    """Past the deadline an unshipped order can no longer be confirmed, canceled already or not (O18)."""
    if standing.is_overdue(order, now):
        days = order.seller.marketplace.confirm_business_days
        sentence = _(
            "The shipment was not confirmed within %(days)d business days after the ship-by date. The order is "
            "being canceled: the buyer is not charged and you are not paid, even if the parcel has left."
        )
        raise Refused(sentence % {"days": days})


def _check_contents(order: Order, contents: Sequence[Contents]) -> None:
    """Raise Refused unless each package holds something and all of them together no more than is open."""
    items = {item.pk: item for item in order.items.all()}
    units: Counter[int] = Counter()
    for content in contents:
        if not content or min(content.values()) < 1 or set(content) - set(items):
            raise Refused(_("Each package holds at least one unit of this order's items."))
        units.update(content)
    if not contents:
        raise Refused(_("Choose the units that you shipped."))
    for pk, count in units.items():
        item = items[pk]
        if count > item.units_open:
            words = {"sku": item.sku, "count": count, "open": item.units_open}
            raise Refused(_("%(sku)s: %(count)d units cannot be confirmed, %(open)d are open.") % words)


def record(
    order: Order, parcels: Sequence[tuple[Parcel, Contents]], *, key: UUID, actor: Actor, now: datetime
) -> list[Package]:
    """Save the packages as asked for, not yet confirmed."""
    number = order.packages.count()
    packages = [
        Package(
            order=order,
            seller_id=order.seller_id,
            number=number + place,
            request_key=key,
            requested_at=now,
            requested_by=actor.user,
            requested_kind=actor.kind,
            requested_source=actor.source,
            **asdict(parcel),
        )
        for place, (parcel, _contents) in enumerate(parcels, start=1)
    ]
    Package.objects.bulk_create(packages)
    PackageUnit.objects.bulk_create(
        PackageUnit(package=package, item_id=pk, quantity=quantity)
        for package, (_parcel, contents) in zip(packages, parcels, strict=True)
        for pk, quantity in contents.items()
    )
    return packages


def waiting(order: Order) -> list[Package]:
    """The packages whose confirmation waits for the charge."""
    return list(order.packages.filter(confirmed_at=None).prefetch_related("units"))


def confirm(order: Order, packages: Sequence[Package], *, now: datetime) -> None:
    """The packages count as shipped from the moment the seller asked; the buyer is charged (O14, O15).

    The caller holds the order. The order is Shipped once no unit is left to ship, Partially shipped before: what was
    given up before, refunded although not shipped, is no longer waited for.
    """
    actor = packages[0].confirmed_by
    items = {item.pk: item for item in order.items.all()}
    units = [unit for package in packages for unit in package.units.all()]
    for unit in units:
        items[unit.item_id].units_shipped += unit.quantity
    lines = [stock.Line(items[unit.item_id].listing_id, unit.quantity, order.number) for unit in units]
    OrderItem.objects.bulk_update(items.values(), ["units_shipped"])
    if order.charge_refused_at:
        order.charge_refused_at = None
        order.save(update_fields=["charge_refused_at"])
    for package in packages:
        package.confirmed_at = package.requested_at
    Package.objects.bulk_update(packages, ["confirmed_at"])
    stock.take(lines, now=now, actor=actor)
    open_requests = CancelRequest.objects.filter(order=order, state=RequestState.OPEN)
    open_requests.update(state=RequestState.LAPSED, decided_at=now)
    is_whole = not any(item.units_open for item in items.values())
    details = {"packages": [_told(package, items) for package in packages]}
    marked = marks.of_shipment(order, packages, is_whole=is_whole)
    _move(order, marked, is_whole=is_whole, actor=actor, now=now, details=details)


def shipped_at(order: Order, now: datetime) -> dict[str, Any]:
    """Return the fields of an order of which nothing is left to ship.

    They say since when, how long its phone works (C3), and how long its buyer's personal data is kept (D1).
    """
    until = now + timedelta(days=order.seller.marketplace.phone_days) if order.relay_phone else None
    ship_dates = order.packages.exclude(confirmed_at=None).values_list("ship_date", flat=True)
    return {"shipped_at": now, "phone_until": until, **delivery.shipped_fields(order, max(ship_dates))}


def _move(
    order: Order,
    marked: Mapping[str, Any],
    *,
    is_whole: bool,
    actor: Actor,
    now: datetime,
    details: dict[str, Any],
) -> None:
    """Shipped, partially shipped, or still partially shipped with one more package."""
    did: dict[str, Any] = {"actor": actor, "now": now, "details": details}
    kind = EventKind.SHIPMENT_CONFIRMED
    if is_whole:
        lifecycle.move([order], OrderStatus.SHIPPED, kind, **did, **shipped_at(order, now), **marked)
    elif order.status == OrderStatus.UNSHIPPED:
        lifecycle.move([order], OrderStatus.PARTIALLY_SHIPPED, kind, **did, **marked)
    else:
        marks.put(order, marked)
        history.write([history.event(order, kind, actor=actor, now=now, **details)])


def _told(package: Package, items: Mapping[int, OrderItem]) -> dict[str, object]:
    """The package as the timeline tells it."""
    units = [{"sku": items[unit.item_id].sku, "units": unit.quantity} for unit in package.units.all()]
    return {
        "number": package.number,
        "carrier": package.carrier_label,
        "tracking_number": package.tracking_number,
        "units": units,
    }


def drop(order: Order, packages: Sequence[Package], *, why: str, is_later: bool, now: datetime) -> None:
    """Drop the packages of a refused charge: nothing is confirmed, and the timeline says why (O15).

    `is_later` where the refusal came after the click was answered: the seller is notified then, and else has read it
    on the page. The order counts as refused until it is charged. The caller holds the order.
    """
    actor = packages[0].confirmed_by
    Package.objects.filter(pk__in=[package.pk for package in packages]).delete()
    order.charge_refused_at = now
    order.save(update_fields=["charge_refused_at"])
    kind = EventKind.CAPTURE_REFUSED
    history.write([history.event(order, kind, actor=actor, now=now, why=why, is_later=is_later)])


@transaction.atomic
def edit(
    package: Package, parcel: Parcel, *, actor: Actor, now: datetime, seen: int | None = None
) -> Package:
    """Correct how a confirmed package travels (O14); its units and the moment of confirming stay.

    `seen` is the order's last event on the page that asks: raises Changed where somebody edited the package to
    something else after it. Raises Refused for a package that is not confirmed yet, or a parcel that `check_parcel`
    refuses.
    """
    order = Order.objects.lock(package.order_id)
    package = order.packages.get(pk=package.pk)
    check_may_ship(order, actor)
    personal_data_end.check_kept(order)
    check_parcel(order, parcel, now=now)
    if parcel.tracking_number != package.tracking_number:
        _check_number(parcel)
    if package.confirmed_at is None:
        raise Refused(_("This package is being confirmed this very moment."))
    edits = {name: value for name, value in asdict(parcel).items() if getattr(package, name) != value}
    if not edits:
        return package
    changes.check(order, seen, changes.TO_EDIT, package=package.number)
    told = {name: [str(getattr(package, name)), str(value)] for name, value in edits.items()}
    for name, value in edits.items():
        setattr(package, name, value)
    package.save(update_fields=list(edits))
    marks.trace_again(order)
    kind = EventKind.PACKAGE_EDITED
    history.write([history.event(order, kind, actor=actor, now=now, package=package.number, changes=told)])
    return package
