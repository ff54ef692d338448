"""The grid when orders change under it: nobody is charged for what nobody saw, and no page is a dead end (O10, O14)."""

import uuid

import pytest

from accounts.actors import Actor
from batches.models import Batch
from orders import cancel_requests, lifecycle
from orders.models import Package
from orders.states import CancelReason
from tests.factories import NOON
from tests.helpers import SYSTEM, authorised, place, ship
from tests.orders.bulk.steps import grid, hidden, line, numbers, results, text, tracked, worked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
URL = "/orders/ship/"
TOLD = "The buyer asked to cancel the order."


@pytest.fixture
def orders(listing):
    return [authorised((listing, 2)) for _n in range(2)]


def ask(order):
    cancel_requests.ask(order, note="", actor=Actor.buyer(), now=NOON)


def sent(page, *orders, **changes):
    """The form of this page, filled in."""
    form = {"grid": "1", "line": numbers(*orders), "key": str(uuid.uuid4()), "confirm": "1"}
    for order in orders:
        form |= line(order, seen=hidden(page, f"{order.number}-seen"))
    return {**form, **changes}


def without_confirm(form, **changes):
    return {name: value for name, value in form.items() if name != "confirm"} | changes


def test_a_line_shows_that_its_buyer_asked_to_cancel(alice, orders):
    ask(orders[0])
    for form in ({"order": numbers(*orders)}, {"all": "1", "query": "tab=unshipped"}):
        shown = text(alice.post(URL, form, follow=True))
        assert shown.count("Cancel requested") == 1
        assert "1 buyer asked to cancel; the line is marked." in shown


@pytest.mark.parametrize("how", ["fill", "paste", "drop", "wrong"])
def test_what_came_after_the_page_is_told_however_often_it_was_rebuilt(alice, listing, orders, how):
    third = authorised((listing, 1))
    form = sent(alice.post(URL, {"order": numbers(*orders, third)}, follow=True), *orders, third)
    ask(orders[0])
    rebuilds = {
        "fill": without_confirm(form, fill="1"),
        "paste": without_confirm(form, paste="1", pasted=f"{orders[1].number}\tUPS\t{tracked(orders[1])}"),
        "drop": without_confirm(form, drop=third.number),
        "wrong": form | {f"{orders[1].number}-carrier": ""},
    }
    again = sent(alice.post(URL, rebuilds[how]), *orders)
    answer = alice.post(URL, again)
    assert TOLD in text(answer, status=409)
    assert "1 order has changed since this page was made. Nothing was confirmed." in text(answer, status=409)
    assert (Batch.objects.count(), Package.objects.count()) == (0, 0)
    # Told of it, the seller decides.
    assert worked(alice.post(URL, sent(answer, *orders))).done_count == 2


def test_units_canceled_meanwhile_are_told_and_the_others_can_be_shipped(alice, orders):
    form = sent(alice.post(URL, {"order": numbers(*orders)}, follow=True), *orders)
    words = {"reason": CancelReason.NO_INVENTORY, "actor": SYSTEM, "now": NOON}
    lifecycle.cancel_units(orders[0], {orders[0].items.get().pk: 1}, **words)
    answer = alice.post(URL, form)
    assert "Units canceled (1 × BTL-1): No inventory." in text(answer, status=409)
    assert worked(alice.post(URL, sent(answer, *orders))).done_count == 2
    assert orders[0].packages.get().units.get().quantity == 1


