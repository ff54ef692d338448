"""What must be true of an order before it is taken (O5, O6, O21), at the edges."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Marketplace, SalesChannel, Seller
from inventory.models import Fulfilment, Listing
from orders.entry import cart
from orders.entry.cart import Item, NewOrder, Problem
from tests.factories import NOON

MARKET = Marketplace(pk=1, currency="USD", country="US", time_zone="America/New_York")
SELLER = Seller(pk=1, marketplace=MARKET, slug="north")
CHANNEL = SalesChannel(pk=1, marketplace=MARKET, slug="web")
MICRO = timedelta(microseconds=1)


class Offer(dict[str, Listing]):
    """Every SKU is on offer but those that begin with "no"."""

    def __missing__(self, sku: str) -> Listing:
        fulfilment = Fulfilment.AFN if sku.startswith("afn") else Fulfilment.MFN
        return Listing(seller=SELLER, sku=sku, fulfilment=fulfilment)

    def __contains__(self, sku: object) -> bool:
        return not str(sku).startswith("no")


def order(*lines: tuple[str, int], **changes: object) -> NewOrder:
    """An order of so many units of each SKU."""
    whole = NewOrder(
        reference="W-1",
        placed_at=NOON,
        currency="USD",
        service="Standard",
        buyer_name="Ada Buyer",
        buyer_email="ada@example.org",
        recipient="Ada Buyer",
        address_1="1 Main Street",
        city="Springfield",
        country="US",
        payment_token="tok_approve",
        items=tuple(Item(sku, units, 1000 * max(units, 1)) for sku, units in lines or [("A", 1)]),
    )
    return replace(whole, **changes)


def problems(new: NewOrder, now: datetime = NOON, **named: object) -> list[Problem]:
    listings = Offer({item.sku: Offer()[item.sku] for item in new.items if item.sku in Offer()})
    parties = {"seller": SELLER, "channel": CHANNEL, "listings": dict(listings)}
    return cart.check(new, now=now, **{**parties, **named})


def found(new: NewOrder, **named: object) -> list[tuple[str, int | None, int | None]]:
    return [(problem.rule, problem.limit, problem.figure) for problem in problems(new, **named)]


class TestO5:
    """At most 50 different items, 1,000 units together, 999 units of a single item."""

    @pytest.mark.parametrize(
        "lines",
        [
            [("A", 1)],
            [("A", 999)],
            [("A", 500), ("B", 500)],
            [(f"S{n}", 20) for n in range(50)],
            [(f"S{n}", 1) for n in range(50)],
            [("A", 998), ("B", 2)],
            [("A", 999), ("B", 1)],
            [("A", 500), ("A", 499)],
            [("A", 1)] * 999,
            [*[(f"S{n}", 1) for n in range(50)], ("S0", 1)],
        ],
    )
    def test_passes(self, lines: list[tuple[str, int]]) -> None:
        assert found(order(*lines)) == []

    @pytest.mark.parametrize(
        ("lines", "limit", "figure"),
        [
            ([(f"S{n}", 1) for n in range(51)], 50, 51),
            ([(f"S{n}", 10) for n in range(51)], 50, 51),
            ([("A", 500), ("B", 501)], 1000, 1001),
            ([*[(f"S{n}", 20) for n in range(49)], ("B", 21)], 1000, 1001),
            ([("A", 1000), ("B", 1)], 1000, 1001),
            ([("A", 1000)], 999, 1000),
            ([("A", 500), ("A", 500)], 999, 1000),
            ([("A", 1001)], 1000, 1001),
            ([("A", 10**8)], 1000, 10**8),
        ],
    )
    def test_fails_with_the_limit_and_the_figure(
        self, lines: list[tuple[str, int]], limit: int, figure: int
    ) -> None:
        (problem,) = problems(order(*lines))
        assert (problem.rule, problem.field, problem.limit, problem.figure) == ("O5", "items", limit, figure)
        assert str(limit) in problem.sentence
        assert str(figure) in problem.sentence

    def test_both_limits_are_named(self) -> None:
        lines = [(f"S{n}", 20) for n in range(51)]
        assert found(order(*lines)) == [("O5", 50, 51), ("O5", 1000, 1020)]

    def test_nothing_in_it(self) -> None:
        assert found(order(items=())) == [("O5", 1, 0)]

    @given(
        st.lists(st.tuples(st.sampled_from([f"S{n}" for n in range(60)]), st.integers(1, 400)), min_size=1)
    )
    def test_is_what_the_rule_book_says(self, lines: list[tuple[str, int]]) -> None:
        items, units = len({sku for sku, _units in lines}), sum(units for _sku, units in lines)
        passes = items <= 50 and units <= 1000 and not (items == 1 and units > 999)
        assert (found(order(*lines)) == []) == passes


class TestItems:
    @pytest.mark.parametrize(
        ("item", "rule"),
        [
            (Item("A", 0, 1000), "quantity"),
            (Item("A", -1, 1000), "quantity"),
            (Item("A", 1, 1000, gift_wrap_price=-1), "price"),
            (Item("A", 1, 1000, gift_message="M" * 501), "text"),
            (Item("A", 1, 1000, gift_message="M\0"), "text"),
            (Item("A", 1, 1000, customization_url="javascript:alert(1)"), "text"),
            (Item("A", 1, 1000, customization_url="https:///nowhere"), "text"),
            (Item("A", 1, 1000, customization_url="http://["), "text"),
            (Item("A", 1, -1), "price"),
            (Item("A", 1, 10**12 + 1), "price"),
            (Item("A", 1, 1000, tax=-1), "price"),
            (Item("A", 1, 1000, shipping=-1), "price"),
            (Item("A", 1, 1000, shipping_tax=10**12 + 1), "price"),
            (Item("no", 1, 1000), "sku"),
            (Item("no\0such", 1, 1000), "sku"),
            (Item("A", 1, 1000, number="123"), "number"),
            (Item("A", 1, 1000, number="٠" * 14), "number"),
            (Item("A", 1, 1000, title="T" * 501), "text"),
            (Item("A", 1, 1000, title="T\nT"), "text"),
        ],
    )
    def test_an_odd_item(self, item: Item, rule: str) -> None:
        assert rule in {problem.rule for problem in problems(order(items=(item,)))}

    def test_units_cannot_be_made_up_for_by_negative_ones(self) -> None:
        assert ("quantity", 1, -5) in found(order(("A", 8), ("B", -5)))

    def test_edges_that_pass(self) -> None:
        items = (
            Item("A", 2, 2, number="0" * 14, title="T" * 500),
            Item("B", 1, 10**12, 10**12, 10**12, 10**12, number="1" * 14),
            Item("C", 3, 0),
            Item("D", 3, 2, customization_url="https://example.org/c/1.zip?x=1"),
        )
        assert found(order(items=items)) == []

    def test_an_item_number_names_one_line(self) -> None:
        items = (Item("A", 1, 1000, number="1" * 14), Item("B", 1, 1000, number="1" * 14))
        assert [problem.rule for problem in problems(order(items=items))] == ["number"]

    def test_o21_one_hand_ships_the_order(self) -> None:
        assert [problem.rule for problem in problems(order(("A", 1), ("afn", 1)))] == ["O21"]
        assert found(order(("afn-1", 1), ("afn-2", 1))) == []

    def test_a_sku_is_shown_in_short(self) -> None:
        (problem,) = problems(order(("no" + "x" * 10_000, 1)))
        assert len(problem.sentence) < 100


class TestTexts:
    @pytest.mark.parametrize(
        "name",
        [
            "reference",
            "service",
            "buyer_name",
            "buyer_email",
            "recipient",
            "address_1",
            "city",
            "payment_token",
        ],
    )
    @pytest.mark.parametrize("value", ["", "   ", "A\0B", "A\nB", "A\x1b[2J", "A\ud83d", "A" * 256])
    def test_an_odd_text(self, name: str, value: str) -> None:
        assert name in {problem.field for problem in problems(order(**{name: value}))}

    @pytest.mark.parametrize("name", ["address_2", "address_3", "state", "postal_code"])
    def test_what_may_be_empty(self, name: str) -> None:
        assert found(order(**{name: ""})) == []
        assert name in {problem.field for problem in problems(order(**{name: "A\tB"}))}

    @pytest.mark.parametrize(
        ("country", "parts"),
        [
            ("JP", {"state": "東京都", "postal_code": "150-0041"}),
            ("SG", {"postal_code": "018956"}),
            ("SG", {}),
            ("HK", {}),
            ("HK", {"state": "Kowloon"}),
            ("AE", {"state": "Dubai"}),
            ("KR", {"city": "서울특별시"}),
            ("IE", {"city": "Dublin"}),
        ],
    )
    def test_an_address_needs_the_parts_that_its_country_has(
        self, country: str, parts: dict[str, str]
    ) -> None:
        bare = dict.fromkeys(["city", "state", "postal_code"], "")
        assert found(order(country=country, **(bare | parts))) == []

    @pytest.mark.parametrize("country", ["US", "DE", "GB", "CN", "XX"])
    def test_where_a_city_is_needed_its_lack_is_named(self, country: str) -> None:
        assert [problem.field for problem in problems(order(country=country, city=""))] == ["city"]

    @pytest.mark.parametrize("value", ["张伟", "O’Brien", "José", "👩‍👩‍👧", "नमस्ते", "שלום"])
    def test_names_of_all_the_world(self, value: str) -> None:
        assert found(order(recipient=value, buyer_name=value, city=value)) == []

    @pytest.mark.parametrize("country", ["", "us", "USA", "U1", "ÜS"])
    def test_no_country(self, country: str) -> None:
        assert "country" in {problem.field for problem in problems(order(country=country))}

    @pytest.mark.parametrize("email", ["ada", "ada@", "@example.org", "a@b@example.org", "ada@example"])
    def test_no_email(self, email: str) -> None:
        assert [problem.field for problem in problems(order(buyer_email=email))] == ["buyer_email"]

    @pytest.mark.parametrize("token", ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111"])
    def test_card_numbers_are_not_taken_nor_repeated(self, token: str) -> None:
        (problem,) = problems(order(payment_token=token))
        assert (problem.field, token in problem.sentence) == ("payment_token", False)

    def test_the_token_is_never_printed(self) -> None:
        assert "tok_approve" not in repr(order())

    @pytest.mark.parametrize(
        ("number", "is_one"),
        [
            ("123-1234567-1234567", True),
            ("123-1234567-123456", False),
            ("12312345671234567", False),
            ("٠٠٠-1234567-1234567", False),
        ],
    )
    def test_the_form_of_an_order_number(self, number: str, is_one: bool) -> None:
        assert (found(order(number=number)) == []) == is_one


class TestMomentsAndParties:
    @pytest.mark.parametrize(
        ("placed_at", "passes"),
        [
            (NOON, True),
            (NOON + cart.CLOCK_SKEW, True),
            (NOON + cart.CLOCK_SKEW + MICRO, False),
            (NOON - cart.OLDEST, True),
            (NOON - cart.OLDEST - MICRO, False),
        ],
    )
    def test_placed_in_living_memory(self, placed_at: datetime, passes: bool) -> None:
        assert (found(order(placed_at=placed_at)) == []) == passes

    def test_another_currency(self) -> None:
        assert [problem.field for problem in problems(order(currency="EUR"))] == ["currency"]

    def test_another_marketplace(self) -> None:
        abroad = SalesChannel(pk=2, marketplace=Marketplace(pk=2), slug="abroad")
        assert [problem.field for problem in problems(order(), channel=abroad)] == ["seller"]


class TestFingerprint:
    def test_tells_the_same_from_another(self) -> None:
        assert order().fingerprint == order().fingerprint
        others = [
            order(("A", 2)),
            order(("A", 1), ("B", 1)),
            order(address_2="Flat 3"),
            order(payment_token="tok_decline"),
            order(placed_at=NOON + MICRO),
            order(items=(Item("A", 1, 1000, tax=1),)),
        ]
        assert len({order().fingerprint, *(other.fingerprint for other in others)}) == len(others) + 1

    def test_is_not_changed_by_fields_that_orders_learn_later(self) -> None:
        """What was stored by an earlier release must be found by a later one: this digest never changes."""
        assert order().fingerprint == "5092f31413ab930e0b5198590bc4b45adaabd77056c6ed9fc56812e7a05688f2"
