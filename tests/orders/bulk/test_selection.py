"""Which orders are meant: rows, or all that match, exactly and frozen at the moment they were counted (O19)."""

import pytest
from django.core import signing
from django.http import QueryDict

from orders import lifecycle
from orders.bulk import selection
from orders.lists import desk
from orders.lists.desk import Question
from orders.models import Order
from orders.states import CancelReason
from tests.factories import NOON, ChannelFactory, ListingFactory, SellerFactory
from tests.helpers import SYSTEM, authorised, ship
from tests.orders.bulk.steps import hidden, numbers, results, text, worked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


def data(**fields):
    found = QueryDict(mutable=True)
    for name, value in fields.items():
        found.setlist(name, value if isinstance(value, list) else [value])
    return found


def pks(seller, **fields):
    picked = selection.picked(data(**fields), seller, NOON)
    assert picked.problem == ""
    return set(picked.pks)


def test_rows_are_those_of_the_seller_and_nobody_elses(seller, listing):
    mine, foreign = authorised((listing, 1)), authorised((ListingFactory(), 1))
    assert pks(seller, order=[*numbers(mine, foreign), "nonsense", mine.number]) == {mine.pk}


def test_all_that_match_are_what_the_list_shows_over_all_its_pages_under_every_filter(seller, listing, alice):
    other = ListingFactory(seller=seller, sku="CUP-1", title="Cup", on_hand=10)
    channel = ChannelFactory(marketplace=seller.marketplace, slug="web")
    made = [
        authorised((listing, 1), service="Express"),
        authorised((other, 2), channel=channel, recipient="Zelda Quux", buyer_name="Zelda Quux"),
        ship(authorised((listing, 1))),
    ]
    Order.objects.filter(pk=made[0].pk).update(printed_at=NOON)
    authorised((ListingFactory(), 1), service="Express")
    queries = {
        "": {0, 1},
        "tab=shipped": {2},
        "tab=unshipped&service=Express": {0},
        "tab=unshipped&channel=web": {1},
        "tab=unshipped&printed=no": {1},
        "tab=unshipped&printed=yes": {0},
        "tab=unshipped&fulfilment=MFN": {0, 1},
        "tab=unshipped&ship=week": {0, 1},
        "tab=unshipped&from=2026-11-20&to=2026-11-20": {0, 1},
        f"q={made[1].number}": {1},
    }
    for query, expected in queries.items():
        assert pks(seller, all="1", query=query) == {made[place].pk for place in expected}, query
        question = Question.read(query, seller)
        assert {order.pk for order in desk.matching(question, seller, NOON)} == pks(
            seller, all="1", query=query
        )


@pytest.mark.parametrize(
    "query",
    ["tab=unshipped&from=2001-01-01&to=2001-01-02", "q=999-9999999-9999999", "tab=unshipped&service=None"],
)
def test_where_nothing_matches_nothing_is_meant(seller, listing, query):
    """Complaint 5: a filter that is lost on the way would mean every order."""
    authorised((listing, 1))
    assert selection.picked(data(all="1", query=query), seller, NOON).problem == "Pick the orders first."


def test_what_was_counted_is_what_is_done_whatever_comes_afterwards(alice, seller, listing):
    first, second = authorised((listing, 1)), authorised((listing, 1))
    page = alice.post("/orders/cancel/", {"all": "1", "query": "tab=unshipped", "confirm": "1"}, follow=True)
    assert "Cancel 2 orders" in text(page)
    late = authorised((listing, 1))
    form = {name: hidden(page, name) for name in ("picked", "key")}
    batch = worked(alice.post("/orders/cancel/", {**form, "confirm": "1", "reason": "pricing_error"}))
    assert set(results(batch)) == set(numbers(first, second))
    assert Order.objects.get(pk=late.pk).status == "unshipped"


def test_twin_that_asks_again_instead_of_freezing_would_cancel_the_newcomer(seller, listing):
    authorised((listing, 1))
    counted = pks(seller, all="1", query="tab=unshipped")
    late = authorised((listing, 1))
    assert late.pk not in counted
    assert late.pk in pks(seller, all="1", query="tab=unshipped")


def test_a_frozen_selection_is_small_whole_and_of_one_seller(seller, listing):
    some = range(5_000_000, 5_090_000, 9)
    frozen = selection.frozen(reversed(some), seller)
    assert len(frozen) < 1_000
    assert pks(seller, picked=frozen) == set(some)
    for text_ in (frozen[:-1], frozen.swapcase(), "", "\0", "x" * 50_000, signing.dumps([seller.pk, 1])):
        assert "stale" in selection.picked(data(picked=text_), seller, NOON).problem
    assert "stale" in selection.picked(data(picked=frozen), SellerFactory(), NOON).problem


def test_more_than_the_limit_is_refused_with_the_figure(seller, listing, monkeypatch):
    for _n in range(3):
        authorised((listing, 1))
    monkeypatch.setattr(selection, "MOST", 2)
    picked = selection.picked(data(all="1", query=""), seller, NOON, most=2)
    assert (picked.pks, picked.is_too_many) == ((), True)
    assert picked.problem.startswith("At most 2 orders can be taken at once.")
    assert len(selection.picked(data(all="1", query=""), seller, NOON, most=None).pks) == 3


def test_an_order_that_moved_on_since_it_was_frozen_is_refused_by_itself(alice, seller, listing):
    stays, goes = authorised((listing, 1)), authorised((listing, 1))
    page = alice.post("/orders/cancel/", {"order": numbers(stays, goes)}, follow=True)
    ship(goes)
    form = {name: hidden(page, name) for name in ("picked", "key")}
    batch = worked(alice.post("/orders/cancel/", {**form, "confirm": "1", "reason": "pricing_error"}))
    assert results(batch)[goes.number] == ("refused", "This order is Shipped and cannot become Canceled.")
    assert results(batch)[stays.number][0] == "done"


def test_the_bar_offers_what_the_tab_and_the_rights_allow(alice, bob, seller, listing):
    order = authorised((listing, 1))
    lifecycle.cancel(authorised((listing, 1)), reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    buttons = ("Confirm shipments…", "Packing slips", "Mark as printed", "Cancel orders…")
    for client, address, expected in (
        (alice, "/orders/", [True, True, True, True]),
        (bob, "/orders/", [False, True, False, False]),
        (alice, "/orders/?tab=canceled", [False, False, False, False]),
        (alice, f"/orders/?q={order.number}", [True, True, True, True]),
    ):
        shown = text(client.get(address))
        assert [button in shown for button in buttons] == expected, address
        assert 'name="order" value="' in shown


def test_what_is_filtered_is_exported_as_it_is_asked_without_picking_a_row(alice, bob, listing):
    """Complaint 4: the export asks the same question as the list."""
    authorised((listing, 1), service="Express")
    query = "tab=unshipped&service=Express"
    shown = text(alice.get(f"/orders/?{query}"))
    assert "Export all" in shown
    assert f'name="query" value="{query.replace("&", "&amp;")}"' in shown
    assert "Export all" not in text(bob.get("/orders/"))
