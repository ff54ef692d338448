"""What a search is taken for, as people paste it; and that what it shows is what is counted and done (O19)."""

import re
import threading
import uuid

import pytest
from django.db import connection, connections, transaction

from orders import shipping
from orders.lists import desk, finds
from orders.lists.desk import Question
from orders.lists.kinds import Kind
from orders.models import BuyerName, BuyerOrder, Order, SavedView
from orders.states import Tab
from tests.factories import MINUTE, NOON, ListingFactory
from tests.helpers import SYSTEM, authorised, everything, parcel, place, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(seller):
    """What the text is taken for, and the orders that the list shows."""

    def ask(text, **more):
        answer = desk.answer(Question(text=text, **more), seller, NOON)
        return answer.find and answer.find.kind, {order.pk for order in answer.orders}

    return ask


def sent(listing, number):
    order = authorised((listing, 1))
    parcels = [(parcel(tracking_number=number), everything(order))]
    shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=SYSTEM, now=NOON)
    return order


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("9400111899223033005555", "9400 1118 9922 3033 0055 55"),
        ("9400 1118 9922 3033 0055 55", "9400111899223033005555"),
        ("abc123x9", "ABC123X9"),
        ("12345678901234567", "12345678901234567"),
        ("9612345678901234567890123456789012", "9612345678901234567890123456789012"),
        ("AB-12.34", "tracking: ab1234"),
    ],
)
def test_a_tracking_number_is_found_however_it_is_written(listing, found, stored, typed):
    order = sent(listing, stored)
    sent(listing, "OTHER77")
    sent(listing, "")
    assert found(typed) == (Kind.TRACKING, {order.pk})


def test_a_tracking_number_is_found_by_its_beginning(listing, found):
    order = sent(listing, "1Z5R89390357567127")
    sent(listing, "2Z")
    assert found("tracking: 1Z5") == found("1z 5R8") == (Kind.TRACKINGS, {order.pk})
    assert found("tracking: -")[1] == found("tracking: ...")[1] == set()


def test_many_tracking_numbers_pasted_in_any_spelling(listing, found):
    orders = {
        sent(listing, number).pk for number in ("9400 1118 9922 3033 0055 55", "abc123x9", "1234567890")
    }
    assert found("9400111899223033005555\nABC123X9\n1234567890") == (Kind.NUMBERS, orders)


@pytest.mark.parametrize("sql", [finds.EXACT[Kind.TRACKING], finds.EXACT[Kind.TRACKINGS], finds.SEVERAL])
def test_tracking_numbers_are_looked_up_in_their_index(seller, sql):
    values = {"seller": 1, "bare": "A1", "bare_begins": "A1%", "numbers": ["A1"], "marketplace": 1, "most": 9}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        values["bare"] = ["A1"] if "ANY" in sql else "A1"
        cursor.execute(f"EXPLAIN {sql.format(bare=finds.BARE)}", values)
        plan = " ".join(row[0] for row in cursor.fetchall())
    # On tables this small the staff's index, over all sellers, may be as cheap.
    used = re.search(r"package_tracking_(bare|any)", plan)
    assert used
    assert "upper(translate" in plan[used.end() :].partition("Index Cond")[2][:120]


def test_a_channels_reference_may_look_like_an_order_number(listing, found):
    order = authorised((listing, 1), reference="114-9999999-9999999", number="113-0000001-0000001")
    for typed in ("114-9999999-9999999", "114\u20119999999\u20119999999"):
        assert found(typed) == (Kind.REFERENCE, {order.pk})
    assert found("114-9999999-9999998") == (Kind.NUMBER, set())


def test_pasted_codes_are_products_and_model_names_are_words(seller, found):
    gadgets = [
        ListingFactory(seller=seller, sku=f"GADGET-{n}00", asin=f"B0GADGET0{n}", title=title)
        for n, title in enumerate(["WH-1000XM4 case of EP-OR900BBE", "Other thing"])
    ]
    one, two = [authorised((gadget, 1)).pk for gadget in gadgets]
    assert found("gadget-000 GADGET-100") == (Kind.CODES, {one, two})
    assert found("B0GADGET00, B0GADGET01") == (Kind.CODES, {one, two})
    assert found("WH-1000XM4 EP-OR900BBE") == found("WH-1000XM4, EP-OR900BBE") == (Kind.PRODUCTS, {one})
    some = finds.of("GADGET-100, GADGET-777", seller)
    assert list(finds.missing(some)) == ["1 of them is no SKU or ASIN of your orders: GADGET-777"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("王小明", "小明"),
        ("王小明", "王"),
        ("王小明", "buyer:王小"),
        ("Wu Li Chen", "wu li"),
        ("Bo Li", "li"),
    ],
)
def test_short_names_are_found_by_how_they_begin_or_end(listing, found, name, typed):
    order = authorised((listing, 1), buyer_name=name)
    authorised((listing, 1), buyer_name="Maria Wulff")
    assert found(typed) == (Kind.SHORT_BUYERS, {order.pk})


