"""One order with all that belongs to it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import clock, moments
from accounts.models import Membership, Right
from accounts.rights import SellerRequest, requires
from inventory.models import Fulfilment
from orders import (
    actions,
    addresses,
    amounts,
    buyer_links,
    extra_facts,
    payment_words,
    personal_data_end,
    sentences,
    slots,
    standing,
)
from orders.actions import Actions
from orders.forms.note import NoteForm
from orders.lists import place, pulse
from orders.models import CancelRequest, Order, OrderEvent, OrderItem, Package
from orders.states import EventKind, OrderStatus, RequestState
from payments.states import PaymentState

TONES = {
    EventKind.AUTHORISED: "info",
    EventKind.SHIPMENT_CONFIRMED: "good",
    EventKind.CHARGED: "good",
    EventKind.ORDER_COMPLETED: "good",
    EventKind.CANCELED: "bad",
    EventKind.UNITS_CANCELED: "bad",
    EventKind.DECLINED: "warn",
    EventKind.CAPTURE_REFUSED: "bad",
    EventKind.CANCEL_REQUESTED: "warn",
    EventKind.DEADLINE_NEAR: "warn",
    EventKind.REFUND_DONE: "info",
    EventKind.REFUND_FAILED: "bad",
    EventKind.RETURN_REQUESTED: "warn",
    EventKind.MESSAGE_RECEIVED: "info",
}


@requires(Right.VIEW)
@require_safe
def detail(request: SellerRequest, number: str) -> HttpResponse:
    """The order as it stands now, with the actions that this member may take."""
    order = get_object_or_404(
        pulse.marked(request.seller.orders.select_related("channel", "payment", "note__by")), number=number
    )
    now = clock.now()
    note = getattr(order, "note", None)
    may_note = request.membership.may(Right.SHIP) and order.personal_data_deleted_at is None
    context = {
        "order": order,
        "may_revoke": request.membership.may(Right.MESSAGE) and not buyer_links.is_over(order, now),
        "back_url": place.back(request, order.number),
        "note": note,
        "note_form": NoteForm(initial={"text": note.text if note else ""}) if may_note else None,
        "zone": request.seller.marketplace.time_zone,
        "marketplace": request.seller.marketplace,
        "actions": _actions(order, request.membership, now),
        **_record(order, request.seller.marketplace.time_zone, now),
        **_standing(order, now),
    }
    about = (order, request.membership, now)
    context |= {
        "owed": (owed := standing.units_owed(context["items"])),
        "is_nothing_left": order.status == OrderStatus.PARTIALLY_SHIPPED and not owed,
        "panels": slots.fill("order", *about),
        "buttons": slots.fill("order_actions", *about),
    }
    return render(request, "orders/detail.html", context)


def _actions(order: Order, membership: Membership, now: datetime) -> Actions:
    """What the member may do; not what would cross a charge that is under way."""
    possible = actions.of(order, membership, now)
    if order.payment.state == PaymentState.CAPTURING:
        return replace(possible, ship=False, cancel=False, decide=False)
    return possible


def _record(order: Order, zone: str, now: datetime) -> dict[str, Any]:
    """What is on record, in a number of queries that does not grow with it."""
    items = list(order.items.all())
    events = list(order.events.select_related("actor", "memo"))
    return {
        "items": items,
        "lines": amounts.lines(order, items),
        "totals": amounts.totals(order, items),
        "packages": _packages(order, items),
        "payment": payment_words.of(order, zone, now),
        "capture_refusal": payment_words.refusal(events),
        "confirm_by": moments.text(order.confirm_deadline, zone) if order.confirm_deadline else "",
        "timeline": _timeline(events),
        "asked": _asked(order),
    }


def _standing(order: Order, now: datetime) -> dict[str, Any]:
    """How the order stands at this moment, and what may be shown of it."""
    window_open = standing.buyer_may_cancel(order, now)
    return {
        "is_pending": order.status == OrderStatus.PENDING,
        "is_canceled": order.status == OrderStatus.CANCELED,
        "is_unshipped": order.status == OrderStatus.UNSHIPPED,
        "is_afn": order.fulfilment == Fulfilment.AFN,
        "is_late": standing.is_late(order, now),
        "is_charge_refused": standing.is_charge_refused(order),
        "is_overdue": standing.is_overdue(order, now),
        "is_about_to_be_canceled": standing.is_about_to_be_canceled(order, now),
        "window": moments.countdown(order.cancel_window_ends_at, now) if window_open else None,
        "ship_by": moments.countdown(order.ship_by, now) if order.ship_by else None,
        "deadline": moments.countdown(order.confirm_deadline, now) if order.confirm_deadline else None,
        "ship_to": addresses.lines(order) if standing.knows_buyer(order) else None,
        "extra_facts": extra_facts.of_order(order) if standing.shows_ship_to(order) else [],
        "shows_phone": standing.shows_phone(order, now),
        "data_deleted": personal_data_end.sentence(order),
    }


def _packages(order: Order, items: Sequence[OrderItem]) -> list[tuple[Package, list[tuple[OrderItem, int]]]]:
    """Each package with its items and their units."""
    known = {item.pk: item for item in items}
    return [
        (package, [(known[unit.item_id], unit.quantity) for unit in package.units.all()])
        for package in order.packages.prefetch_related("units")
    ]


def _asked(order: Order) -> CancelRequest | None:
    """Return the open request to cancel; none once something shipped, as it can't be met any more (O10)."""
    if order.status != OrderStatus.UNSHIPPED:
        return None
    return order.cancel_requests.filter(state=RequestState.OPEN).first()


def _timeline(events: Iterable[OrderEvent]) -> list[dict[str, object]]:
    """The entries of components/timeline.html, newest first; who and from where beside each."""
    return [
        {
            "text": line.sentence,
            "when": line.at,
            "tone": TONES.get(EventKind(line.kind), ""),
            "meta": line.who if line.who == line.source else f"{line.who} · {line.source}",
            "quote": line.memo,
        }
        for line in sentences.timeline(events)
    ]
