"""Units that had not shipped when they were refunded: every page says the same of them (R6, I4, O17)."""

import re

import pytest

from orders.bulk import grid
from orders.models import OrderEvent
from orders.states import OrderStatus
from refunds.models import Refund
from refunds.states import FEED_CODES, RefundReason
from tests.factories import NOON, ListingFactory
from tests.helpers import authorised, ship
from tests.refunds.form_steps import agreed, form, hidden, text, url, whole
from tests.refunds.steps import item_of, nothing_changes, opened_return

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


@pytest.fixture
def order(listing):
    """Three bottles, one of them has shipped."""
    order = authorised((listing, 3), buyer_language="en")
    return ship(order, {order.items.get().pk: 1})


def units(order, count, how="units", **changes):
    item = item_of(order)
    return form(order, **{f"how_{item.pk}": how, f"units_{item.pk}": count}, **changes)


def ship_page(alice, order):
    return alice.get(f"/orders/{order.number}/ship/")


@pytest.mark.parametrize("reason", ["customer_cancel", "general_adjustment", "abandoned"])
def test_r6_page_stock_and_ship_form_agree_whatever_the_reason(alice, order, listing, reason):
    response = alice.post(url(order), units(order, 2, reason=reason), follow=True)
    assert "2 × BTL-1 won't ship: their stock is released, and the refund is sent at once." in text(response)
    assert "Will not be shipped: 2 × Blue bottle." in text(response)
    alice.post(url(order), hidden(response) | {"confirm": "1"})
    listing.refresh_from_db()
    assert (listing.on_hand, listing.reserved) == (9, 0)
    assert "2 refunded, won't ship" in text(alice.get(f"/orders/{order.number}/"))
    assert "2 × Blue bottle (BTL-1) were refunded and won't ship." in text(ship_page(alice, order))
    assert "2 refunded, not shipped" in text(alice.get("/orders/"))
    order.refresh_from_db()
    shippable, (left,) = grid.sort_out([order], NOON)
    assert (shippable, left.why) == ([], "Nothing is left to ship: the rest was refunded.")


def test_the_ship_form_offers_what_is_left_and_names_what_is_not(alice, order):
    alice.post(url(order), agreed(alice, order, units(order, 1, reason="other")))
    page = ship_page(alice, order)
    (package,) = page.context["form"].forms
    assert package.initial[f"units_{item_of(order).pk}"] == 1
    assert "1 × Blue bottle (BTL-1) was refunded and won't ship." in text(page)


def test_o17_an_order_of_which_nothing_is_left_to_ship_is_marked_as_shipped(alice, order):
    alice.post(url(order), agreed(alice, order, whole(order)))
    assert "Nothing is left to ship." in text(alice.get(f"/orders/{order.number}/"))
    data = hidden(ship_page(alice, order)) | {"complete": "1"}
    for _time in range(2):
        response = alice.post(f"/orders/{order.number}/ship/", data)
        assert response.status_code == 302
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert OrderEvent.objects.filter(order=order, kind="order_completed").count() == 1


def test_o17_with_units_to_ship_it_is_not(alice, order):
    response = alice.post(f"/orders/{order.number}/ship/", {"complete": "1"}, follow=True)
    order.refresh_from_db()
    assert order.status == OrderStatus.PARTIALLY_SHIPPED
    assert "still to be shipped" in text(response)


def test_a_colleague_ships_the_unit_between_summary_and_click(alice, order):
    """R3: refused with both versions; goods and money are not both gone."""
    data = agreed(alice, order, units(order, 2, reason="no_inventory", memo="Sorry"))
    ship(order, {item_of(order).pk: 1})
    with nothing_changes():
        response = alice.post(url(order), data)
    assert response.status_code == 409
    shown = text(response)
    assert "Units to ship when the page was opened: 2. Now: 1." in shown
    assert "Shipment confirmed" in shown


def test_a_form_overtaken_by_a_shipment_before_its_summary_says_so(alice, order):
    data = units(order, 2, reason="customer_cancel")
    ship(order, {item_of(order).pk: 2})
    response = alice.post(url(order), data)
    assert (response.status_code, Refund.objects.count()) == (409, 0)


def test_units_that_have_shipped_are_refunded_without_giving_up_others(alice, order, listing):
    page = alice.get(url(order))
    assert "first the 2 still to ship, which won&#x27;t" in text(page)
    response = alice.post(url(order), units(order, 2, how="shipped"))
    assert response.status_code == 422
    alice.post(url(order), agreed(alice, order, units(order, 1, how="shipped")))
    listing.refresh_from_db()
    assert (listing.on_hand, listing.reserved) == (9, 2)
    assert Refund.objects.get().lines.get().units_unsupplied == 0


def test_r4_a_return_fills_in_units_that_have_shipped(alice, order):
    found = opened_return(order)
    page = alice.get(url(order, f"?return={found.rma}"))
    item = item_of(order)
    filled = page.context["form"]
    assert (filled[f"how_{item.pk}"].value(), filled[f"units_{item.pk}"].value()) == ("shipped", 1)


def test_f5_page_and_feed_take_the_same_reasons(alice, order):
    offered = set(re.findall(r'<option value="([a-z_]+)"', text(alice.get(url(order)))))
    assert offered == set(RefundReason.values) == {each.value for each in FEED_CODES.values()}


def test_refund_all_of_an_order_of_990_lines(alice, seller):
    """O5 allows 1,000 units, and the same SKU may come on any number of lines."""
    listing = ListingFactory(seller=seller, on_hand=990)
    order = ship(authorised(*[(listing, 1)] * 990))
    data = agreed(alice, order, whole(order))
    assert alice.post(url(order), data).status_code == 302
    refund = Refund.objects.get()
    assert (refund.amount, refund.lines.count()) == (order.total, 990)


def test_units_of_an_order_of_990_lines_are_canceled(alice, seller):
    listing = ListingFactory(seller=seller, on_hand=990)
    order = authorised(*[(listing, 1)] * 990)
    page = alice.get(f"/orders/{order.number}/cancel/?scope=units")
    first = item_of(order)
    data = hidden(page) | {"reason": "pricing_error", f"units_{first.pk}": "1"}
    response = alice.post(f"/orders/{order.number}/cancel/?scope=units", data)
    first.refresh_from_db()
    assert (response.status_code, first.units_canceled) == (302, 1)
