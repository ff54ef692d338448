"""Filters of Manage Orders: each, in pairs, sorted, with a search; the address says it all and reads it back (O19)."""

from datetime import date, timedelta
from itertools import chain, combinations

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from inventory.models import Fulfilment
from orders import cancel_requests, notes
from orders.forms.desk import SIZES, Noted, Printed, QuestionForm, ShipBy, Sort
from orders.lists import desk, filters, walks
from orders.lists.attention import Attention
from orders.lists.desk import Question, Turn
from orders.models import Order
from orders.states import Tab
from tests.factories import MINUTE, NOON, ChannelFactory, ListingFactory, SellerFactory
from tests.helpers import authorised, ship

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def trade():
    """Unshipped orders that differ in everything that can be asked for, newest last."""
    mine = ListingFactory(on_hand=100, sku="CUP-1")
    slow = ListingFactory(seller=mine.seller, on_hand=100, handling_days=4)
    theirs = ListingFactory(seller=mine.seller, on_hand=100, fulfilment=Fulfilment.AFN)
    market = mine.seller.marketplace
    shop = ChannelFactory(marketplace=market, slug="shop", name="Shop")
    fair = ChannelFactory(marketplace=market, slug="fair", name="Fair")
    orders = [
        authorised((mine, 1), channel=shop, now=NOON - 7 * DAY),
        authorised((mine, 1), channel=fair, service="Express", now=NOON - 4 * DAY),
        authorised((slow, 1), channel=shop, service="Express", now=NOON - DAY),
        authorised((theirs, 1), channel=fair, now=NOON - 2 * MINUTE),
        authorised((mine, 1), channel=shop, now=NOON - MINUTE),
        authorised((mine, 1), channel=fair, now=NOON),
    ]
    Order.objects.filter(pk=orders[1].pk).update(printed_at=NOON)
    notes.set(orders[2], "Gift wrap", Actor.system(), NOON)
    cancel_requests.ask(orders[4], note="", actor=Actor.buyer(), now=NOON)
    return orders


# Each filter with the places of the orders that suit it.
ONE = {
    "channels": (("shop",), {0, 2, 4}),
    "fulfilment": ("MFN", {0, 1, 2, 4, 5}),
    "service": ("Express", {1, 2}),
    "ship_by": ("late", {0, 1}),
    "printed": ("no", {0, 2, 3, 4, 5}),
    "note": ("yes", {2}),
    "attention": ("cancel-requested", {4}),
    "first_day": (NOON.date() - DAY, {2, 3, 4, 5}),
    "last_day": (NOON.date() - 2 * DAY, {0, 1}),
    "text": ("CUP-1", {0, 1, 4, 5}),
}


def shown(trade, **asked) -> list[int]:
    """The places of the orders on all pages, as the list shows them; and that `matching` says the same."""
    seller = trade[0].seller
    question, seen = Question(**{"size": 25, **asked}), []
    places = {order.pk: place for place, order in enumerate(trade)}
    answer = desk.answer(question, seller, NOON)
    seen = [places[order.pk] for order in answer.orders]
    if not answer.elsewhere:
        matching = {places[order.pk] for order in desk.matching(question, seller, NOON)}
        assert set(seen) == matching
        assert {places[order.pk] for order in desk.countable(question, seller, NOON).orders} == matching
    return [] if answer.elsewhere else seen


@pytest.mark.parametrize("name", ONE)
def test_o19_each_filter(trade, name):
    value, expected = ONE[name]
    assert set(shown(trade, **{name: value})) == expected


def test_o19_filters_in_pairs_hold_both(trade):
    wrong = []
    for one, two in combinations(ONE, 2):
        expected = ONE[one][1] & ONE[two][1]
        if set(shown(trade, **{one: ONE[one][0], two: ONE[two][0]})) != expected:
            wrong.append((one, two))
    assert wrong == []


@pytest.mark.parametrize(
    ("when", "expected"), [("late", [0, 1]), ("today", []), ("tomorrow", []), ("week", [4, 5, 2])]
)
def test_ship_by_stands_most_urgent_first(trade, when, expected):
    """Friday noon: what was sold today leaves on Monday, what needs four days on Thursday."""
    assert shown(trade, ship_by=when) == expected
    assert shown(trade, ship_by=when, sort="ship-by-last") == expected[::-1]


def test_ship_by_today_and_tomorrow_are_the_marketplaces_days(trade):
    monday = NOON + 3 * DAY
    for now, when, expected in [
        (monday, "today", {4, 5}),
        (monday - DAY, "tomorrow", {4, 5}),
        (monday - DAY, "today", set()),
        (monday + DAY, "late", {0, 1, 4, 5}),
    ]:
        found = desk.answer(Question(ship_by=when), trade[0].seller, now).orders
        assert {order.pk for order in found} == {trade[place].pk for place in expected}, (now, when)


