"""A ship form that comes in, for the seller's page and for the staff's alike (O14, O15, O18)."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts import calendars, clock
from accounts.actors import Actor, ActorKind
from accounts.money import Money
from inventory.models import Fulfilment
from orders import changes, packages, parcel_remarks, shipping
from orders.carriers import OTHER
from orders.forms import seen
from orders.forms import ship as forms
from orders.forms.keys import key_of
from orders.models import Order, OrderItem
from orders.packages import Contents, Parcel
from orders.refusals import Refused
from orders.shipping import Confirmation
from orders.states import OrderStatus
from payments.states import PaymentState


@dataclass(frozen=True)
class Desk:
    """The order and its open items, read at this moment."""

    order: Order
    mark: int
    items: Sequence[OrderItem]
    today: date
    now: datetime

    @classmethod
    def of(cls, order: Order) -> "Desk":
        """Read what the form shows; `order` comes with its payment and its seller's marketplace."""
        # Before what the page shows: what happens in between is then told when the form comes back.
        mark = changes.mark(order)
        items = [item for item in order.items.all() if item.units_open]
        now = clock.now()
        return cls(order, mark, items, calendars.local_date(now, order.seller.marketplace.time_zone), now)

    def read_again(self) -> "Desk":
        """Return the order as it is now, perhaps changed since by somebody else."""
        order = Order.objects.select_related("payment", "seller__marketplace").get(pk=self.order.pk)
        return Desk.of(order)


@dataclass(frozen=True)
class Shown:
    """The form to show, and why nothing was confirmed with it."""

    desk: Desk
    form: forms.BasePackages
    key: uuid.UUID
    status: int = 200
    refusal: str = ""
    change: changes.Changed | None = None


@dataclass(frozen=True)
class Confirmed:
    """What was confirmed, and whether the buyer was charged for it just now."""

    confirmation: Confirmation
    parcels: Sequence[tuple[Parcel, Contents]]
    is_charge: bool

    def sentence(self) -> str:
        """Return what was reached, and what the buyer was charged for it."""
        if self.confirmation.is_waiting:
            return _(
                "The payment provider has not answered yet, so the charge is not certain. If it goes through, the "
                "shipment counts from now. If it is refused, nothing is confirmed and you are notified."
            )
        return _done(self.confirmation.order, is_charge=self.is_charge)

    def warnings(self) -> Iterator[str]:
        """Yield what is wrong with the tracking numbers, if anything."""
        order = self.confirmation.order
        for parcel, _contents in self.parcels:
            for remark in parcel_remarks.on_parcel(order, parcel):
                yield remark.sentence


def blank(desk: Desk) -> Shown:
    """Return the form with one package of all that is open, and a key of its own."""
    return Shown(desk, forms.packages(desk.order, desk.items, desk.today), uuid.uuid4())


def answer(data: Mapping[str, str], desk: Desk, actor: Actor) -> Shown | Confirmed:
    """Return the form with a package more or less, the form with a reason, or the confirmation, once for each key."""
    if is_rearranged(data):
        return rearranged(data, desk)
    form = forms.packages(desk.order, desk.items, desk.today, data=data)
    key = key_of(data)
    if key is None:
        refusal = _("This page has gone stale. Check the packages and confirm again.")
        return Shown(desk, form, uuid.uuid4(), 422, refusal)
    # Looked for after the items were read: a form sent twice sees either all its units open or its packages.
    if is_sent_before(data, desk):
        return _confirm(data, Shown(desk, form, key), [], actor)
    if form.is_valid():
        return _confirm(data, Shown(desk, form, key), form.parcels(), actor)
    return Shown(desk, form, key, 422)


def _confirm(
    data: Mapping[str, str], shown: Shown, parcels: Sequence[tuple[Parcel, Contents]], actor: Actor
) -> Shown | Confirmed:
    """Confirm; a refusal is shown on the form, with all that was typed."""
    desk, key = shown.desk, shown.key
    before, event = desk.order.payment.state, seen.event_of(data)
    try:
        done = shipping.confirm_shipment(desk.order, parcels, key=key, actor=actor, now=desk.now, seen=event)
    except changes.Changed as change:
        fresh = desk.read_again()
        form = forms.packages(fresh.order, fresh.items, fresh.today, initial=shown.form.typed())
        return Shown(fresh, form, key, 409, change=change)
    except Refused as refusal:
        return Shown(desk.read_again(), shown.form, key, 422, str(refusal))
    return Confirmed(done, parcels, is_charge=before != PaymentState.CAPTURED)


def is_rearranged(data: Mapping[str, str]) -> bool:
    """Return whether the form asks for a package more or less."""
    return "add" in data or "remove" in data


def rearranged(data: Mapping[str, str], desk: Desk) -> Shown:
    """Return the same page with one package more or less; nothing is checked, nothing is saved."""
    form = forms.packages(desk.order, desk.items, desk.today, data=data)
    typed, is_more = form.typed(), "add" in data
    more = forms.one_more(typed, desk.items, desk.today) if is_more else forms.one_less(typed, data["remove"])
    form = forms.packages(desk.order, desk.items, desk.today, initial=more)
    form.forms[-1].fields["ship_date"].widget.attrs["autofocus"] = True
    return Shown(desk, form, key_of(data) or uuid.uuid4())


def is_sent_before(data: Mapping[str, str], desk: Desk) -> bool:
    """Return whether packages of the order were made with this form's key."""
    key = key_of(data)
    return key is not None and desk.order.packages.filter(request_key=key).exists()


def is_nothing_left(desk: Desk, actor: Actor) -> bool:
    """Return whether the rest of the order was refunded, so that it only waits for this actor to complete it (O17)."""
    is_others = actor.kind == ActorKind.SELLER and desk.order.fulfilment == Fulfilment.AFN
    return not is_others and desk.order.status == OrderStatus.PARTIALLY_SHIPPED and not desk.items


def completed() -> str:
    """Return what is said once an order was completed."""
    return _("The order is shipped: nothing more of it is waited for.")


def why_not(desk: Desk, actor: Actor) -> str:
    """Return why not even a plain package of all that is open could be confirmed now; empty where it could."""
    if desk.order.payment.state == PaymentState.CAPTURING:
        return _("Another shipment of this order is being confirmed this very moment.")
    parcel = Parcel(ship_date=desk.order.placed_on, carrier=OTHER, carrier_name=OTHER)
    contents = {item.pk: item.units_open for item in desk.items}
    try:
        packages.check(desk.order, [(parcel, contents)], actor=actor, now=desk.now)
    except Refused as refusal:
        return str(refusal)
    return ""


def _done(order: Order, *, is_charge: bool) -> str:
    whole = order.status == OrderStatus.SHIPPED
    if not is_charge:
        return _("Shipment confirmed: the order is shipped.") if whole else _("Shipment confirmed.")
    words = {"amount": Money(order.total, order.currency)}
    if whole:
        return _("Shipment confirmed: the order is shipped. The buyer was charged %(amount)s.") % words
    return _("Shipment confirmed. The buyer was charged %(amount)s for the whole order.") % words
