"""A row of the Shipping Confirmation feed: a new package, or a correction of one that is there (O14, F5).

A row is a correction where nothing of what it names is open, and exactly one package holds just that; or where a
package with the same units has the same tracking number. A package that was sent after the row was handed in first is
never corrected by it. All else is a new package. In a correction a blank cell keeps
what is stored, and NULL clears it. What an earlier row of the same file has sent, a later one doesn't overwrite: two
packages say what is in each.
"""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from batches.kinds import Result, done, warned
from batches.models import Batch, BatchRow
from batches.states import RowState
from orders import packages, parcel_remarks, shipping
from orders.models import Order, OrderItem, Package
from orders.packages import Contents, Parcel
from orders.states import OrderStatus
from reports.feeds import judging
from reports.feeds.files import codes
from reports.feeds.files.kinds import FeedKind
from reports.feeds.files.rows import Problem
from reports.feeds.files.ship_rows import OF_ODDITY, ShipRow
from reports.feeds.judging import Asked, RowRefused
from reports.feeds.models import Feed

SENT = (OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED)
Row = Asked[ShipRow]


def handle(batch: Batch, row: BatchRow, *, actor: Actor, now: datetime) -> Result:
    """Confirm or correct a package; done once by the row's key, however often it is tried."""
    return judging.judged(FeedKind.SHIP, _do, batch, row, actor=actor, now=now)


def check(batch: Batch, row: BatchRow, *, actor: Actor, now: datetime) -> Result:
    """What `handle` would answer if the buyer can be charged; changes nothing."""
    with transaction.atomic():
        judging.after_earlier_rows(FeedKind.SHIP, _try, batch, row, actor=actor, now=now)
        result = judging.judged(FeedKind.SHIP, _try, batch, row, actor=actor, now=now)
        transaction.set_rollback(True)
    return result


def _do(asked: Row) -> Result:
    order, item = _named(asked)
    is_begun = order.packages.filter(request_key=asked.row.key).exists()
    if not is_begun and (package := _meant(order, item, asked)):
        return _correct(package, asked)
    parcels = [] if is_begun else [_new(order, item, asked.says)]
    confirmation = shipping.confirm_shipment(
        order,
        parcels,
        key=asked.row.key,
        actor=asked.actor,
        now=asked.now,
        asked_at=_moment(asked.batch),
    )
    mine = confirmation.order.packages.get(request_key=asked.row.key)
    if confirmation.is_waiting:
        sentence = _(
            "Package %(number)d counts from now on, and is confirmed once the payment provider answers."
        )
        waits = warned(sentence % {"number": mine.number}, codes.PAYMENT_WAITS)
        return _with_remarks(waits, confirmation.order, Parcel.of(mine))
    return _confirmed(confirmation.order, mine, asked)


def _moment(batch: Batch) -> datetime:
    """When the seller asked for it: what counts for deadlines and lateness, however late the worker comes (O14)."""
    told = batch.params.get("asked_at")
    return datetime.fromisoformat(told) if told else batch.created_at


def _try(asked: Row) -> Result:
    """As `_do`, without the charge; the caller takes it back."""
    order, item = _named(asked)
    if package := _meant(order, item, asked):
        return _correct(package, asked)
    order = Order.objects.lock(order.pk)
    parcels = [_new(order, item, asked.says)]
    packages.check(order, parcels, actor=asked.actor, now=asked.now)
    recorded = packages.record(order, parcels, key=asked.row.key, actor=asked.actor, now=asked.now)
    packages.confirm(order, recorded, now=asked.now)
    return _confirmed(order, recorded[0], asked)


def _named(asked: Row) -> tuple[Order, OrderItem | None]:
    order = asked.order()
    number = asked.says.item_number
    return order, judging.item_of(order, number, "order-item-id") if number else None


def _new(order: Order, item: OrderItem | None, says: ShipRow) -> tuple[Parcel, Contents]:
    """The package that the row asks for: of an item as many units as it says, else all that is open."""
    if says.carrier is None:
        sentence = _("Give the carrier: a code, or Other and its name.")
        raise RowRefused(sentence, codes.CARRIER_MISSING, "carrier-code")
    parcel = Parcel(
        says.ship_date, says.carrier, says.carrier_name or "", says.service or "", says.tracking_number or ""
    )
    if item is None:
        return parcel, {each.pk: each.units_open for each in order.items.all() if each.units_open}
    return parcel, {item.pk: says.quantity or item.units_open}


def _meant(order: Order, item: OrderItem | None, asked: Row) -> Package | None:
    """The package that the row corrects; None for a new one. Raises RowRefused where several could be meant."""
    says = asked.says
    if order.status not in SENT:
        return None
    found = _holding(order, item, says.quantity)
    same = [each for each in found if says.tracking_number and each.tracking_number == says.tracking_number]
    if len(same) == 1 and says.quantity:
        return same[0]
    if item.units_open if item else any(each.units_open for each in order.items.all()):
        return None
    if len(same) == 1:
        return same[0]
    _check_earlier_rows(order, item, asked)
    if len(found) == 1:
        return found[0]
    words = {"number": order.number}
    sentence = _(
        "Nothing of it is open in order %(number)s, and no package holds just this. Look at the order."
    )
    if found:
        sentence = _(
            "Several packages of order %(number)s could be meant. Correct the right one on its page."
        )
    raise RowRefused(sentence % words, codes.NOT_ALLOWED, "order-item-id")


