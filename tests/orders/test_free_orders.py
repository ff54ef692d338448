"""Orders and lines at 0.00: taken, shipped without a charge, settled at nothing, never refunded (B7)."""

import pytest

from inventory.models import Listing
from orders import buyer_page, lifecycle, sweeps
from orders.entry.cart import Item
from orders.models import Order
from orders.states import CancelReason, OrderStatus
from payments import audit, ledger, providers, statements
from payments.models import Payment, ProviderCall, SandboxOperation, Statement
from payments.states import PaymentState
from refunds.models import Refund
from refunds.refunds import Ask
from refunds.refusals import AmountRefused, NothingCharged
from tests.factories import NOON, ListingFactory, free_item
from tests.helpers import SYSTEM, authorised, new_order, place, ship
from tests.refunds import steps as refunds
from tests.reports.steps import DAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
WHY = "This order was free. The buyer paid nothing, so there is nothing to refund."


@pytest.fixture
def free(listing: Listing) -> Order:
    return authorised((listing, 2), items=(free_item(listing, 2),))


@pytest.fixture
def mixed(listing: Listing) -> Order:
    """A paid line with a free one."""
    other = ListingFactory(seller=listing.seller, sku="GIFT-1", on_hand=5)
    (paid,) = new_order((listing, 1)).items
    return authorised((listing, 1), items=(paid, free_item(other)))


def page(client, order: Order) -> str:
    return " ".join(client.get(f"/orders/{order.number}/").content.decode().split())


def test_b7_a_free_order_ships_without_a_charge(free: Order) -> None:
    assert (free.status, free.total) == (OrderStatus.UNSHIPPED, 0)
    assert ship(free).status == OrderStatus.SHIPPED
    payment = Payment.objects.get()
    assert (payment.state, payment.captured_amount, payment.settles_on) == (PaymentState.CAPTURED, 0, None)
    assert (SandboxOperation.objects.count(), payment.entries.count()) == (0, 0)
    assert ledger.balance(payment) == ledger.Balance(0, 0, 0, 0, 0)


def test_no_provider_is_asked_about_a_free_order_and_one_cent_asks_it(listing, monkeypatch) -> None:
    """The control: the same with one cent reaches the provider."""
    asked = []
    monkeypatch.setattr(providers, "get", lambda name: asked.append(name) or pytest.fail("asked"))
    assert authorised((listing, 1), items=(free_item(listing),)).status == OrderStatus.UNSHIPPED
    assert asked == []
    place((listing, 1), items=(Item(listing.sku, 1, 1),))
    with pytest.raises(pytest.fail.Exception):
        sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)


def test_a_free_order_is_settled_at_nothing(free: Order) -> None:
    ship(free)
    statements.sweep(NOON)
    statements.sweep(NOON + 60 * DAY)
    assert not Statement.objects.filter(lines__payment__order=free).exists()
    assert list(audit.faults()) == []


def test_a_free_order_cannot_be_refunded_and_the_reason_is_said(free: Order, alice) -> None:
    ship(free)
    with pytest.raises(NothingCharged, match=WHY):
        refunds.refund(free)
    shown = alice.get(f"/orders/{free.number}/refunds/")
    assert (shown.status_code, WHY in shown.content.decode()) == (200, True)
    assert alice.post(f"/orders/{free.number}/refunds/", {"confirm": "1"}).status_code == 409
    assert (Refund.objects.count(), ProviderCall.objects.filter(operation="refund").count()) == (0, 0)


def test_a_free_order_offers_a_return_and_no_refund(free: Order, alice) -> None:
    ship(free)
    shown = page(alice, free)
    assert f"/orders/{free.number}/return/" in shown
    assert f"/orders/{free.number}/refunds/" not in shown


def test_the_payment_line_says_that_the_order_is_free(listing, free: Order, alice) -> None:
    pending = place((listing, 1), items=(free_item(listing),))
    assert "The buyer pays nothing. The order is ready to ship in a moment." in page(alice, pending)
    assert "You can ship without a charge, and nothing is settled afterwards." in page(alice, free)
    ship(free)
    assert "There is nothing to settle, and nothing to refund." in page(alice, free)


def test_ship_page_history_and_buyer_say_that_nothing_is_charged(free: Order, alice) -> None:
    shown = alice.get(f"/orders/{free.number}/ship/").content.decode()
    assert ("The order is free: the buyer is not charged" in shown, "is charged $0.00" in shown) == (
        True,
        False,
    )
    assert buyer_page.payment_sentence(free) == "Your order is free: you are not charged."
    ship(free)
    assert "The order is free: nothing was charged." in page(alice, free)
    assert "charged $0.00" not in page(alice, free)
    free.refresh_from_db()
    assert buyer_page.payment_sentence(free) == "Your order is free: you are not charged."


def test_a_free_order_can_be_canceled(free: Order, listing) -> None:
    order = lifecycle.cancel(free, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    assert order.status == OrderStatus.CANCELED
    sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
    assert Payment.objects.get().state == PaymentState.VOIDED
    listing.refresh_from_db()
    assert (listing.reserved, SandboxOperation.objects.count()) == (0, 0)


def test_b7_a_free_line_of_a_paid_order_is_charged_as_nothing(mixed: Order) -> None:
    ship(mixed)
    assert Payment.objects.get().captured_amount == mixed.total == 1000 + 80 + 500
    paid, free = mixed.items.all()
    with pytest.raises(AmountRefused, match="GIFT-1 was free, so there is nothing to refund for it"):
        refunds.refund(mixed, Ask(free.pk, units=1))
    whole = refunds.refund(mixed, Ask(paid.pk, 1000, 80, 500, 0, units=1))
    assert refunds.sent(whole).amount == mixed.total


def test_a_free_unit_that_cannot_ship_is_given_up_on_its_listings_page(mixed: Order) -> None:
    paid, free = mixed.items.all()
    ship(mixed, {paid.pk: 1})
    with pytest.raises(AmountRefused, match="set On hand of its listing to what you have"):
        refunds.refund(mixed, Ask(free.pk, units=1))


def test_what_is_left_after_the_paid_line_was_canceled_is_free(mixed: Order) -> None:
    paid, _free = mixed.items.all()
    lifecycle.cancel_units(mixed, {paid.pk: 1}, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    mixed.refresh_from_db()
    assert ship(mixed).status == OrderStatus.SHIPPED
    payment = Payment.objects.get()
    assert (payment.captured_amount, payment.entries.count()) == (0, 0)
    with pytest.raises(NothingCharged, match=WHY):
        refunds.refund(mixed)
