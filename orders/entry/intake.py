"""Taking new orders in: the one way in for channels, imports and the demo (O2, O5, O6, I1, I3)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import calendars, digests
from accounts.actors import Actor
from accounts.models import SalesChannel, Seller
from accounts.nudge import nudge
from inventory import stock
from inventory.models import Listing
from orders import deadlines, history
from orders.entry import cart
from orders.entry.cart import Item, NewOrder, Problem
from orders.models import Order, OrderItem
from orders.states import EventKind
from payments import batches
from payments.models import Payment

TRIES = 3


@dataclass(frozen=True)
class Placed:
    """The order is in; `created` is False when the same one had been handed in before."""

    order: Order
    created: bool


@dataclass(frozen=True)
class NotPlaced:
    """The order is not in, for these reasons; nothing of it was kept."""

    problems: Sequence[Problem]


Result = Placed | NotPlaced


def place(
    news: Sequence[NewOrder], *, seller: Seller, channel: SalesChannel, actor: Actor, now: datetime
) -> list[Result]:
    """Place orders, each all or nothing; the results stand in the order of `news`.

    A placed order is Pending, its units are reserved (I1), its payment is due to be authorised. The channel's
    reference is the idempotency key: the same order again is found, a different one under it is refused (O6).
    """
    for _try in range(TRIES - 1):
        try:
            return _place(news, seller, channel, actor, now)
        except IntegrityError:
            # Somebody else handed in the same reference at the same moment: the next round finds theirs.
            continue
    return _place(news, seller, channel, actor, now)


@transaction.atomic
def _place(
    news: Sequence[NewOrder], seller: Seller, channel: SalesChannel, actor: Actor, now: datetime
) -> list[Result]:
    """One round: check the carts, hold the units, insert what can be met."""
    listings = _listings(seller, news)
    problems = [cart.check(new, seller=seller, channel=channel, listings=listings, now=now) for new in news]
    sound = [new for new, found in zip(news, problems, strict=True) if not found]
    # Held before looking for the references: of two equal orders at once the second waits here.
    Listing.objects.lock({listings[item.sku].pk for new in sound for item in new.items})
    known, taken = _known(channel, news), _taken(sound)
    results: dict[int, Result] = {}
    waiting: dict[str, int] = {}
    for index, new in enumerate(news):
        numbers = {new.number, *(item.number for item in new.items)} - {""}
        if new.reference in known:
            results[index] = _again(known[new.reference], new, seller)
        elif problems[index]:
            results[index] = NotPlaced(problems[index])
        elif new.reference in waiting:
            results[index] = NotPlaced([Problem.already_there(new.reference)])
        elif clash := taken & numbers:
            results[index] = NotPlaced([_number_taken(", ".join(sorted(clash)))])
        else:
            waiting[new.reference] = index
            taken |= numbers
    chosen = [waiting[reference] for reference in sorted(waiting)]
    results |= _insert([(index, news[index]) for index in chosen], seller, channel, listings, actor, now)
    return [results[index] for index in range(len(news))]


def _listings(seller: Seller, news: Sequence[NewOrder]) -> dict[str, Listing]:
    """The seller's active listings that these orders name, by SKU."""
    skus = {item.sku for new in news for item in new.items if cart.is_storable(item.sku)}
    return {listing.sku: listing for listing in seller.listings.filter(sku__in=skus, is_active=True)}


def _known(channel: SalesChannel, news: Sequence[NewOrder]) -> dict[str, Order]:
    """Orders that this channel handed in before, by its reference."""
    references = [new.reference for new in news if cart.is_storable(new.reference)]
    found = channel.orders.filter(reference__in=references)
    return {order.reference: order for order in found}


def _taken(news: Sequence[NewOrder]) -> set[str]:
    """Numbers that the orders bring along and that other orders or items bear already."""
    orders = Order.objects.filter(number__in=[new.number for new in news if new.number])
    items = OrderItem.objects.filter(
        number__in=[item.number for new in news for item in new.items if item.number]
    )
    return {*orders.values_list("number", flat=True), *items.values_list("number", flat=True)}


def _number_taken(number: str) -> Problem:
    return Problem(
        "number", _("%(number)s belongs to another order.") % {"number": number}, field="number", status=409
    )


