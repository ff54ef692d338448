"""The demo marketplace is true: its stock, its money and its history hold, and every state is there to see."""

import json
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Sum
from django.test import override_settings

from accounts import clock
from accounts.actors import ActorKind
from accounts.models import ChannelToken, Marketplace, Membership, Plan, Right, Seller
from demo import load as load_demo
from demo import market, people, trade
from inventory.models import Fulfilment, Listing, StockMovement
from messaging.models import Attachment, SupportCase, Thread
from notifications.models import InboxItem, Notice
from orders import deadlines, sweeps
from orders.models import CancelRequest, Order, OrderCount, OrderEvent, OrderItem, Package
from orders.states import OPEN, SELLER_REASONS, CanceledBy, CancelReason, EventKind, OrderStatus, RequestState
from payments.models import Payment, ProviderCall
from payments.states import PaymentState
from reports.feeds.models import Feed
from reports.feeds.states import FeedState
from tests.factories import MarketplaceFactory
from tests.helpers import SYSTEM

PASSWORD = "correct horse battery"


def load(*options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("load_demo", *options, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """A small demo, loaded once for all these tests and rolled back after the last of them."""
    var = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock(), override_settings(LOCAL=True, VAR=var, DEMO_PASSWORD=PASSWORD):
        around = transaction.atomic()
        around._from_testcase = True
        around.__enter__()
        try:
            yield json.loads(load("--orders", "60", "--json"))
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def now(demo: dict[str, Any]) -> datetime:
    """The moment that the demo ends at, or soon after."""
    return clock.now()


@pytest.fixture
def orders(demo: dict[str, Any]) -> Any:
    """Those of the demo seller."""
    return Order.objects.filter(seller__slug="lantern-and-pine")


def test_every_status_and_every_tab_has_orders_o1(orders: Any) -> None:
    assert set(orders.values_list("status", flat=True)) == set(OrderStatus.values)


def test_every_deadline_is_there_o8_o9_o17_o18(orders: Any, now: datetime) -> None:
    unshipped = orders.filter(status=OrderStatus.UNSHIPPED)
    us = Marketplace.objects.get(slug="harbor-us")
    soonest = min(unshipped.filter(ship_by__gte=now).values_list("ship_by", flat=True))
    found = {
        "inside the window": unshipped.filter(cancel_window_ends_at__gt=now).exists(),
        "due soonest": soonest <= deadlines.of(us, [1], now).ship_by,
        "late": orders.late(now).filter(status=OrderStatus.UNSHIPPED, warn_at__gt=now).exists(),
        "late, partly shipped": orders.late(now).filter(status=OrderStatus.PARTIALLY_SHIPPED).exists(),
        "long late, partly shipped": orders.filter(status__in=OPEN, confirm_deadline__lt=now).exists(),
        "warned of": orders.about_to_be_canceled(now).filter(warned_at__isnull=False).count() >= 3,
    }
    assert found == dict.fromkeys(found, True)


def test_every_way_to_be_canceled_is_there_o11_o13(orders: Any) -> None:
    found = set(orders.filter(status=OrderStatus.CANCELED).values_list("canceled_by", "cancel_reason"))
    assert found >= {
        *((CanceledBy.SELLER, reason) for reason in SELLER_REASONS),
        (CanceledBy.BUYER, CancelReason.BUYER_CANCELED),
        (CanceledBy.MARKETPLACE, CancelReason.PAYMENT_NOT_AUTHORISED),
        (CanceledBy.MARKETPLACE, CancelReason.NOT_CONFIRMED),
        (CanceledBy.MARKETPLACE, CancelReason.GENERAL_ADJUSTMENT),
    }


def test_requests_packages_and_units_tell_their_stories_o10_o12_o14(orders: Any) -> None:
    states = Counter(CancelRequest.objects.filter(order__in=orders).values_list("state", flat=True))
    kinds = set(OrderEvent.objects.filter(order__in=orders).values_list("kind", flat=True))
    assert states[RequestState.OPEN] == 3
    assert set(states) >= {RequestState.OPEN, RequestState.ACCEPTED, RequestState.LAPSED}
    assert Package.objects.filter(order__in=orders, number=2).exists()
    assert Package.objects.filter(order__in=orders, carrier="Other").exists()
    assert kinds >= {
        EventKind.PACKAGE_EDITED,
        EventKind.UNITS_CANCELED,
        EventKind.DECLINED,
        EventKind.PHONE_RELEASED,
    }


def test_payments_wait_for_an_answer_and_for_another_try_o2_o4(orders: Any, now: datetime) -> None:
    pending = Payment.objects.filter(order__in=orders.filter(status=OrderStatus.PENDING))
    states = Counter(pending.values_list("state", flat=True))
    assert states == {PaymentState.PENDING: 3, PaymentState.DECLINED: 4}


def test_a_single_unit_is_held_by_a_pending_payment_i1(demo: dict[str, Any]) -> None:
    snuffer = Listing.objects.get(sku="LP-CAN-05")
    assert (snuffer.on_hand, snuffer.reserved, snuffer.available) == (1, 1, 0)


def test_one_listing_is_oversold_i4(demo: dict[str, Any]) -> None:
    oversold = Listing.objects.filter(reserved__gt=F("on_hand")).values_list("sku", "on_hand", "reserved")
    assert list(oversold) == [("LP-HOM-07", 1, 3)]


def test_the_marketplace_ships_what_it_fulfils_o21(orders: Any) -> None:
    afn = OrderEvent.objects.filter(order__in=orders.filter(fulfilment=Fulfilment.AFN))
    by_sellers = afn.filter(actor_kind=ActorKind.SELLER).exists()
    shipped = afn.filter(kind=EventKind.SHIPMENT_CONFIRMED, actor_kind=ActorKind.MARKETPLACE).exists()
    assert (by_sellers, shipped) == (False, True)


def test_stock_figures_are_the_sums_of_the_ledger_i5(demo: dict[str, Any]) -> None:
    told = {listing.pk: (listing.on_hand, listing.reserved) for listing in Listing.objects.all()}
    sums = StockMovement.objects.values_list("listing").annotate(Sum("on_hand"), Sum("reserved"))
    assert {pk: (on_hand, reserved) for pk, on_hand, reserved in sums} == told


def test_reserved_is_what_open_orders_hold_i1(demo: dict[str, Any]) -> None:
    held: Counter[int] = Counter()
    for item in OrderItem.objects.all():
        held[item.listing_id] += item.units_open
    assert {listing.pk: held[listing.pk] for listing in Listing.objects.all()} == dict(
        Listing.objects.values_list("pk", "reserved")
    )


def test_kept_counts_are_real_counts(demo: dict[str, Any]) -> None:
    kept = OrderCount.objects.values_list("seller", "status").annotate(n=Sum("change")).filter(n__gt=0)
    real = Order.objects.values_list("seller", "status").annotate(n=Count("pk"))
    assert sorted(kept) == sorted(real)


def test_the_ledger_balances_p2(demo: dict[str, Any]) -> None:
    out = StringIO()
    call_command("check_ledger", "--json", stdout=out)
    assert json.loads(out.getvalue())["faults"] == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_order_is_charged_exactly_when_it_shipped_o15(demo: dict[str, Any]) -> None:
    charged = set(Payment.objects.filter(state=PaymentState.CAPTURED).values_list("order", flat=True))
    shipped = Order.objects.filter(status__in=[OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED])
    assert charged == set(shipped.values_list("pk", flat=True))


def test_history_runs_forward_and_never_ahead_of_now(now: datetime) -> None:
    events = OrderEvent.objects.order_by("order", "pk").values_list("order", "at")
    for _order, group in groupby(events, key=lambda event: event[0]):
        moments = [at for _order, at in group]
        assert moments == sorted(moments)
        assert moments[-1] <= now


def test_nothing_is_due_but_the_orders_of_this_moment(demo: dict[str, Any]) -> None:
    last = Order.objects.latest("placed_at").placed_at
    handled = {
        sweep.__name__: sweeps.run(sweep, now=last, actor=SYSTEM)
        for sweep in (
            sweeps.close_cancel_windows,
            sweeps.cancel_unauthorised,
            sweeps.cancel_overdue,
            sweeps.warn_of_deadlines,
            sweeps.retry_authorisations,
            sweeps.expire_phones,
        )
    }
    assert handled == dict.fromkeys(handled, 0)
    due = ProviderCall.objects.due(last)
    assert set(due.values_list("requested_at", flat=True)) == {last}


def test_conversations_and_cases_wait_and_are_answered_c5_o22_h1(orders: Any, now: datetime) -> None:
    threads = Thread.objects.filter(order__in=orders)
    assert (threads.overdue(now).count(), threads.waiting().count(), threads.count()) == (1, 3, 6)
    assert Attachment.objects.get().message.who == "buyer"
    assert Counter(SupportCase.objects.values_list("state", flat=True)) == {"open": 1, "answered": 1}


def test_inboxes_tell_of_some_days_but_no_mail_is_owed_for_what_is_long_past_n1(now: datetime) -> None:
    items = InboxItem.objects.filter(membership__user__email="demo@example.com")
    assert {item.read_at is None for item in items} == {True, False}
    assert not Notice.objects.filter(event__at__lt=now - 2 * load_demo.NEWS).exists()


def test_one_feed_is_done_but_for_a_row_and_one_was_tried_f5(demo: dict[str, Any]) -> None:
    feeds = Feed.objects.values_list("state", "total", "refused_count")
    assert set(feeds) == {(FeedState.DONE, 5, 1), (FeedState.CHECKED, 4, 1)}


def test_sellers_are_of_every_kind(demo: dict[str, Any]) -> None:
    sellers = {seller.slug: seller for seller in Seller.objects.annotate(n=Count("orders"))}
    assert sellers["hedgerow-inkwell"].plan == Plan.INDIVIDUAL
    assert sellers["driftwood-supply"].n == 0
    assert {seller.marketplace.currency for seller in sellers.values()} == {"USD", "EUR", "GBP", "JPY"}
    assert Membership.objects.filter(user__email="shenzhen@example.com").count() == 2
    assert Membership.objects.get(user__email="packing@example.com").rights == [Right.VIEW, Right.SHIP]
    assert Listing.objects.count() >= 60


def test_every_address_is_of_a_reserved_domain() -> None:
    ours = [person.email for person in (*market.PEOPLE, market.STAFF)]
    assert all(email.endswith("@example.com") for email in ours)
    assert all(
        domain.endswith((".test", "example.com", "example.org", "example.net")) for domain in people.DOMAINS
    )


def test_the_sign_ins_and_tokens_that_are_written_down_open_the_doors(demo: dict[str, Any]) -> None:
    sign_ins, tokens = Path(demo["sign_ins"]), Path(demo["channel_tokens"])
    assert {stat.S_IMODE(file.stat().st_mode) for file in (sign_ins, tokens)} == {0o600}
    assert PASSWORD in sign_ins.read_text()
    user = authenticate(username="demo@example.com", password=PASSWORD)
    assert user is not None and user.name == "Nora Lindqvist"
    assert user.emailaddress_set.get().verified
    secrets = dict(line.split() for line in tokens.read_text().splitlines())
    valid = ChannelToken.objects.valid(clock.now())
    assert {slug: valid.of_secret(secret).get().channel.slug for slug, secret in secrets.items()} == {
        slug: slug for slug in secrets
    }
    assert len(secrets) == 12


def test_a_second_run_adds_nothing_and_says_so(demo: dict[str, Any]) -> None:
    before = Order.objects.count()
    assert load() == "The demo is loaded already; nothing was added.\n"
    assert json.loads(load("--if-empty", "--json"))["loaded"] is False
    assert Order.objects.count() == before


def test_the_same_seed_plans_the_same_trade(now: datetime) -> None:
    shop = market.open_shops()[0]
    first, second = ([*trade.plans(shop, 20, rng=Random(5), now=now)] for _time in range(2))
    assert [(plan.placed_at, plan.cart, plan.pays) for plan in first] == [
        (plan.placed_at, plan.cart, plan.pays) for plan in second
    ]


@pytest.mark.django_db
def test_if_empty_leaves_another_marketplace_alone() -> None:
    MarketplaceFactory()
    assert load("--if-empty", "--force") == "There is a marketplace already; nothing was loaded.\n"
    assert not Seller.objects.exists()


@pytest.mark.django_db
@override_settings(LOCAL=False)
def test_a_database_of_ones_own_needs_force() -> None:
    with pytest.raises(CommandError, match="--force"):
        load()
    assert not Marketplace.objects.exists()


@pytest.mark.django_db
@override_settings(LOCAL=True, PAYMENT_PROVIDER="stripe")
def test_real_money_never_moves_for_a_demo() -> None:
    with pytest.raises(CommandError, match="sandbox"):
        load("--force")


@pytest.mark.django_db
@override_settings(LOCAL=True)
def test_a_load_that_was_broken_off_is_not_taken_for_a_whole_one() -> None:
    market.make_marketplaces()
    with pytest.raises(CommandError, match="broken off"):
        load()
