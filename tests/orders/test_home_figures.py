"""Home's figures are those of the lists that they open; its picture of sales says the same as its table (H1, H2)."""

import random
import re
import uuid
from datetime import timedelta

import pytest

from accounts.actors import Actor
from accounts.models import Right
from inventory import stock
from inventory.models import MovementKind
from messaging import cases, threads
from messaging.models import SupportCase
from messaging.states import CaseState, Reason
from orders import cancel_requests, lifecycle, sweeps
from orders.models import Order
from orders.refusals import Refused
from orders.states import CancelReason
from refunds.models import Refund
from tests.factories import MINUTE, NOON, ChannelFactory, ListingFactory, MembershipFactory
from tests.helpers import SYSTEM, authorised, everything, place, ship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
DAY = timedelta(days=1)
WARNING = re.compile(r'banner-title line">\s*([\d,]+)\+? .*?class="btn btn-sm" href="([^"]+)"', re.DOTALL)
TILE = re.compile(r'class="card stat work[^"]*" href="([^"]+)">.*?stat-value">([\d,]+)', re.DOTALL)


def rows_of(client, address: str) -> int:
    """How many rows the list has."""
    page = client.get(address.replace("&amp;", "&"))
    assert page.status_code == 200, address
    body = re.search(r"<tbody.*?</tbody>", page.content.decode(), re.DOTALL)
    return body[0].count("<tr") if body else 0


def live(seed: int, seller) -> None:
    """Orders of two weeks, each at another point of its life, some in trouble."""
    chance = random.Random(seed)
    buyer, now = Actor.buyer(), NOON
    for n in range(14):
        listing = ListingFactory(seller=seller, sku=f"S-{seed}-{n}", on_hand=20)
        placed = now - timedelta(days=n)
        order = authorised((listing, 2), now=placed)
        try:
            match chance.randrange(7):
                case 0:
                    ship(order, now=placed + chance.randrange(5) * DAY)
                case 1:
                    ship(order, {next(iter(everything(order))): 1}, now=placed + DAY)
                case 2:
                    lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=placed)
                case 3:
                    cancel_requests.ask(order, note="", actor=buyer, now=placed + 31 * MINUTE)
                case 4:
                    about = {"reason": Reason.OTHER, "key": uuid.uuid4(), "now": placed}
                    threads.receive(order, "Where is it?", **about)
                case 5:
                    shared = {
                        "seen_version": None,
                        "kind": MovementKind.COUNT,
                        "now": placed,
                        "actor": SYSTEM,
                    }
                    stock.set_on_hand(listing, 1, **shared)
        except Refused:
            continue
    place((ListingFactory(seller=seller), 1), payment_token="tok_decline")
    sweeps.run(sweeps.cancel_overdue, now=now, actor=SYSTEM)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_h1_every_warning_and_tile_counts_the_list_that_it_opens(seed, alice, seller, at):
    live(seed, seller)
    key = uuid.uuid4()
    case = cases.open_case(
        seller, "113-1111111-1111111", "Gone?", key=key, actor=Actor.seller(None), now=NOON
    )
    SupportCase.objects.filter(pk=case.pk).update(state=CaseState.ANSWERED)
    at(NOON + 5 * MINUTE)
    shown = alice.get("/").content.decode()
    warnings = WARNING.findall(shown)
    assert len(warnings) >= 3
    for number, address in warnings:
        assert (address, rows_of(alice, address)) == (address, int(number))
    tiles = TILE.findall(shown)
    assert len(tiles) == 5
    for address, number in tiles:
        assert (address, rows_of(alice, address)) == (address, int(number))


def test_h2_a_failed_refund_is_work_and_stands_on_its_list(alice, seller, listing, at):
    order = ship(authorised((listing, 1)))
    Refund.objects.create(
        seller=seller, order=order, number=1, key=uuid.uuid4(), fingerprint="x", state="failed",
        reason="other", currency="USD", amount=500, requested_at=NOON, due_at=NOON, finished_at=NOON,
        actor_kind="seller", source="page", error="No.",
    )  # fmt: skip
    shown = alice.get("/refunds/failed/").content.decode()
    assert order.number in shown
    assert "$5.00" in shown
    assert rows_of(alice, "/refunds/failed/") == 1