def _check_earlier_rows(order: Order, item: OrderItem | None, asked: Row) -> None:
    """Raise RowRefused where an earlier row of the file has sent all that this one names."""
    places = asked.row.data.get("earlier", [])
    earlier = asked.batch.rows.filter(place__in=places).exclude(state=RowState.REFUSED).order_by("place")
    for row in earlier if places else ():
        named = judging.row_of(row)["order-item-id"]
        if item is None or not named or named.zfill(len(item.number)) == item.number:
            words = {"number": order.number, "row": row.data["number"]}
            sentence = _(
                "Row %(row)d has already confirmed everything in order %(number)s. To confirm two packages, enter "
                "order-item-id and quantity in both rows."
            )
            if not asked.says.quantity:
                raise RowRefused(sentence % words, codes.WHICH_ITEMS, "quantity" if item else "order-item-id")
            sentence = _(
                "Earlier rows of this file have already confirmed all units of this item in order %(number)s."
            )
            raise RowRefused(sentence % words, codes.NOT_ALLOWED, "quantity")


def _holding(order: Order, item: OrderItem | None, quantity: int | None) -> list[Package]:
    """The packages that hold what a row names and nothing else; any package of the order where it names no item.

    A row without a quantity names all units of the item that were sent.
    """
    found = []
    for package in order.packages.filter(confirmed_at__isnull=False).prefetch_related("units"):
        units = {unit.item_id: unit.quantity for unit in package.units.all()}
        is_this = item is None or (
            set(units) == {item.pk} and units[item.pk] == (quantity or item.units_shipped)
        )
        if is_this:
            found.append(package)
    return found


def _correct(package: Package, asked: Row) -> Result:
    """Overwrite what the row gives. The answer is the same when it was done already."""
    says = asked.says
    given: dict[str, Any] = {
        "ship_date": says.ship_date,
        "carrier": says.carrier,
        "carrier_name": says.carrier_name,
        "service": says.service,
        "tracking_number": says.tracking_number,
    }
    parcel = replace(
        Parcel.of(package), **{name: value for name, value in given.items() if value is not None}
    )
    if parcel != Parcel.of(package) and not asked.batch.is_dry_run and _is_newer(package, asked):
        sentence = _(
            "Package %(number)d was sent after this row was handed in. Correct it on the order's page."
        )
        raise RowRefused(sentence % {"number": package.number}, codes.NOT_ALLOWED, "order-id")
    packages.edit(package, parcel, actor=asked.actor, now=asked.now)
    result = done(_("Package %(number)d says so now.") % {"number": package.number})
    return _with_remarks(result, package.order, parcel) if says.tracking_number else result


def _is_newer(package: Package, asked: Row) -> bool:
    """Whether the package was asked for after the row was handed in first, or by a later row of its file."""
    feed = Feed.objects.filter(pk=asked.batch.params.get("feed")).first()
    first = (Batch.objects.filter(key=feed.key_of_batch(0)).first() if feed else None) or asked.batch
    later = first.rows.filter(subject=asked.row.subject, place__gt=asked.row.place)
    keys = {uuid.uuid5(first.key, str(place)) for place in later.values_list("place", flat=True)}
    return package.requested_at > _moment(first) or package.request_key in keys


def _with_remarks(result: Result, order: Order, parcel: Parcel) -> Result:
    """The result with what there is to say about the parcel's tracking number."""
    found = parcel_remarks.on_parcel(order, parcel)
    remarks = [
        Problem(OF_ODDITY[each.oddity], "tracking-number", each.sentence) for each in found if each.oddity
    ]
    return judging.remarked(result, remarks)


def _confirmed(order: Order, package: Package, asked: Row) -> Result:
    """Done; with a remark where an earlier file, or a click, has sent the same units, or the number is odd."""
    result = _confirmed_once(order, package, asked)
    return _with_remarks(result, order, Parcel.of(package))


def _confirmed_once(order: Order, package: Package, asked: Row) -> Result:
    """Done; with a remark where the same units were sent before."""
    told = done(_("Confirmed as package %(number)d.") % {"number": package.number})
    says = asked.says
    if not (says.item_number and says.quantity):
        return told
    item = judging.item_of(order, says.item_number, "order-item-id")
    ours = {uuid.uuid5(asked.batch.key, str(place)) for place in asked.row.data.get("earlier", [])}
    before = [each for each in _holding(order, item, says.quantity) if each.number < package.number]
    if not [each for each in before if each.request_key not in ours]:
        return told
    words = {"number": package.number, "before": before[0].number}
    sentence = _("Confirmed as package %(number)d: one more with the same units as package %(before)d.")
    return warned(sentence % words, codes.ONE_MORE, "quantity")
