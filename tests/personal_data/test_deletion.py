"""After its time, what an order knew of its buyer is nowhere any more: not in a table, not in a file (D1)."""

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts import clock, digests
from accounts import personal_data_register as register
from orders import audit, personal_data_end, sweeps
from orders.entry import intake
from orders.models import BuyerName, Order, OrderEvent
from orders.states import EventKind
from payments.models import LedgerEntry
from refunds.models import Refund
from tests.factories import ChannelFactory, ListingFactory
from tests.helpers import CHANNEL, SYSTEM, authorised, new_order
from tests.orders.replaying import as_stored, history_of
from tests.owner import acting_as_owner
from tests.personal_data import planted
from tests.personal_data.steps import DAY, LONG_AGO, shipped_long_ago

pytestmark = pytest.mark.django_db
MICRO = timedelta(microseconds=1)


def purge(**options):
    out = StringIO()
    call_command("purge_personal_data", json=True, stdout=out, **options)
    return json.loads(out.getvalue())


@pytest.fixture
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def order(folder):
    return planted.plant(folder)


@pytest.fixture
def no_table(monkeypatch):
    """Take one table out of the register."""

    def take(label):
        tables = {model: table for model, table in register.tables().items() if model._meta.label != label}
        monkeypatch.setattr(register, "tables", lambda: tables)

    return take


def test_no_needle_is_found_after_the_purge(order, folder):
    assert planted.found(folder) == set(planted.NEEDLES)
    done = purge()
    assert planted.found(folder) == set()
    assert (done["orders"], done["sessions"], done["case_messages"], done["search_words"]) == (1, 1, 1, 1)
    assert set(purge().values()) == {0}


@pytest.mark.parametrize(
    ("label", "places"),
    [
        ("orders.OrderNote", {"private note"}),
        ("orders.OrderItem", {"gift message", "customization"}),
        ("orders.OrderEvent", {"tracking number"}),
        ("messaging.Attachment", {"name of an attachment", "content of an attachment"}),
        ("refunds.Refund", {"memo of a refund", "note of a refund"}),
    ],
)
def test_without_its_line_in_the_register_a_needle_is_found(order, folder, no_table, label, places):
    """The twin: it is the register that the purge goes by."""
    no_table(label)
    purge()
    assert planted.found(folder) == places


def test_dry_run_counts_and_changes_nothing(order, folder):
    before = planted._dump()
    trial = purge(dry_run=True)
    assert planted._dump() == before
    assert {**purge(), "dry_run": True} == trial


def test_money_stock_and_history_stay_whole(order):
    order.refresh_from_db()
    entries, books = list(LedgerEntry.objects.order_by("pk").values()), audit.faults()
    amounts = list(Refund.objects.values_list("amount", "state", "reason"))
    events = list(OrderEvent.objects.order_by("pk").values_list("pk", "kind", "at", "new_status"))
    purge()
    order.refresh_from_db()
    # The stock that a test begins with has no row in the ledger.
    assert audit.faults() == books == {"histories": 0, "ledgers": 0, "listings": 1}
    assert history_of(order) == as_stored(order)
    assert entries == list(LedgerEntry.objects.order_by("pk").values())
    assert amounts == list(Refund.objects.values_list("amount", "state", "reason"))
    *before, last = OrderEvent.objects.order_by("pk").values_list("pk", "kind", "at", "new_status")
    assert (before, last[1]) == (events, EventKind.DATA_DELETED)


def test_only_what_has_expired_goes():
    """Shipped a month and a bit ago, but still to be kept; open; kept longer."""
    fresh, held, unsent = (
        shipped_long_ago(),
        shipped_long_ago(),
        authorised((ListingFactory(), 1), now=LONG_AGO),
    )
    Order.objects.filter(pk=fresh.pk).update(personal_data_expires_at=clock.now() + DAY)
    personal_data_end.keep_longer(held, "Tax audit of 2026", actor=SYSTEM, now=LONG_AGO)
    assert purge()["orders"] == 0
    assert Order.objects.filter(buyer_name="Ada Buyer").count() == 3
    personal_data_end.keep_longer(held, "", actor=SYSTEM, now=LONG_AGO)
    assert purge()["orders"] == 1
    kinds = OrderEvent.objects.filter(order=held).order_by("-pk").values_list("kind", flat=True)[:3]
    assert list(kinds) == [EventKind.DATA_DELETED, EventKind.DATA_RELEASED, EventKind.DATA_KEPT]
    assert set(Order.objects.exclude(buyer_name="").values_list("pk", flat=True)) == {fresh.pk, unsent.pk}


