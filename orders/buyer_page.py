"""What the buyer reads on their own order page: the order in their words, never the seller's notes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.money import Money
from inventory.models import Fulfilment
from orders import charges, personal_data_end, standing
from orders.mails import one_line
from orders.models import CancelRequest, Order, OrderItem
from orders.states import MOVES, OPEN, CanceledBy, CancelReason, OrderStatus, RequestState
from payments.states import PaymentState

HEADLINES = {
    OrderStatus.PENDING: gettext_lazy("We have your order"),
    OrderStatus.UNSHIPPED: gettext_lazy("The seller is preparing your order"),
    OrderStatus.PARTIALLY_SHIPPED: gettext_lazy("Part of your order is on its way"),
    OrderStatus.SHIPPED: gettext_lazy("Your order is on its way"),
    OrderStatus.CANCELED: gettext_lazy("Your order was canceled"),
}
REASONS = {
    CancelReason.NO_INVENTORY: gettext_lazy("What you ordered is out of stock."),
    CancelReason.BUYER_CANCELED: gettext_lazy("You had asked for it."),
    CancelReason.GENERAL_ADJUSTMENT: gettext_lazy("The seller could not go on with it."),
    CancelReason.PRICING_ERROR: gettext_lazy("The price was wrong."),
    CancelReason.ADDRESS_UNDELIVERABLE: gettext_lazy("The ship-to address cannot be delivered to."),
    CancelReason.CUSTOMER_EXCHANGE: gettext_lazy("You exchange what you ordered for something else."),
    CancelReason.PAYMENT_NOT_AUTHORISED: gettext_lazy("Your payment could not be authorised in time."),
    CancelReason.NOT_CONFIRMED: gettext_lazy("The seller did not confirm the shipment in time."),
}


@dataclass(frozen=True)
class Line:
    """An item as the buyer sees it."""

    title: str
    quantity: int
    shipped: int
    canceled: int
    given_up: int
    amount: Money


def told(order: Order, now: datetime) -> dict[str, Any]:
    """All that the page shows at this moment; what the buyer may do is judged again when they do it."""
    items = list(order.items.all())
    request = order.cancel_requests.order_by("pk").last()
    can_cancel = standing.buyer_may_cancel(order, now)
    is_cancelable = OrderStatus.CANCELED in MOVES[order.status]
    return {
        "order": order,
        "marketplace": order.seller.marketplace,
        "headline": HEADLINES[OrderStatus(order.status)],
        "lines": [_line(order, item) for item in items],
        "sums": _sums(order, items),
        "payment_sentence": payment_sentence(order),
        "packages": order.packages.exclude(confirmed_at=None).prefetch_related("units__item"),
        "can_cancel": can_cancel,
        "can_ask": is_cancelable and not can_cancel and not _is_open(request),
        "is_to_ship": order.status in OPEN and order.ship_by is not None,
        "time_left": time_left(order, now),
        "request_sentence": request_sentence(order, request),
        "cancellation": cancellation(order),
        "memos": [memo.text for memo in order.memos.order_by("pk")],
        "may_leave_feedback": order.canceled_by == CanceledBy.SELLER,
        "wants_right_address": order.cancel_reason == CancelReason.ADDRESS_UNDELIVERABLE,
        "decider": decider(order),
        "data_deleted": personal_data_end.sentence_to_buyer(order),
    }


def decider(order: Order) -> str:
    """Who answers when the buyer asks to cancel: the marketplace for what it ships itself (O21)."""
    is_marketplace = order.fulfilment == Fulfilment.AFN
    return order.seller.marketplace.service_name if is_marketplace else order.seller.name


def payment_sentence(order: Order) -> str:
    """Whether the buyer was charged; before the first confirmation they never are (O15)."""
    payment = order.payment
    if not order.total and order.status != OrderStatus.CANCELED:
        return _("Your order is free: you are not charged.")
    if payment.state == PaymentState.CAPTURED:
        words = {"amount": Money(payment.captured_amount, payment.currency)}
        return _("You were charged %(amount)s for the whole order.") % words
    if order.status == OrderStatus.CANCELED:
        return _("You were not charged.")
    if payment.state == PaymentState.CAPTURING:
        return _("The seller is confirming your shipment, and you are being charged.")
    return _("You have not been charged yet. You are charged once, when the first package ships.")


def request_sentence(order: Order, request: CancelRequest | None) -> str:
    """What became of the buyer's wish to cancel (O10); nothing where it was granted: the headline says so."""
    if request is None or request.state == RequestState.ACCEPTED or order.status == OrderStatus.CANCELED:
        return ""
    words = {"decider": decider(order)}
    if request.state == RequestState.OPEN:
        return _("You asked to cancel. Your order goes on until %(decider)s agrees.") % words
    if request.state == RequestState.DECLINED:
        return _("You asked to cancel, and %(decider)s declined: your order goes on.") % words
    return _("You asked to cancel, but your order was shipped before that was decided.")