@pytest.mark.parametrize("how", ["fill", "confirm", "wrong"])
def test_an_order_that_is_shipped_or_canceled_leaves_the_grid_with_its_reason(alice, listing, orders, how):
    third = authorised((listing, 1))
    form = sent(alice.post(URL, {"order": numbers(*orders, third)}, follow=True), *orders, third)
    lifecycle.cancel(orders[0], reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    ship(orders[1])
    forms = {
        "fill": without_confirm(form, fill="1"),
        "confirm": form,
        "wrong": form | {f"{third.number}-carrier": ""},
    }
    answer = alice.post(URL, forms[how])
    shown = text(answer, {"fill": 200, "confirm": 409, "wrong": 422}[how])
    assert "2 orders cannot be confirmed and are not in the grid" in shown
    assert "gone stale" not in shown
    assert [f'name="line" value="{number}"' in shown for number in numbers(*orders, third)] == [
        False,
        False,
        True,
    ]
    assert worked(alice.post(URL, sent(answer, third))).done_count == 1


def test_o2_a_made_up_form_shows_no_address_of_a_pending_order(alice, listing):
    pending = place((listing, 1), recipient="Zelda Quux", city="Zelda City")
    number = pending.number
    for button in ("fill", "confirm", "paste"):
        form = {"grid": "1", button: "1", "line": number, f"{number}-carrier": "", f"{number}-seen": "1:1x1"}
        shown = alice.post(URL, {**form, "pasted": f"{number}\tUPS\tT0001234567"}).content.decode()
        assert number in shown
        assert "Zelda" not in shown


def test_the_key_of_a_form_is_of_no_use_with_other_lines(alice, orders):
    first = worked(alice.post(URL, grid(orders[0])))
    answer = alice.post(URL, grid(orders[1], key=first.key))
    assert "gone stale" in text(answer, status=422)
    assert (Batch.objects.count(), orders[1].packages.count()) == (1, 0)
    form = sent(answer, orders[1], key=hidden(answer, "key"))
    assert worked(alice.post(URL, form)).done_count == 1


def test_a_number_that_can_be_none_of_the_carrier_is_remarked_before_and_after(alice, orders):
    odd, plain = orders
    said = "1Z1 does not look like a tracking number of UPS. Check it for a typo."
    sheet = f"order id\tcarrier\ttracking\n{odd.number}\tUPS\t1Z1\n{plain.number}\tUPS\t{tracked(plain)}"
    page = alice.post(URL, {"grid": "1", "paste": "1", "pasted": sheet})
    assert text(page).count(said) == 1
    batch = worked(alice.post(URL, sent(page, *orders) | {f"{odd.number}-tracking_number": "1Z1"}))
    assert results(batch) == {
        odd.number: ("done", f"Shipment confirmed. {said}"),
        plain.number: ("done", "Shipment confirmed."),
    }
    assert batch.rows.get(subject=odd.number).is_warning


def test_a_sheet_that_ships_a_part_of_an_order_confirms_none_of_it(alice, orders):
    sheet = "\n".join(
        ["order id\tquantity shipped\tcarrier\ttracking"]
        + [
            f"{each.number}\t{count}\tUPS\t{tracked(each)}"
            for each, count in zip(orders, (1, 2), strict=True)
        ]
    )
    shown = text(alice.post(URL, {"grid": "1", "paste": "1", "pasted": sheet}), status=422)
    assert f"{orders[0].number}: the sheet ships 1 of 2 units." in shown
    assert [f'name="line" value="{number}"' in shown for number in numbers(*orders)] == [False, True]


def test_rows_refused_as_changed_are_picked_anew_and_not_tried_as_they_were(alice, orders):
    begun = alice.post(URL, grid(*orders))
    ask(orders[0])
    batch = worked(begun)
    assert batch.rows.get(subject=orders[0].number).code == "changed"
    page = alice.get(begun.url).content.decode()
    assert "Try what was not done again" not in page
    assert f'href="/orders/?tab=unshipped&amp;q={orders[0].number}"' in page
    assert alice.post(f"{begun.url}again/").url == f"/orders/?tab=unshipped&q={orders[0].number}"
    cancel_requests.decline(orders[0], actor=SYSTEM, now=NOON)
    anew = sent(alice.post(URL, {"order": numbers(orders[0])}, follow=True), orders[0])
    assert worked(alice.post(URL, anew)).done_count == 1
