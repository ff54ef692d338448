"""Confirm the shipment of many orders, each whole and in one package, each by itself (O14, O15)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.models import Right
from batches.kinds import Kind, Result, done, refused, warned
from batches.models import Batch, BatchRow
from orders import packages, parcel_remarks, shipping
from orders.bulk import anew
from orders.bulk.grid import Line
from orders.changes import Changed
from orders.models import Order
from orders.packages import Contents, Parcel
from orders.refusals import CaptureRefused, Refused

Shipment = tuple[Order, Parcel, Contents, int]


def row(line: Line) -> tuple[str, Mapping[str, Any]]:
    """A row of a batch: the parcel as it was typed, the units as they were seen."""
    parcel = asdict(line.form.parcel())
    data = {"parcel": {**parcel, "ship_date": f"{parcel['ship_date']}"}, "seen": line.seen.event}
    return line.order.number, {**data, "units": [[pk, count] for pk, count in line.seen.units.items()]}


def rows(lines: Iterable[Line]) -> list[tuple[str, Mapping[str, Any]]]:
    """The rows of a batch that confirms these lines of the grid."""
    return [row(line) for line in lines]


def handle(batch: Batch, row: BatchRow, *, actor: Actor, now: datetime) -> Result:
    """Confirm one order; however often it is tried, by the row's key it is one shipment and one charge.

    What counts for lateness is the moment when the batch was asked for, however late the worker comes.
    """
    shipment = _read(batch, row)
    if shipment is None:
        return refused(_("There is no such order."), "unknown")
    order, parcel, contents, seen = shipment
    try:
        confirmed = shipping.confirm_shipment(
            order,
            [(parcel, contents)],
            key=row.key,
            actor=actor,
            now=now,
            seen=seen,
            asked_at=batch.created_at,
        )
    except CaptureRefused as refusal:
        return refused(str(refusal), "not-charged")
    except Changed as refusal:
        return refused(str(refusal), anew.CHANGED)
    except Refused as refusal:
        return refused(str(refusal), "refused")
    return _told(order, parcel, is_waiting=confirmed.is_waiting)


def _told(order: Order, parcel: Parcel, *, is_waiting: bool) -> Result:
    """Done, with a remark where the charge is still to come or something is odd about the tracking number."""
    problem = " ".join(remark.sentence for remark in parcel_remarks.on_parcel(order, parcel))
    if is_waiting:
        sentence = _(
            "The payment provider has not answered yet. If it refuses the charge, nothing is confirmed and you are "
            "notified."
        )
        return warned(f"{sentence} {problem}".rstrip(), "waiting")
    if problem:
        return warned(f"{_('Shipment confirmed.')} {problem}", "tracking", "tracking_number")
    return done(_("Shipment confirmed."))


def check(batch: Batch, row: BatchRow, *, actor: Actor, now: datetime) -> Result:
    """What `handle` would say before it asks the payment provider."""
    shipment = _read(batch, row)
    if shipment is None:
        return refused(_("There is no such order."), "unknown")
    order, parcel, contents, _seen = shipment
    try:
        packages.check(order, [(parcel, contents)], actor=actor, now=now)
    except Refused as refusal:
        return refused(str(refusal), "refused")
    return done()


def _read(batch: Batch, row: BatchRow) -> Shipment | None:
    order = batch.seller.orders.filter(number=row.subject).first()
    if order is None:
        return None
    parcel = {**row.data["parcel"], "ship_date": date.fromisoformat(row.data["parcel"]["ship_date"])}
    return order, Parcel(**parcel), dict(row.data["units"]), row.data["seen"]


KIND = Kind(
    label=gettext_lazy("Confirm shipments"),
    right=Right.SHIP,
    handle=handle,
    check=check,
    is_atomic=False,
    home=anew.home,
)