def cancellation(order: Order) -> str:
    """Who canceled and why, in the buyer's words (O13)."""
    if order.status != OrderStatus.CANCELED:
        return ""
    if order.canceled_by == CanceledBy.BUYER:
        return _("You canceled it.")
    words = {"who": order.seller.name}
    if order.canceled_by == CanceledBy.MARKETPLACE:
        words = {"who": order.seller.marketplace.name}
    sentence = _("%(who)s canceled it.") % words
    return f"{sentence} {REASONS[CancelReason(order.cancel_reason)]}"


def time_left(order: Order, now: datetime) -> str:
    """How long the buyer may still cancel by themselves, for readers without script."""
    seconds = max(int((order.cancel_window_ends_at - now).total_seconds()), 0)
    minutes, rest = divmod(seconds, 60)
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}


def _is_open(request: CancelRequest | None) -> bool:
    return request is not None and request.state == RequestState.OPEN


def _line(order: Order, item: OrderItem) -> Line:
    """A canceled order shows what was ordered; any other what the buyer still gets and pays for (O12)."""
    is_canceled = order.status == OrderStatus.CANCELED
    kept = item.quantity if is_canceled else item.units_kept
    return Line(
        title=item.title,
        quantity=kept,
        shipped=item.units_shipped,
        canceled=0 if is_canceled else item.units_canceled,
        given_up=item.units_unsupplied,
        amount=Money(charges.part(order, item.price, kept, item.quantity), order.currency),
    )


def _sums(order: Order, items: Iterable[OrderItem]) -> list[dict[str, Any]]:
    """Items, shipping, tax and the total; of a canceled order the total alone, as it was."""
    total: dict[str, Any] = {"label": _("Total"), "value": Money(order.total, order.currency)}
    if order.status == OrderStatus.CANCELED:
        return [total]
    total["total"] = True
    items = list(items)
    rows = [
        (_("Items"), ("price",)),
        (_("Shipping"), ("shipping",)),
        (_("Tax"), ("tax", "shipping_tax")),
    ]
    amounts = [
        (label, sum(charges.kept(item, component) for item in items for component in components))
        for label, components in rows
    ]
    return [{"label": label, "value": Money(minor, order.currency)} for label, minor in amounts] + [total]


def reply_hint(order: Order) -> str:
    """Return where an answer to a mail about this order goes, and whom else to ask (C1, C2)."""
    marketplace = order.seller.marketplace
    words = {"service": one_line(marketplace.service_name), "email": marketplace.service_email}
    if order.status == OrderStatus.CANCELED:
        return _("Replies to this email go to %(service)s, not to the seller: %(email)s") % words
    return (
        _(
            "Reply to this email to write to the seller; neither side sees the other's address. "
            "Other questions? %(service)s: %(email)s"
        )
        % words
    )
