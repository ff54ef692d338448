"""Messages: tabs, search, clock, pages, the count beside it, the warning on the home page (C5, H1)."""

from datetime import timedelta

import pytest

from messaging import threads
from messaging.models import Thread
from orders import lifecycle
from orders.states import CancelReason
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, authorised
from tests.messaging.page_steps import queries, text
from tests.messaging.steps import BUYER, from_buyer, from_seller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at", "files")]
HOUR = timedelta(hours=1)


@pytest.fixture
def talks(seller, alice):
    """One that waits for 25 hours at LATER, one for an hour, one that was answered, one that needs none."""
    listing = ListingFactory(seller=seller, on_hand=20)
    orders = [authorised((listing, 1), buyer_name=name) for name in ("Ann", "Bert", "Cleo", "Dora")]
    from_buyer(orders[0], "Is it blue?")
    from_buyer(orders[1], "Is it 100%_big?", now=NOON + 24 * HOUR)
    from_seller(orders[2], "Which size?", now=NOON + 2 * HOUR)
    done = from_buyer(orders[3], "Thank you!", now=NOON + 3 * HOUR).thread
    threads.no_reply_needed(done, actor=BUYER, now=NOON)
    return orders


@pytest.fixture
def later(at, talks):
    at(NOON + 25 * HOUR)
    return talks


def buyers(client, query=""):
    return [row.buyer for row in client.get(f"/messages/{query}").context["rows"]]


def test_each_list_in_its_order(alice, later):
    """C5: what waits the longest comes first; what needs no answer waits for none."""
    assert buyers(alice) == ["Ann", "Bert"]
    assert buyers(alice, "?show=overdue") == ["Ann"]
    assert buyers(alice, "?show=unread") == ["Bert", "Dora", "Ann"]
    assert buyers(alice, "?show=all") == ["Bert", "Dora", "Cleo", "Ann"]


def test_each_tab_counts_what_it_holds(alice, later):
    tabs = alice.get("/messages/?show=all").context["tabs"]
    assert [(tab["count"], tab["current"]) for tab in tabs] == [
        ("2", False),
        ("1", False),
        ("3", False),
        ("4", True),
    ]


def test_c5_the_clock_says_what_is_left_and_what_is_over(alice, later):
    shown = text(alice.get("/messages/"))
    assert "Overdue by 1h 0m" in shown
    assert "23h 0m left" in shown


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("blue", ["Ann"]),
        ("BLUE", ["Ann"]),
        ("100%_", ["Bert"]),
        ("%", ["Bert"]),
        ("cle", ["Cleo"]),
        ("size?", ["Cleo"]),
        ("nothing like it", []),
    ],
)
def test_the_search_looks_at_texts_and_buyers(alice, later, words, found):
    answer = alice.get("/messages/", {"show": "all", "q": words})
    assert [row.buyer for row in answer.context["rows"]] == found


def test_the_search_knows_order_numbers(alice, later):
    number = later[2].number
    for words in (number, number.replace("-", ""), number[:12]):
        assert buyers(alice, f"?show=all&q={words}") == ["Cleo"]


def test_a_search_that_finds_nothing_here_leads_to_where_it_does(alice, later):
    shown = text(alice.get("/messages/?q=size"))
    assert "Not in this list, but in another one." in shown
    assert "/messages/?show=all&amp;q=size" in shown


def test_c2_nobody_waits_for_an_answer_about_a_canceled_order(alice, later):
    lifecycle.cancel(later[0], reason=CancelReason.GENERAL_ADJUSTMENT, actor=SYSTEM, now=NOON + 25 * HOUR)
    assert buyers(alice) == ["Bert"]
    assert buyers(alice, "?show=overdue") == []
    tabs = alice.get("/messages/?show=all").context["tabs"]
    assert [tab["count"] for tab in tabs] == ["1", "0", "3", "4"]
    clocks = [row.buyer for row in alice.get("/messages/?show=all").context["rows"] if row.clock]
    assert clocks == ["Bert"]
    assert "unanswered for over" not in text(alice.get("/"))
    for address in (f"/orders/{later[0].number}/", f"/orders/{later[0].number}/messages/"):
        shown = text(alice.get(address))
        assert "Is it blue?" in shown
        assert "overdue by" not in shown


def test_the_pages_turn_in_both_directions(alice, seller, monkeypatch):
    monkeypatch.setattr("accounts.keyset.page.__defaults__", (2,))
    listing = ListingFactory(seller=seller, on_hand=20)
    for number in range(5):
        from_buyer(authorised((listing, 1), buyer_name=f"B{number}"), now=NOON + number * HOUR)
    for show, names in (("needed", ["B0", "B1", "B2", "B3", "B4"]), ("all", ["B4", "B3", "B2", "B1", "B0"])):
        first = alice.get(f"/messages/?show={show}")
        second = alice.get(first.context["pager"]["next_url"])
        third = alice.get(second.context["pager"]["next_url"])
        rows = [[row.buyer for row in page.context["rows"]] for page in (first, second, third)]
        assert rows == [names[:2], names[2:4], names[4:]]
        back = alice.get(third.context["pager"]["previous_url"])
        assert [row.buyer for row in back.context["rows"]] == names[2:4]


def test_constant_queries(alice, seller):
    listing = ListingFactory(seller=seller, on_hand=20)
    counts = []
    alice.get("/")
    for more in (1, 2):
        for number in range(more):
            from_buyer(authorised((listing, 1)), f"Hello {number}")
        counts.append([queries(alice, f"/messages/?show={show}&q=hello") for show in ("needed", "all")])
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "query",
    [
        "?show=nothing",
        "?before=x",
        "?before=9999999999999999999999.1",
        "?after=-1.1",
        "?q=%00",
        "?q=" + "x" * 300,
        "?show=overdue&end=1&before=1.1&after=2.2",
        "?end=yes&show=",
    ],
)
def test_an_odd_address_shows_a_list_all_the_same(alice, talks, query):
    assert alice.get(f"/messages/{query}").status_code == 200


def test_only_the_own_are_listed(charlie, talks):
    assert buyers(charlie, "?show=all") == []


def test_the_navigation_counts_what_is_unread(alice, talks):
    shown = text(alice.get("/messages/"))
    assert '<span class="count">3<span class="visually-hidden"> unread</span></span>' in shown


def test_h1_the_home_page_warns_and_opens_what_it_counts(alice, later):
    shown = text(alice.get("/"))
    assert "1 message is unanswered for over 24 hours" in shown
    assert "/messages/?show=overdue" in shown
    Thread.objects.update(reply_due_at=None)
    assert "unanswered for over" not in text(alice.get("/"))
