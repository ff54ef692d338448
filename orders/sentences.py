"""The timeline in plain sentences: each event says what happened; who and from where stand beside it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import ActorKind, Source
from accounts.money import Money
from orders.models import OrderEvent
from orders.states import CancelReason, EventKind, OrderStatus


@dataclass(frozen=True)
class Line:
    """One line of the timeline."""

    at: datetime
    kind: str
    sentence: str
    who: str
    source: str
    memo: str = ""


def timeline(events: Iterable[OrderEvent]) -> list[Line]:
    """The lines, newest first, in the reader's language."""
    return [line(event) for event in sorted(events, key=lambda event: event.pk, reverse=True)]


def line(event: OrderEvent) -> Line:
    """An event with its sentence, the person or party behind it, and the way it came."""
    who = str(event.actor) if event.actor else str(ActorKind(event.actor_kind).label)
    source = str(Source(event.source).label)
    memo = event.memo.text if hasattr(event, "memo") else ""
    return Line(event.at, event.kind, sentence(event), who, source, memo)


def sentence(event: OrderEvent) -> str:
    """What happened, in words."""
    return SENTENCES[EventKind(event.kind)](event)


def _plain(words: Callable[[], str]) -> Callable[[OrderEvent], str]:
    return lambda _event: words()


def _reason(event: OrderEvent) -> str:
    return str(CancelReason(event.details["reason"]).label)


def _amount(event: OrderEvent) -> Money:
    return Money(event.details["amount"], event.details["currency"])


def _units(units: Iterable[dict[str, Any]]) -> str:
    return ", ".join(f"{each['units']} × {each['sku']}" for each in units)


def _canceled(event: OrderEvent) -> str:
    return _("Order canceled: %(reason)s.") % {"reason": _reason(event)}


def _units_canceled(event: OrderEvent) -> str:
    words = {"units": _units(event.details["units"]), "reason": _reason(event)}
    return _("Units canceled (%(units)s): %(reason)s.") % words


def _units_unsupplied(event: OrderEvent) -> str:
    words = {"units": _units(event.details["units"])}
    return _("Units that won't ship, so their stock is released: %(units)s.") % words


def _declined(event: OrderEvent) -> str:
    return _("The buyer's payment was declined; it is tried again.")


def _charged(event: OrderEvent) -> str:
    if not event.details["amount"]:
        return _("The order is free: nothing was charged.")
    return _("The buyer was charged %(amount)s for the whole order.") % {"amount": _amount(event)}


def _capture_refused(event: OrderEvent) -> str:
    return _("The buyer could not be charged, so nothing was confirmed: %(why)s") % {
        "why": _(event.details["why"])
    }


def _shipment(event: OrderEvent) -> str:
    told = [_package(package) for package in event.details["packages"]]
    words = {"packages": "; ".join(told)}
    if event.new_status == OrderStatus.SHIPPED:
        return _("Shipment confirmed: %(packages)s. The order is shipped.") % words
    return _("Shipment confirmed: %(packages)s.") % words


def _package(package: dict[str, Any]) -> str:
    tracking = package["tracking_number"]
    words = {"number": package["number"], "carrier": package["carrier"], "units": _units(package["units"])}
    if tracking:
        return _("package %(number)d by %(carrier)s, %(tracking)s (%(units)s)") % {
            **words,
            "tracking": tracking,
        }
    return _("package %(number)d by %(carrier)s without tracking (%(units)s)") % words


def _edited(event: OrderEvent) -> str:
    changes = ", ".join(f"{old or '–'} → {new or '–'}" for old, new in event.details["changes"].values())
    words = {"number": event.details["package"], "changes": changes}
    return _("Package %(number)d edited: %(changes)s.") % words


def _refund_requested(event: OrderEvent) -> str:
    return _("Refund of %(amount)s requested.") % {"amount": _amount(event)}


def _refund_taken_back(event: OrderEvent) -> str:
    return _("Refund of %(amount)s taken back before it was sent.") % {"amount": _amount(event)}


def _refund_done(event: OrderEvent) -> str:
    return _("%(amount)s refunded to the buyer.") % {"amount": _amount(event)}


def _refund_failed(event: OrderEvent) -> str:
    words = {"amount": _amount(event), "why": _(event.details["why"])}
    return _("Refund of %(amount)s failed: %(why)s") % words


def _hold_not_renewed(event: OrderEvent) -> str:
    return _(
        "The hold on the buyer's card could not be renewed: it ends %(until)s. Ship before that; a later charge may "
        "be declined."
    ) % {"until": event.details["until"]}


def _dispute(words: Callable[[], str]) -> Callable[[OrderEvent], str]:
    """A step of a dispute; `words` has its place for the amount."""
    return lambda event: words() % {"amount": _amount(event)}