def test_order_at_its_last_moment_is_kept_and_a_moment_later_not():
    order = shipped_long_ago()
    end = order.personal_data_expires_at
    assert not personal_data_end.due(end - MICRO).exists()
    assert personal_data_end.due(end).exists()


@pytest.mark.parametrize("function", ["orders_blank_events", "messaging_blank_aliases"])
@pytest.mark.parametrize("why", ["fresh", "held", "open"])
def test_owners_function_refuses_an_order_whose_data_has_not_expired(function, why):
    order = authorised((ListingFactory(), 1), now=LONG_AGO)
    changes = {"personal_data_expires_at": LONG_AGO}
    if why != "open":
        order = shipped_long_ago(order)
    if why == "fresh":
        changes = {"personal_data_expires_at": clock.now() + DAY}
    if why == "held":
        changes |= {"personal_data_hold_reason": "Taxes", "personal_data_held_at": LONG_AGO}
    Order.objects.filter(pk=order.pk).update(**changes)
    with pytest.raises(DatabaseError, match="has not expired"), transaction.atomic():
        personal_data_end._call(function, order.pk)


def test_history_that_was_tampered_with_is_not_chained_again_and_holds_up_no_other():
    broken, sound = shipped_long_ago(), shipped_long_ago()
    with acting_as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE orders_orderevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE orders_orderevent SET at = at + '1 day' WHERE order_id = %s", [broken.pk])
        cursor.execute("ALTER TABLE orders_orderevent ENABLE TRIGGER USER")
    assert purge()["orders"] == 1
    assert [each.order_number for each in audit.broken_histories()] == [broken.number]
    assert Order.objects.get(pk=broken.pk).buyer_name
    assert not Order.objects.get(pk=sound.pk).buyer_name


def test_app_cannot_blank_the_history_itself():
    order = shipped_long_ago()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        OrderEvent.objects.filter(order=order).update(details={})


def test_killed_in_the_middle_of_an_order_nothing_of_it_is_deleted(order, folder, monkeypatch):
    """What a kill leaves: each order whole, or its data gone; the next run goes on."""
    with monkeypatch.context() as patch:
        patch.setattr(personal_data_end.history, "write", _die)
        with pytest.raises(KeyboardInterrupt):
            purge()
    assert planted.found(folder) >= set(planted.ORDER)
    assert purge()["orders"] == 1
    assert planted.found(folder) == set()


def _die(events):
    raise KeyboardInterrupt


def test_deleted_already_by_another_worker_it_is_passed_over(monkeypatch):
    """Both have found the order; the slower one finds it done under its lock."""
    order, now = shipped_long_ago(), clock.now()
    assert personal_data_end._delete_alone(order.pk, now, SYSTEM)
    assert not personal_data_end._delete_alone(order.pk, now, SYSTEM)
    assert OrderEvent.objects.filter(kind=EventKind.DATA_DELETED).count() == 1


def test_name_is_searched_for_as_long_as_another_order_has_it():
    first, second = (shipped_long_ago() for _each in range(2))
    Order.objects.filter(pk=second.pk).update(personal_data_expires_at=clock.now() + DAY)
    Order.objects.filter(pk=second.pk).update(seller=second.seller)
    purge()
    assert list(BuyerName.objects.values_list("seller", "name")) == [(second.seller_id, "ADA BUYER")]
    assert Order.objects.get(pk=first.pk).buyer_name == ""


def test_same_order_handed_in_again_is_still_known_after_the_purge():
    listing = ListingFactory()
    channel, new = (
        ChannelFactory(marketplace=listing.seller.marketplace),
        new_order((listing, 1), now=LONG_AGO),
    )
    again = {"seller": listing.seller, "channel": channel, "actor": CHANNEL, "now": LONG_AGO}
    (first,) = intake.place([new], **again)
    sweeps.run(sweeps.finish_provider_calls, now=LONG_AGO, actor=SYSTEM)
    shipped_long_ago(Order.objects.get(pk=first.order.pk))
    purge()
    (second,) = intake.place([new], **again)
    assert second.order.pk == first.order.pk
    (third,) = intake.place([replace(new, buyer_name="Somebody else")], **again)
    assert not hasattr(third, "order")


def test_fingerprint_is_kept_under_a_key():
    listing = ListingFactory()
    new = new_order((listing, 1), now=LONG_AGO)
    channel = ChannelFactory(marketplace=listing.seller.marketplace)
    intake.place([new], seller=listing.seller, channel=channel, actor=CHANNEL, now=LONG_AGO)
    order = Order.objects.get()
    assert order.fingerprint != new.fingerprint
    assert digests.is_same(new.fingerprint, order.fingerprint)
    assert not digests.is_same(replace(new, city="Elsewhere").fingerprint, order.fingerprint)
