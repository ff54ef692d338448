"""What the buyer is written: in their language, with the seller's memo, never with the seller's private note."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.money import Money
from notifications.models import Notice
from notifications.states import Kind
from orders import buyer_links, buyer_page
from orders.mails import Fact, Letter, one_line
from orders.models import Memo, Order, OrderEvent, OrderItem, Package
from orders.states import CancelReason
from refunds import mails as refund_mails
from refunds.models import Refund


def letter(notice: Notice) -> Letter:
    """The letter of a notice to the buyer; call it in their language."""
    return LETTERS[Kind(notice.kind)](_order(notice), _event(notice))


def _canceled(order: Order, event: OrderEvent) -> Letter:
    words = {"number": order.number, "seller": one_line(order.seller.name)}
    return _letter(
        order,
        event,
        subject=_("Your order %(number)s was canceled") % words,
        heading=_("Your order was canceled"),
        paragraphs=[buyer_page.cancellation(order), buyer_page.payment_sentence(order)],
        items=[_line(item.quantity, item.title) for item in order.items.all()],
    )


def _units_canceled(order: Order, event: OrderEvent) -> Letter:
    reason = buyer_page.REASONS[CancelReason(event.details["reason"])]
    again = _("The rest of your order goes on. You pay less: the total is %(total)s now.")
    return _letter(
        order,
        event,
        subject=_("Part of your order %(number)s was canceled") % {"number": order.number},
        heading=_("Part of your order was canceled"),
        paragraphs=[str(reason), again % {"total": Money(order.total, order.currency)}],
        items=_units(order, event.details["units"]),
    )


def _declined(order: Order, event: OrderEvent) -> Letter:
    words = {"decider": one_line(buyer_page.decider(order)), "number": order.number}
    sentence = _("You asked to cancel, and %(decider)s declined: your order goes on.") % words
    return _letter(
        order,
        event,
        subject=_("Your order %(number)s goes on") % words,
        heading=_("Your order goes on"),
        paragraphs=[sentence],
    )


def _shipped(order: Order, event: OrderEvent) -> Letter:
    told = event.details["packages"]
    found = order.packages.filter(number__in=[package["number"] for package in told])
    is_all = event.new_status == "shipped"
    heading = _("Your order is on its way") if is_all else _("Part of your order is on its way")
    subject = (
        _("Your order %(number)s is on its way")
        if is_all
        else _("Part of your order %(number)s is on its way")
    )
    return _letter(
        order,
        event,
        subject=subject % {"number": order.number},
        heading=heading,
        paragraphs=[buyer_page.payment_sentence(order)],
        items=_units(order, [units for package in told for units in package["units"]]),
        facts=[fact for package in found for fact in _package(package)],
    )


def _package(package: Package) -> list[Fact]:
    facts = [Fact(_("Carrier"), " ".join(filter(None, [package.carrier_label, package.service])))]
    if package.tracking_number:
        facts.append(Fact(_("Tracking number"), package.tracking_number))
    return facts


def _hold_ends(order: Order, event: OrderEvent) -> Letter:
    words = {"number": order.number, "until": event.details["until"]}
    held = _("Your bank did not extend the hold on your card for this order; it ends %(until)s.") % words
    after = _(
        "You haven't been charged. If the order ships later, your card is charged then. Make sure it can be charged."
    )
    return _letter(
        order,
        event,
        subject=_("The hold on your card for order %(number)s ends") % words,
        heading=_("The hold on your card ends soon"),
        paragraphs=[held, after],
    )


def _refunded(order: Order, event: OrderEvent) -> Letter:
    return refund_mails.letter(
        Refund.objects.select_related("order__seller__marketplace").get(
            pk=event.details["refund"], order=order
        )
    )


def _letter(order: Order, event: OrderEvent, *, facts: Sequence[Fact] = (), **parts: Any) -> Letter:
    """What every letter to a buyer has: the memo, the order and its page, who writes, whom to ask."""
    seller = one_line(order.seller.name)
    own = [Fact(_("Order"), order.number), Fact(_("Seller"), seller)]
    return Letter(
        quote=_memo(event),
        quote_from=_("%(seller)s writes") % {"seller": seller},
        facts=[*facts, *own],
        button=_("See your order"),
        url=buyer_links.url_for(order),
        foot=buyer_page.reply_hint(order),
        sender=one_line(order.seller.marketplace.name),
        **parts,
    )


def _memo(event: OrderEvent) -> str:
    return Memo.objects.filter(event=event).values_list("text", flat=True).first() or ""


def _units(order: Order, units: Sequence[dict[str, Any]]) -> list[str]:
    """The units that an event names by SKU, by the titles that the buyer knows."""
    titles = dict(OrderItem.objects.filter(order=order).values_list("sku", "title"))
    return [_line(each["units"], titles.get(each["sku"], each["sku"])) for each in units]


def _line(units: int, title: str) -> str:
    return f"{units} × {one_line(title)}"


def _order(notice: Notice) -> Order:
    if notice.order is None:
        raise ValueError("a notice to a buyer names an order")
    return notice.order


def _event(notice: Notice) -> OrderEvent:
    if notice.event is None:
        raise ValueError("a notice to a buyer names an event")
    return notice.event


LETTERS: dict[Kind, Callable[[Order, OrderEvent], Letter]] = {
    Kind.BUYER_CANCELED: _canceled,
    Kind.BUYER_UNITS_CANCELED: _units_canceled,
    Kind.BUYER_REQUEST_DECLINED: _declined,
    Kind.BUYER_SHIPPED: _shipped,
    Kind.BUYER_REFUND: _refunded,
    Kind.BUYER_HOLD: _hold_ends,
}
