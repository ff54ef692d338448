"""A refund form that comes in, for the seller's page and for the staff's alike (R1, R2, R3, R5).

Nothing is booked before the confirm, which carries the key that was minted with the form, the order's last event and
what was refunded when the form was made, and the amounts as they were shown.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import clock, moments
from accounts.actors import Actor
from accounts.money import Money
from orders import changes
from orders.changes import Changed
from orders.forms import seen
from orders.models import Order, OrderItem
from orders.refusals import Refused
from refunds import amounts, prefill, records, refunds
from refunds.amounts import ItemAmounts
from refunds.forms import agreed
from refunds.forms.agreed import AgreedForm, OnceForm
from refunds.forms.refund import RefundForm
from refunds.forms.words import WordsForm
from refunds.models import Refund, Return
from refunds.refusals import KeyReused, Stale
from refunds.states import RefundState


@dataclass(frozen=True)
class Desk:
    """The order with what of its items can be refunded, read at this moment."""

    order: Order
    mark: int
    items: list[tuple[OrderItem, ItemAmounts]]
    returns: list[Return]
    now: datetime

    @classmethod
    def of(cls, order: Order) -> "Desk":
        """Read what the form shows; `order` comes with its seller's marketplace."""
        # Before what the page shows: what happens in between is then told when the form comes back.
        mark = changes.mark(order)
        items = [(item, amounts.of_item(item)) for item in order.items.select_related("refunds")]
        charged = [(item, found) for item, found in items if found.charged.total]
        return cls(order, mark, charged, records.open_returns(order), clock.now())

    @property
    def seen(self) -> int:
        """What is refunded so far, done or on its way."""
        return sum(found.refunded.total for _item, found in self.items)

    @property
    def open_units(self) -> int:
        """How many units are still to be shipped."""
        return sum(found.units_open for _item, found in self.items)

    def form(self, data: Any = None, initial: dict[str, Any] | None = None) -> RefundForm:
        return RefundForm(data, initial=initial, order=self.order, items=self.items, returns=self.returns)

    def blank(self, asked: Mapping[str, str]) -> "Shown":
        """Return the form with what the address asks to have filled in."""
        return Shown(self, self.form(initial=prefill.of(asked, self.items, self.returns)))

    def read_again(self) -> "Desk":
        """Return the order as it is now, perhaps refunded since by somebody else."""
        return Desk.of(Order.objects.select_related("seller__marketplace").get(pk=self.order.pk))

    def typed(self, data: Any) -> dict[str, Any]:
        """What stands in the fields, right or wrong, to be shown again."""
        form = self.form(data)
        return {name: form[name].value() for name in form.fields}


@dataclass(frozen=True)
class Shown:
    """The form to show, and why nothing was refunded with it."""

    desk: Desk
    form: RefundForm
    key: uuid.UUID | None = None
    refusal: str = ""
    change: str = ""
    status: int = 200


@dataclass(frozen=True)
class Summary:
    """What a valid form comes to, to be confirmed."""

    desk: Desk
    form: RefundForm
    key: uuid.UUID

    def never_shipping(self) -> str:
        """The units that will not ship after this, in words (R6)."""
        units = self.form.unsupplied()
        return ", ".join(
            f"{units[item.pk]} × {item.sku}" for item, _found in self.form.items if item.pk in units
        )


@dataclass(frozen=True)
class Booked:
    """The refund that was asked for, perhaps by the same form before."""

    desk: Desk
    refund: Refund

    def sentence(self) -> str:
        """Return how far the refund is."""
        refund, zone = self.refund, self.desk.order.seller.marketplace.time_zone
        words = {"amount": Money(refund.amount, refund.currency), "time": moments.text(refund.due_at, zone)}
        if refund.state in (RefundState.TAKEN_BACK, RefundState.FAILED):
            words["state"] = RefundState(refund.state).label
            return _("This refund of %(amount)s was asked for before. It stands at: %(state)s.") % words
        if refund.due_at <= self.desk.now:
            return _("The refund of %(amount)s is on its way to the buyer.") % words
        return _("The refund of %(amount)s is sent at %(time)s. Until then you can take it back.") % words


def answer(data: Any, desk: Desk, actor: Actor) -> Shown | Summary | Booked:
    """Return the form, what it comes to, or the refund, once for each key."""
    if "confirm" in data:
        return _confirm(data, desk, actor)
    if "fill" in data or "edit" in data:
        return _rearranged(data, desk)
    return _review(data, desk)


def _review(data: Any, desk: Desk) -> Shown | Summary:
    """What the form comes to, to be confirmed; back to the form where it makes no sense."""
    form, once = desk.form(data), agreed.once(data)
    if once is None:
        return Shown(desk, form, refusal=_gone_stale(), status=422)
    try:
        changes.check(desk.order, seen.event_of(data), changes.TO_REFUND)
    except Changed as change:
        return _changed(data, desk, change, once)
    if once.cleaned_data["seen"] != desk.seen:
        return _changed(data, desk, Stale(), once)
    if not form.is_valid():
        return Shown(desk, form, key=once.cleaned_data["key"], status=422)
    return Summary(desk, form, once.cleaned_data["key"])


def _confirm(data: Any, desk: Desk, actor: Actor) -> Shown | Booked:
    """Book what the summary showed; a refusal says why nothing was booked."""
    form = AgreedForm(data)
    # Not the whole form: sent twice, its amounts are no longer left, and it is still the same refund.
    words = WordsForm(data, returns=list(desk.order.returns.all()))
    if not form.is_valid() or not words.is_valid():
        return Shown(desk, desk.form(data), refusal=_gone_stale(), status=422)
    told = form.cleaned_data
    try:
        done = refunds.request(
            desk.order,
            told["agreed"],
            key=told["key"],
            seen=told["seen"],
            seen_event=seen.event_of(data),
            unsupplied=form.unsupplied,
            **words.words(),
            actor=actor,
            now=desk.now,
        )
    except (Stale, Changed, KeyReused) as refusal:
        return _changed(data, desk.read_again(), refusal, form)
    except Refused as refusal:
        desk = desk.read_again()
        return Shown(desk, desk.form(initial=desk.typed(data)), refusal=str(refusal), status=422)
    return Booked(desk, done)


def _rearranged(data: Any, desk: Desk) -> Shown:
    """The same form with all that is left filled in, or as it was typed; nothing is checked, nothing is saved."""
    typed, once = desk.typed(data), agreed.once(data)
    if "fill" in data:
        typed |= prefill.everything(desk.items)
    return Shown(desk, desk.form(initial=typed), key=once.cleaned_data["key"] if once else None)


def _changed(data: Any, desk: Desk, refusal: Refused, once: OnceForm) -> Shown:
    """Nothing was booked, since the order has changed: what it was and what it is, and the form again."""
    then, to_ship = once.cleaned_data["seen"], once.cleaned_data["seen_open"]
    both = []
    if then != desk.seen:
        words = {"then": Money(then, desk.order.currency), "now": Money(desk.seen, desk.order.currency)}
        both.append(_("Refunded when the page was opened: %(then)s. Refunded now: %(now)s.") % words)
    if to_ship not in (None, desk.open_units):
        units = {"then": to_ship, "now": desk.open_units}
        both.append(_("Units to ship when the page was opened: %(then)d. Now: %(now)d.") % units)
    form = desk.form(initial=desk.typed(data))
    return Shown(desk, form, refusal=str(refusal), change=" ".join(both), status=409)


def _gone_stale() -> str:
    return _("This page has gone stale, so nothing was refunded. Check it and send it again.")
