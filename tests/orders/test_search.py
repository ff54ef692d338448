"""One search box: what was typed is recognised, found by an index of its own, and never another seller's (O19, A2)."""

from dataclasses import replace

import pytest

from orders import lifecycle, shipping
from orders.lists import desk, finds, kinds
from orders.lists.desk import Question
from orders.lists.kinds import Kind
from orders.models import BuyerName, BuyerOrder, Order
from orders.states import CancelReason, Tab
from tests.factories import MINUTE, NOON, ChannelFactory, ListingFactory
from tests.helpers import SYSTEM, authorised, everything, parcel, place, ship

pytestmark = pytest.mark.django_db
EVERY_KIND = {
    "113-1234567-7654321": Kind.NUMBER,
    "113": Kind.BEGINNING,
    "113-1234": Kind.BEGINNING,
    "4321": Kind.PART,
    "567-7654": Kind.PART,
    "order: 4321": Kind.PART,
    "EXT-77/a": Kind.REFERENCE,
    "1Z999AA1": Kind.TRACKING,
    "1z999aa1": Kind.TRACKING,
    "LAMP-1": Kind.SKU,
    "lamp-1": Kind.SKU,
    "lamp": Kind.SKUS,
    "B00LAMP001": Kind.ASIN,
    "b00lamp": Kind.ASINS,
    "maria da silva": Kind.BUYER,
    "silva": Kind.BUYERS,
    "buyer: maria": Kind.BUYERS,
    "brass reading": Kind.PRODUCTS,
    "黄铜": Kind.PRODUCTS,
    "title:lamp": Kind.PRODUCTS,
    "sku: LAMP": Kind.SKUS,
    "113-1234567-7654321, 113-0000000-0000000": Kind.NUMBERS,
}


@pytest.fixture
def lamp():
    return ListingFactory(
        on_hand=100, sku="LAMP-1", asin="B00LAMP001", title="Reading lamp of brass 黄铜台灯"
    )


@pytest.fixture
def sold(lamp):
    """An unshipped order that everything typed here names, with a parcel of a part of it."""
    order = authorised(
        (lamp, 2), number="113-1234567-7654321", reference="EXT-77/a", buyer_name="Maria da Silva"
    )
    ship_part(order, "1Z999AA1")
    return order


def ship_part(order, tracking):
    contents = {order.items.get().pk: 1}
    parcels = [(parcel(tracking_number=tracking), contents)]
    shipping.confirm_shipment(order, parcels, key=f"{order.pk:032d}", actor=SYSTEM, now=NOON)


def found(text, seller, **more):
    return desk.answer(Question(text=text, **more), seller, NOON)


@pytest.mark.parametrize(("text", "kind"), EVERY_KIND.items())
def test_o19_what_was_typed_is_recognised_and_leads_to_the_order(lamp, sold, text, kind):
    authorised((ListingFactory(seller=lamp.seller, sku="MUG-1", asin="B00MUG0001", title="Blue mug"), 1))
    answer = found(text, lamp.seller)
    assert (answer.find.kind, [order.number for order in answer.orders]) == (kind, [sold.number])
    assert answer.find.label
    counted = desk.matching(Question(text=text), lamp.seller, NOON)
    assert list(counted) == answer.orders


@pytest.mark.parametrize("text", EVERY_KIND)
def test_a2_no_search_finds_another_sellers_order(sold, text):
    other = ListingFactory(seller__marketplace=sold.seller.marketplace)
    authorised((other, 1))
    answer = found(text, other.seller)
    assert answer.orders == []
    assert list(desk.matching(Question(text=text), other.seller, NOON)) == []
    if answer.find and answer.find.kind == Kind.NUMBERS:
        assert len(answer.find.missing) == 2


@pytest.mark.parametrize(
    "text",
    ["", "%", "_", "\\", "%%%%", "'; --", "x" * 4000, "\u202e", "sku:", "🎁", "a" * 65, "order: maria"],
)
def test_what_names_nothing_finds_nothing(sold, text):
    answer = found(text, sold.seller)
    assert answer.orders == ([sold] if not text.strip() else [])


def test_signs_of_patterns_stand_for_themselves(lamp):
    listing = ListingFactory(seller=lamp.seller, sku="50%_OFF", title="100% wool")
    order = authorised((listing, 1))
    assert found("50%_", lamp.seller).orders == [order]
    assert found("0% wo", lamp.seller).orders == [order]
    assert found("50__OFF", lamp.seller).orders == []


class TestPending:
    def test_o2_a_pending_orders_buyer_is_not_found_and_not_told_of(self, lamp):
        place((lamp, 1), buyer_name="Quentin Quire")
        for text in ("Quentin Quire", "quent", "buyer:quire"):
            answer = found(text, lamp.seller, tab=Tab.PENDING)
            assert (answer.orders, answer.find) == ([], None)
            assert list(desk.matching(Question(text=text, tab=Tab.PENDING), lamp.seller, NOON)) == []

    def test_its_number_and_its_products_are(self, lamp):
        order = place((lamp, 1))
        assert found(order.number, lamp.seller, tab=Tab.PENDING).orders == [order]
        assert found("LAMP-1", lamp.seller, tab=Tab.PENDING).orders == [order]