def _again(order: Order, new: NewOrder, seller: Seller) -> Result:
    """The same order is found again; more or other items under its reference are refused (O6)."""
    is_same = order.seller_id == seller.pk and digests.is_same(new.fingerprint, order.fingerprint)
    return Placed(order, created=False) if is_same else NotPlaced([Problem.already_there(new.reference)])


def _insert(
    chosen: Sequence[tuple[int, NewOrder]],
    seller: Seller,
    channel: SalesChannel,
    listings: dict[str, Listing],
    actor: Actor,
    now: datetime,
) -> dict[int, Result]:
    """Reserve and save the orders whose units are there; the others are refused with what is left."""
    numbers = {index: new.number or order_number() for index, new in chosen}
    carts = [
        [stock.Line(listings[item.sku].pk, item.quantity, numbers[index]) for item in new.items]
        for index, new in chosen
    ]
    results: dict[int, Result] = {}
    orders: list[tuple[NewOrder, Order]] = []
    for (index, new), shortage in zip(chosen, stock.reserve(carts, now=now, actor=actor), strict=True):
        if shortage:
            results[index] = NotPlaced([Problem.out_of_stock(shortage)])
            continue
        order = _order(new, numbers[index], seller, channel, listings, now)
        orders.append((new, order))
        results[index] = Placed(order, created=True)
    _save(orders, listings, actor, now)
    return results


def _order(
    new: NewOrder,
    number: str,
    seller: Seller,
    channel: SalesChannel,
    listings: dict[str, Listing],
    now: datetime,
) -> Order:
    """The order with its payment, not yet saved. The limit of O4 counts from when it reached us."""
    marketplace = seller.marketplace
    handling = [listings[item.sku].handling_days for item in new.items]
    payment = Payment(
        seller=seller,
        order_number=number,
        currency=new.currency,
        amount=new.total,
        token=new.payment_token,
        provider=settings.PAYMENT_PROVIDER,
        created_at=now,
        needed_until=deadlines.of(marketplace, handling, now).confirm_deadline,
    )
    placed_at = min(new.placed_at, now)
    return Order(
        seller=seller,
        channel=channel,
        payment=payment,
        number=number,
        reference=new.reference,
        fingerprint=digests.keyed(new.fingerprint),
        fulfilment=listings[new.items[0].sku].fulfilment,
        service=new.service,
        currency=new.currency,
        total=new.total,
        placed_at=placed_at,
        placed_on=calendars.local_date(placed_at, marketplace.time_zone),
        received_at=now,
        cancel_window_ends_at=placed_at + timedelta(minutes=marketplace.buyer_cancel_minutes),
        authorise_by=now + timedelta(days=marketplace.authorisation_days),
        **new.address_fields(),
        **new.extra_fields(),
    )


def _save(
    orders: Sequence[tuple[NewOrder, Order]], listings: dict[str, Listing], actor: Actor, now: datetime
) -> None:
    """Insert payments, orders, items and events in four statements, and ask for the authorisations."""
    batches.begin([order.payment for _new, order in orders], now=now)
    Order.objects.bulk_create(order for _new, order in orders)
    OrderItem.objects.bulk_create(
        _item(order, item, listings[item.sku]) for new, order in orders for item in new.items
    )
    history.write(
        history.event(order, EventKind.PLACED, actor=actor, now=now, new_status=order.status)
        for _new, order in orders
    )
    if len(orders) == 1:
        nudge("orders.tasks.authorise", orders[0][1].pk)
    elif orders:
        nudge("orders.tasks.finish_provider_calls")


def _item(order: Order, item: Item, listing: Listing) -> OrderItem:
    """One line of the order, with the listing's words as the buyer saw them."""
    return OrderItem(
        order=order,
        seller_id=order.seller_id,
        listing=listing,
        number=item.number or f"{secrets.randbelow(10**14):014d}",
        sku=listing.sku,
        asin=listing.asin,
        title=item.title or listing.title,
        handling_days=listing.handling_days,
        quantity=item.quantity,
        price=item.price,
        tax=item.tax,
        shipping=item.shipping,
        shipping_tax=item.shipping_tax,
        **item.extra_fields(),
    )


def order_number() -> str:
    """A fresh number in the trade's form, NNN-NNNNNNN-NNNNNNN."""
    return f"{secrets.randbelow(900) + 100}-{secrets.randbelow(10**7):07d}-{secrets.randbelow(10**7):07d}"