def test_titles_are_offered_where_a_sku_hides_them(seller, at, alice):
    for sku, title in (("TORCH-1", "x"), ("ZZ-9", "Torch of steel")):
        authorised((ListingFactory(seller=seller, sku=sku, title=title), 1))
    page = alice.get("/orders/", {"q": "torch"})
    (offered,) = page.context["alternatives"]
    assert "title%3Atorch" in offered["url"]
    assert alice.get(offered["url"]).content.decode().count('id="order-') == 2


@pytest.mark.usefixtures("at")
class TestPasted:
    def test_pasted_numbers_are_shown_from_all_lists(self, alice, listing):
        orders = [authorised((listing, 1)) for _n in range(3)]
        ship(orders[1])
        ship(orders[2])
        page = alice.get("/orders/", {"q": ", ".join(order.number for order in orders)})
        assert page.content.decode().count('id="order-') == 3
        assert page.context["problems"] == [
            "Pasted numbers are shown from all lists, each order with its state."
        ]
        page = alice.get("/orders/", {"q": f"{orders[0].number} 999-9999999-9999999"})
        assert [words[:8] for words in page.context["problems"]] == ["1 number"]

    def test_what_is_shown_from_elsewhere_is_what_is_done(self, alice, seller, listing):
        order = authorised((listing, 1), buyer_name="Zelda Quick")
        ship(order)
        for text in ("Zelda Quick", order.number, "BTL-1"):
            page = alice.get("/orders/", {"q": text, "fulfilment": "MFN"})
            assert page.content.decode().count('id="order-') == 1
            question = Question.read(page.context["bar"].query, seller)
            assert list(desk.matching(question, seller, NOON)) == [order]

    def test_all_lists_are_only_for_a_search(self, alice, seller, listing):
        order = authorised((listing, 1))
        assert Question.read("tab=all", seller).tab == Tab.UNSHIPPED
        page = alice.get("/orders/?tab=all&q=BTL-1")
        assert (page.status_code, page.content.decode().count(f'id="order-{order.number}"')) == (200, 1)
        assert alice.get("/orders/?tab=all&q=BTL-1&service=None").context["problems"]


@pytest.mark.usefixtures("at")
class TestCounts:
    def test_no_count_is_shown_that_the_list_behind_it_does_not_hold(self, alice, listing, at):
        order = authorised((listing, 1))
        at(order.ship_by + MINUTE)
        plain, filtered = alice.get("/orders/"), alice.get("/orders/", {"service": "None"})
        assert {chip["count"] for chip in plain.context["chips"]} == {"1"}
        assert {chip["count"] for chip in filtered.context["chips"]} == {None}
        assert {tab["count"] for tab in filtered.context["tabs"]} == {None}
        late = alice.get("/orders/?attention=late")
        assert [tab["count"] for tab in late.context["tabs"] if tab["current"]] == ["1"]

    def test_a_view_counts_what_it_opens(self, alice, seller, listing):
        ship(authorised((listing, 1), buyer_name="Zelda Quick"))
        told = {"name": "Zelda", "query": "tab=unshipped&q=Zelda+Quick"}
        page = alice.get(alice.post("/orders/views/new/", told).url)
        assert [view.count for view in page.context["views"].beside] == ["1"]
        assert page.content.decode().count('id="order-') == 1

    def test_what_is_counted_whole_says_so(self, seller, listing):
        order = authorised((listing, 1), service="Express")
        for question, is_whole in [
            (Question(text=order.number), True),
            (Question(service="Express"), True),
            (Question(text="BTL-1"), False),
        ]:
            counted = desk.countable(question, seller, NOON)
            assert (list(counted.orders), counted.is_whole) == ([order], is_whole)


def test_a_search_that_is_too_long_when_written_is_not_saved(alice):
    said = {"name": "Long", "query": "q=" + "中" * 3000}
    page = alice.post("/orders/views/new/", said)
    assert (page.status_code, SavedView.objects.count()) == (422, 0)
    assert "too long for a saved view" in page.content.decode()
    view = alice.post("/orders/views/new/", {**said, "query": "q=lamp"}).url.rpartition("=")[2]
    alice.post(f"/orders/views/{view}/update/", {"query": said["query"], "version": "1"})
    assert SavedView.objects.get().version == 1


@pytest.mark.django_db(transaction=True)
def test_a_name_is_not_taken_away_while_an_order_comes_in_under_it():
    listing = ListingFactory(on_hand=9)
    old = authorised((listing, 1), buyer_name="Zelda Quick")

    def rename():
        Order.objects.filter(pk=old.pk).update(buyer_name="")
        connections.close_all()

    with transaction.atomic():
        new = place((listing, 1), buyer_name="Zelda Quick")
        renaming = threading.Thread(target=rename)
        renaming.start()
        renaming.join(0.7)
    renaming.join()
    name = BuyerName.objects.get(name="ZELDA QUICK")
    assert [each.order_id for each in BuyerOrder.objects.filter(buyer_id=name.pk)] == [new.pk]