class TestNumbers:
    def test_many_pasted_at_once_say_which_are_missing(self, lamp, sold):
        orders = [authorised((lamp, 1), now=NOON + n * MINUTE) for n in range(3)]
        text = "\n".join([*(order.number for order in orders), "1Z999AA1", "999-9999999-9999999"])
        answer = found(text, lamp.seller)
        assert answer.orders == [*reversed(orders), sold]
        assert answer.find.missing == ("999-9999999-9999999",)
        assert list(finds.missing(answer.find)) == ["1 number is not one of your orders: 999-9999999-9999999"]

    def test_two_hundred_are_looked_for(self, sold):
        numbers = [f"113-0000000-{n:07d}" for n in range(200)] + [sold.number]
        answer = found(" ".join(numbers), sold.seller)
        assert (answer.orders, len(answer.find.missing), answer.find.is_cut) == ([], 200, True)
        answer = found(",".join(numbers[1:]), sold.seller)
        assert (answer.orders, len(answer.find.missing), answer.find.is_cut) == ([sold], 199, False)

    def test_any_part_of_a_number(self, lamp):
        order = authorised((lamp, 1), number="113-5550000-0007890")
        other = authorised((lamp, 1), number="905-0000555-1112222")
        for part, expected in {
            "7890": [order],
            "00007890": [order],
            "0000-0007890": [order],
            "113-555": [order],
            "2222": [other],
            "05551112": [other],
            "555-111": [other],
        }.items():
            assert found(part, lamp.seller).orders == expected, part


class TestOrder:
    def test_exact_goes_before_the_beginning_and_that_before_any_part(self, lamp):
        def sell(sku, title="Thing"):
            return authorised((ListingFactory(seller=lamp.seller, sku=sku, title=title), 1))

        exact, begins, title = sell("CUP"), sell("CUP-2"), sell("X-1", "Cupboard")
        assert found("cup", lamp.seller).orders == [exact]
        assert found("CUP-", lamp.seller).orders == [begins]
        assert found("title:cup", lamp.seller).orders == [title, begins, exact]
        assert found("board", lamp.seller).orders == [title]

    def test_each_order_comes_once_on_every_page(self, lamp, monkeypatch):
        second = ListingFactory(seller=lamp.seller, sku="LAMP-2", on_hand=100, title="Lamp of wood")
        orders = [authorised((lamp, 1), (second, 1), now=NOON + n * MINUTE) for n in range(7)]
        for sort, expected in {"newest": orders[::-1], "oldest": orders}.items():
            asked, seen = Question(text="lamp", sort=sort, size=3), []
            while True:
                page = desk.answer(asked, lamp.seller, NOON).page
                seen += page.rows
                if page.next is None:
                    break
                asked = replace(asked, turn=desk.Turn(below=page.next))
            assert seen == expected
            assert desk.answer(replace(asked, turn=desk.Turn(above=page.previous)), lamp.seller, NOON).orders

    def test_too_many_words_ask_the_orders_themselves(self, lamp, monkeypatch):
        for module in (finds, kinds):
            monkeypatch.setattr(module, "MOST_WORDS", 1)
        listings = [
            ListingFactory(seller=lamp.seller, sku=f"T-{n}", asin=f"B00000000{n}", title=f"Tea no. {n}")
            for n in range(3)
        ]
        orders = [authorised((each, 1), buyer_name=f"Kim {each.sku}") for each in listings]
        for text in ("T-", "tea", "B0000", "buyer:kim", "title:tea"):
            answer = found(text, lamp.seller)
            assert answer.find.is_broad
            assert answer.orders == orders[::-1], text
            assert set(desk.matching(Question(text=text), lamp.seller, NOON)) == set(orders)
        ship(orders[0])
        assert found("tea", lamp.seller, tab=Tab.SHIPPED).orders == [orders[0]]
        assert found("tea", lamp.seller, tab=Tab.CANCELED).elsewhere


class TestElsewhere:
    def test_o19_what_is_on_no_list_here_is_looked_for_on_all(self, lamp, sold):
        lifecycle.cancel(authorised((lamp, 1)), reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
        answer = found("LAMP-1", lamp.seller, tab=Tab.SHIPPED)
        assert (answer.elsewhere, len(answer.orders)) == (True, 2)
        answer = found("LAMP-1", lamp.seller, tab=Tab.UNSHIPPED, fulfilment="AFN")
        assert (answer.elsewhere, len(answer.orders)) == (True, 2)


class TestWords:
    def test_a_name_that_is_taken_away_is_kept_nowhere(self, sold):
        Order.objects.filter(pk=sold.pk).update(buyer_name="")
        assert found("maria da silva", sold.seller).orders == []
        assert not BuyerName.objects.filter(name__contains="MARIA").exists()
        Order.objects.filter(pk=sold.pk).update(buyer_name="Zoë Straße")
        assert found("zoë straße", sold.seller).orders == [sold]
        assert BuyerOrder.objects.filter(order_id=sold.pk).count() == 1

    def test_a_name_that_others_bear_stays(self, lamp, sold):
        other = authorised((lamp, 1), buyer_name="MARIA DA SILVA")
        Order.objects.filter(pk=sold.pk).update(buyer_name="X")
        assert found("maria da silva", sold.seller).orders == [other]

    def test_what_the_item_says_counts_not_the_listing(self, lamp, sold):
        lamp.title = "Something else"
        lamp.save(update_fields=["title"])
        assert found("brass", lamp.seller).orders == [sold]

    def test_everything_in_one_order(self, lamp, sold):
        """What is left of it is shipped, and it is found where it went."""
        order = Order.objects.get(pk=sold.pk)
        assert everything(order)
        ship(order)
        assert found("LAMP-1", lamp.seller, tab=Tab.SHIPPED).orders == [order]
        assert ChannelFactory
