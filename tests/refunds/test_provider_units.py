"""Parts of an order are amounts that the payment provider can move, in currencies with coarse steps too (P3)."""

import pytest

from orders import charges, lifecycle
from orders.models import Order
from orders.states import CancelReason
from payments.models import Payment
from refunds import amounts
from refunds.refusals import AmountRefused
from tests.factories import NOON, ListingFactory, MarketplaceFactory, SellerFactory
from tests.helpers import SYSTEM, authorised, ship
from tests.refunds.steps import ask, item_of, refund

pytestmark = pytest.mark.django_db
STEPS = [("KWD", 10), ("BHD", 10), ("MGA", 100), ("USD", 1), ("JPY", 1)]


def held(currency: str, units: int = 3) -> Order:
    """Some units at 1,000 minor units each, with tax and shipping; its money is Stripe's to move."""
    seller = SellerFactory(marketplace=MarketplaceFactory(currency=currency))
    listing = ListingFactory(seller=seller, price=1_000, on_hand=units + 5)
    order = authorised((listing, units))
    Payment.objects.update(provider="stripe")
    order.payment.refresh_from_db()
    return order


def shipped(currency: str, units: int = 3) -> Order:
    order = held(currency, units)
    Payment.objects.update(provider="sandbox")
    ship(order)
    Payment.objects.update(provider="stripe")
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize(("currency", "step"), STEPS)
def test_canceling_units_leaves_a_total_that_can_be_captured(currency, step):
    order = held(currency)
    (item,) = order.items.all()
    item.tax, item.shipping = 200, 500
    item.save()
    for _unit in range(2):
        words = {"reason": CancelReason.NO_INVENTORY, "actor": SYSTEM, "now": NOON}
        order = lifecycle.cancel_units(order, {item.pk: 1}, **words)
        assert order.total % step == 0
        assert all(charges.kept(order.items.get(), part) % step == 0 for part in charges.COMPONENTS)


@pytest.mark.parametrize(("currency", "step"), STEPS)
def test_units_refunded_one_by_one_are_movable_and_end_at_the_whole(currency, step):
    order = shipped(currency, 5)
    (item,) = amounts.of_order(order).values()
    found, total = item, amounts.Split()
    for _unit in range(5):
        split = amounts.of_units(found, 1)
        assert all(getattr(split, part) % step == 0 for part in charges.COMPONENTS)
        total += split
        found = amounts.ItemAmounts(
            found.charged, found.refunded + split, found.units_charged, found.units_refunded + 1, found.step
        )
    assert total == item.charged


def test_a_refund_of_an_odd_fils_is_refused_with_the_reason():
    order = shipped("KWD")
    with pytest.raises(AmountRefused) as refused:
        refund(order, ask(order, 333))
    item = item_of(order)
    why = "The payment provider can't move KWD0.333, only multiples of KWD0.010."
    assert (str(refused.value), refused.value.component) == (f"{item.sku}, Price: {why}", "price")
    assert not order.refunds.exists()


def test_the_tax_of_a_part_is_movable_too():
    order = shipped("KWD")
    made = refund(order, ask(order, 330))
    line = made.lines.get()
    assert (line.price, line.tax % 10, made.amount % 10) == (330, 0, 0)