class TestSales:
    """The picture, its table, and what the address says of them."""

    @pytest.fixture
    def sold(self, seller, listing):
        web, app = (
            ChannelFactory(marketplace=seller.marketplace, name=name, slug=name) for name in ("web", "app")
        )
        for moment, channel in (
            (NOON, web),
            (NOON, app),
            (NOON.replace(hour=4), web),  # the 19th in New York
            (NOON.replace(day=6), web),
        ):
            authorised((listing, 1), now=moment, channel=channel)

    def test_of_fourteen_days(self, alice, sold):
        shown = text(alice.get("/"))
        assert "3 orders, $47.40, without canceled ones" in shown
        for row in (
            "Fri, Nov 20</th><td>2<td>$31.60<td>0",
            "Thu, Nov 19</th><td>1<td>$15.80<td>0",
            "Sat, Nov 7</th><td>0<td>$0.00<td>0",
        ):
            assert row in shown.replace(' class="cell-num"', "").replace("</td>", "")
        assert "Nov 6<" not in shown
        assert "<title>Fri, Nov 20: 2 orders</title>" in shown

    def test_of_thirty_days_in_money_of_one_channel(self, alice, sold):
        shown = text(alice.get("/?days=30&show=money&channel=web"))
        assert "3 orders, $47.40, without canceled ones" in shown
        assert "<title>Fri, Nov 20: $15.80</title>" in shown
        assert 'href="/?days=7&amp;show=money&amp;channel=web#sales"' in shown

    @pytest.mark.parametrize("query", ["days=8", "days=x", "show=pie", "channel=none", "days=-1&show="])
    def test_what_makes_no_sense_is_left_out(self, alice, sold, query):
        assert "3 orders, $47.40, without canceled ones" in text(alice.get(f"/?{query}"))


class TestPerformancePage:
    """Each rate with its orders, in pages."""

    def test_the_orders_behind_a_rate_come_in_pages_and_lead_to_the_order(
        self, alice, listing, at, monkeypatch
    ):
        monkeypatch.setattr("accounts.keyset.page.__defaults__", (2,))
        orders = [authorised((listing, 1), now=NOON + n * MINUTE) for n in range(3)]
        at(orders[0].ship_by + MINUTE)
        seen, address = [], "/performance/?rate=late-shipment&days=10"
        while address:
            page = alice.get(address).content.decode()
            seen += re.findall(r'class="order-number" href="/orders/([\d-]+)/"', page)
            step = re.search(r'href="([^"]+)"[^>]*rel="next"', page)
            address = step and step[1].replace("&amp;", "&")
        assert seen == [order.number for order in reversed(orders)]
        assert "Not confirmed yet, late by 1m" in page

    @pytest.mark.parametrize("query", ["", "rate=none", "rate=cancellation&days=9", "before=x", "days=x"])
    def test_what_makes_no_sense_shows_the_first(self, alice, listing, query):
        authorised((listing, 1))
        shown = text(alice.get(f"/performance/?{query}"))
        assert "Target: under" in shown
        assert "No order counts against you" in shown

    def test_who_may_not_see_orders_sees_no_rates(self, seller, listing, client):
        client.force_login(MembershipFactory(seller=seller, rights=[Right.REPORT]).user)
        assert client.get("/performance/").status_code == 403

    def test_its_queries_do_not_grow_with_the_orders(self, alice, listing, at, django_assert_max_num_queries):
        orders = [authorised((listing, 1)) for _n in range(8)]
        at(orders[0].ship_by + MINUTE)
        with django_assert_max_num_queries(15):
            assert len(Order.objects.all()) == 8
            alice.get("/performance/?rate=valid-tracking")


def text(response) -> str:
    assert response.status_code == 200, (response.status_code, response.headers)
    return " ".join(response.content.decode().split())
