"""What was done of a file is remembered for good, whatever was deleted since (F5)."""

import hashlib
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.base import ContentFile

from accounts import clock
from batches import engine, kinds, stints
from batches.models import Batch
from orders.models import Package
from refunds.models import Refund
from reports.feeds import memory, operations, reading
from reports.feeds.models import DoneRows, Feed
from reports.feeds.states import FeedState
from tests.factories import MembershipFactory
from tests.helpers import ship
from tests.reports.feeds.feed_steps import A, B, credit, member_with, parcel, text, told, upload, worked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def half_done(member, file):
    """A feed that was stopped after its first row."""
    feed = upload(member, file)
    reading.read(feed.pk)
    feed.refresh_from_db()
    stints.Stint(stints.claim(feed.batch_id), until=0).do()
    operations.stop(feed, now=clock.now())
    assert worked(feed).state == FeedState.STOPPED
    return feed


def ninety_days_later():
    """Everything is deleted that is kept for 90 days."""
    later = clock.now() + timedelta(days=91)
    assert (engine.forget(later), operations.forget(later)) == (1, 1)
    assert not Batch.objects.exists()


def test_a_half_done_adjustments_feed_refunds_nothing_twice_after_90_days():
    member, (order,) = member_with(5)
    ship(order)
    file = text("adjust", *[credit(order, "1.00")] * 3)
    half_done(member, file)
    ninety_days_later()
    assert told(worked(upload(member, file))) == [("done", "70707"), *[("done", "")] * 2]
    assert Refund.objects.count() == 3


def test_without_memory_it_pays_again(monkeypatch):
    """The twin: a batch that is deleted before anybody wrote down what it has done."""
    member, (order,) = member_with(5)
    ship(order)
    file = text("adjust", *[credit(order, "1.00")] * 3)
    half_done(member, file)
    monkeypatch.setattr(kinds, "forgotten", lambda _batch: None)
    ninety_days_later()
    worked(upload(member, file))
    assert Refund.objects.count() == 4


def test_shipments_are_remembered_too():
    member, (order,) = member_with(2)
    item = order.items.get().number
    rows = [parcel(order, order_item_id=item, quantity=1, tracking_number=number) for number in (A, B)]
    half_done(member, text("ship", *rows))
    ninety_days_later()
    first, second = told(worked(upload(member, text("ship", *rows))))
    assert (first, second) == (("done", "70707"), ("done", "70709"))
    assert Package.objects.count() == 2


def test_cancellations_are_remembered_too():
    member, orders = member_with(1, orders=2)
    rows = [{"order_id": each.number} for each in orders]
    half_done(member, text("cancel", *rows))
    ninety_days_later()
    assert told(worked(upload(member, text("cancel", *rows)))) == [("done", "70707"), ("done", "")]


def test_nothing_of_an_inventory_file_or_a_dry_run_is_remembered():
    member, (order,) = member_with(1)
    worked(upload(member, text("ship", parcel(order)), is_at_once=False))
    worked(upload(member, text("stock", {"sku": order.items.get().sku, "quantity": 7})))
    assert engine.forget(clock.now() + timedelta(days=91)) == 2
    assert not DoneRows.objects.exists()


def test_a_file_is_known_by_a_digest_that_nobody_can_guess(settings):
    content, seller = b"sku\tquantity\nX\t1\n", MembershipFactory().seller
    known = memory.digest(seller, ContentFile(content))
    assert known not in (hashlib.sha256(content).hexdigest(), hashlib.sha256(known.encode()).hexdigest())
    assert memory.digest(seller, ContentFile(content)) == known
    settings.FEED_MEMORY_KEYS = ["another key " * 5]
    assert memory.digest(seller, ContentFile(content)) != known


@pytest.mark.parametrize(("is_kept", "refunds"), [(True, 3), (False, 4)])
def test_a_new_key_forgets_nothing_while_the_old_one_is_kept(settings, is_kept, refunds):
    """With its twin: once the old key is gone, the file isn't known any more."""
    member, (order,) = member_with(5)
    ship(order)
    file = text("adjust", *[credit(order, "1.00")] * 3)
    half_done(member, file)
    ninety_days_later()
    settings.FEED_MEMORY_KEYS = ["a new key " * 5, *(settings.FEED_MEMORY_KEYS if is_kept else [])]
    worked(upload(member, file))
    assert Refund.objects.count() == refunds


def test_files_from_before_are_known_again():
    member, (order,) = member_with(1)
    ship(order)
    feed = worked(upload(member, text("adjust", credit(order, "1.00"))))
    known = feed.digest
    content = text("adjust", credit(order, "1.00")).encode()
    Feed.objects.update(digest=hashlib.sha256(content).hexdigest())
    import_module("reports.migrations.0009_fill_feed_memory").fill(apps, None)
    assert Feed.objects.get().digest == known