def _return(words: Callable[[], str]) -> Callable[[OrderEvent], str]:
    """A step of a return; `words` has its place for the RMA number."""
    return lambda event: words() % {"rma": event.details["rma"]}


def _note(event: OrderEvent) -> str:
    """What it says stands beside the order, never in its history, which cannot be taken away."""
    return (
        _("The private note was removed.")
        if event.details["is_removed"]
        else _("The private note was changed.")
    )


SENTENCES: dict[EventKind, Callable[[OrderEvent], str]] = {
    EventKind.PLACED: _plain(lambda: _("Order placed; its units are reserved.")),
    EventKind.AUTHORISED: _plain(lambda: _("Payment authorised; the order can be shipped.")),
    EventKind.DECLINED: _declined,
    EventKind.WINDOW_CLOSED: _plain(lambda: _("The buyer can no longer cancel by themselves.")),
    EventKind.CANCEL_REQUESTED: _plain(lambda: _("The buyer asked to cancel the order.")),
    EventKind.REQUEST_DECLINED: _plain(lambda: _("The buyer's request to cancel was declined.")),
    EventKind.UNITS_CANCELED: _units_canceled,
    EventKind.CANCELED: _canceled,
    EventKind.SHIPMENT_CONFIRMED: _shipment,
    EventKind.CHARGED: _charged,
    EventKind.CAPTURE_REFUSED: _capture_refused,
    EventKind.PACKAGE_EDITED: _edited,
    EventKind.DEADLINE_NEAR: _plain(
        lambda: _("The order is about to be canceled: its shipment is not confirmed.")
    ),
    EventKind.PHONE_RELEASED: _plain(lambda: _("The relay phone number was released.")),
    EventKind.UNITS_UNSUPPLIED: _units_unsupplied,
    EventKind.ORDER_COMPLETED: _plain(
        lambda: _("Nothing is left to ship: the rest was refunded. The order is shipped.")
    ),
    EventKind.REFUND_REQUESTED: _refund_requested,
    EventKind.REFUND_TAKEN_BACK: _refund_taken_back,
    EventKind.REFUND_DONE: _refund_done,
    EventKind.REFUND_FAILED: _refund_failed,
    EventKind.RETURN_REQUESTED: _return(lambda: _("Return %(rma)s asked for.")),
    EventKind.RETURN_AUTHORISED: _return(lambda: _("Return %(rma)s authorised.")),
    EventKind.RETURN_RECEIVED: _return(lambda: _("Return %(rma)s received.")),
    EventKind.RETURN_REFUNDED: _return(lambda: _("Return %(rma)s refunded.")),
    EventKind.RETURN_CLOSED: _return(lambda: _("Return %(rma)s closed.")),
    EventKind.RETURN_REOPENED: _return(lambda: _("Return %(rma)s reopened.")),
    EventKind.MESSAGE_SENT: _plain(lambda: _("A message was sent to the buyer.")),
    EventKind.MESSAGE_RECEIVED: _plain(lambda: _("The buyer wrote a message.")),
    EventKind.NOTE_CHANGED: _note,
    EventKind.HOLD_RENEWED: _plain(lambda: _("The hold on the buyer's card was renewed.")),
    EventKind.HOLD_NOT_RENEWED: _hold_not_renewed,
    EventKind.HOLD_ENDED: _plain(
        lambda: _("The hold on the buyer's card ended before the order shipped; a new one is requested.")
    ),
    EventKind.DISPUTE_OPENED: _dispute(lambda: _("The buyer's bank disputes a charge of %(amount)s.")),
    EventKind.DISPUTE_WITHDRAWN: _dispute(
        lambda: _("The bank took %(amount)s back; it is taken from your money until the dispute is decided.")
    ),
    EventKind.DISPUTE_RETURNED: _dispute(lambda: _("The bank returned %(amount)s; it is yours again.")),
    EventKind.DISPUTE_WON: _dispute(lambda: _("The dispute over %(amount)s is won.")),
    EventKind.DISPUTE_LOST: _dispute(
        lambda: _("The dispute over %(amount)s is lost: the buyer keeps the money.")
    ),
    EventKind.DISPUTE_CLOSED: _dispute(lambda: _("The dispute over %(amount)s is closed.")),
    EventKind.DATA_DELETED: _plain(lambda: _("The buyer's personal data was deleted.")),
    EventKind.DATA_KEPT: lambda event: (
        _("The buyer's personal data is kept longer: %(reason)s") % event.details
    ),
    EventKind.DATA_RELEASED: _plain(lambda: _("The buyer's personal data is no longer kept longer.")),
    EventKind.LINK_REVOKED: _plain(
        lambda: _("The buyer's link was revoked; the next email brings a new one.")
    ),
}