def test_every_sort_of_the_unshipped(trade):
    assert shown(trade, sort="newest") == [5, 4, 3, 2, 1, 0]
    assert shown(trade, sort="oldest") == [0, 1, 2, 3, 4, 5]
    by_ship_date = shown(trade, sort="ship-by")
    assert [trade[place].ship_by for place in by_ship_date] == sorted(order.ship_by for order in trade)
    assert shown(trade, sort="ship-by-last") == by_ship_date[::-1]
    assert shown(trade, sort="oldest", channels=("shop",)) == [0, 2, 4]


@pytest.mark.parametrize("tab", Tab.values)
@pytest.mark.parametrize("sort", Sort.values)
def test_what_no_index_sorts_is_shown_all_the_same(trade, tab, sort):
    for order in trade[:2]:
        ship(order)
    expected = {"unshipped": 4, "shipped": 2}.get(tab, 0)
    assert len(shown(trade, tab=tab, sort=sort)) == expected


def test_each_page_goes_on_where_the_last_one_ended(trade):
    seller = trade[0].seller
    for asked in (
        {"channels": ("shop",)},
        {"sort": "ship-by"},
        {"printed": "no"},
        {"text": "CUP-1"},
        {"ship_by": "week"},
    ):
        whole = desk.answer(Question(**asked), seller, NOON).orders
        pages, turn = [], Turn()
        while True:
            answer = desk.answer(Question(**asked, size=2, turn=turn), seller, NOON)
            pages.append(answer.orders)
            if answer.page.next is None:
                break
            turn = Turn(below=answer.page.next)
        assert list(chain(*pages)) == whole, asked
        if len(pages) > 1:
            back = desk.answer(Question(**asked, size=2, turn=Turn(above=answer.page.previous)), seller, NOON)
            assert back.orders == pages[-2], asked
        last = desk.answer(Question(**asked, size=2, turn=Turn(at_end=True)), seller, NOON)
        assert last.orders == whole[-2:], asked


def test_a_walk_that_finds_little_ends_and_goes_on(trade, monkeypatch):
    """Of thousands that are passed over no page reads more than its window; the next one goes on there."""
    monkeypatch.setattr(walks, "WINDOW", 2)
    monkeypatch.setattr(walks, "FIRST_LOOK", 0.5)
    seller, turn, seen, pages = trade[0].seller, Turn(), [], 0
    while pages < 10:
        answer = desk.answer(Question(printed="yes", size=2, turn=turn), seller, NOON)
        seen, pages = seen + answer.orders, pages + 1
        if answer.page.next is None:
            break
        turn = Turn(below=answer.page.next)
    assert (seen, pages > 2) == ([trade[1]], True)


def test_a2_nothing_of_this_is_another_sellers(trade):
    other = SellerFactory(marketplace=trade[0].seller.marketplace)
    for name, (value, _expected) in ONE.items():
        question = Question(**{name: value})
        assert desk.answer(question, other, NOON).orders == []
        assert not desk.matching(question, other, NOON).exists()


QUESTIONS = st.builds(
    Question,
    tab=st.sampled_from(Tab.values),
    attention=st.just(""),
    first_day=st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 1)),
    last_day=st.none() | st.dates(date(2026, 6, 2), date(2026, 12, 31)),
    text=st.text(st.characters(exclude_categories=("C", "Z"), codec="utf-8"), max_size=40),
    channels=st.lists(st.from_regex(r"[a-z0-9-]{1,9}", fullmatch=True), max_size=3, unique=True).map(
        lambda names: tuple(sorted(names))
    ),
    fulfilment=st.sampled_from(["", *Fulfilment.values]),
    service=st.sampled_from(["", "Standard", "2nd & day=1"]),
    printed=st.sampled_from(["", *Printed.values]),
    note=st.sampled_from(["", *Noted.values]),
    sort=st.sampled_from(["", *Sort.values]),
    size=st.sampled_from([0, *SIZES]),
)


@given(QUESTIONS, st.sampled_from(["", *ShipBy.values]), st.sampled_from(["", *Attention.values]))
@settings(max_examples=60, deadline=None)
def test_the_address_reads_back_what_it_says(question, ship_by, attention):
    seller = None
    if ship_by or attention:
        question = desk.Question(
            **{**vars(question), "tab": Tab.UNSHIPPED, "ship_by": ship_by, "attention": attention}
        )
    assert Question.read(question.query(), seller) == question
    address = question.url().partition("?")[2]
    assert QuestionForm(QueryDict(address)).question() == question


def test_what_is_walked_by_placing_is_not_said_to_stand_by_ship_date(trade):
    """Words and notes are in their indexes by the moment of placing; with the ship-by filter and a warning too."""
    for asked in ({"text": "CUP-1"}, {"note": "yes"}):
        for more in ({"ship_by": "week"}, {"attention": "cancel-requested"}):
            question = Question(sort="ship-by", **asked, **more)
            assert filters.sorts(question) == [Sort.NEWEST, Sort.OLDEST]
    assert shown(trade, text="CUP-1", ship_by="week", sort="ship-by") == [5, 4]
    assert shown(trade, text="CUP-1", ship_by="week", sort="oldest") == [4, 5]
