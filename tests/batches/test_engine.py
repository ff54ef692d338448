"""Batches row by row: each with its own result, whatever becomes of the others (ADR 13)."""

import uuid
from datetime import timedelta

import pytest

from accounts.actors import Actor
from accounts.models import Membership
from batches import engine, stints
from batches.models import Batch
from batches.states import BatchState
from tests.batches.steps import batch_of, listing_of, member, results
from tests.factories import NOON, ListingFactory

pytestmark = pytest.mark.django_db


def test_good_rows_are_done_and_refused_ones_change_nothing():
    listing = listing_of()
    batch = engine.finish(batch_of(listing, [3, -1, 4]).pk)
    listing.refresh_from_db()
    assert results(batch) == [("done", "3 more"), ("refused", "No."), ("done", "4 more")]
    assert listing.on_hand == 7
    assert (batch.state, batch.total, batch.done_count, batch.refused_count) == ("done", 3, 2, 1)
    assert batch.finished_at and batch.claim is None


def test_a_dry_run_says_the_same_and_changes_nothing():
    listing = listing_of()
    batch = engine.finish(batch_of(listing, [3, -1], is_dry_run=True).pk)
    listing.refresh_from_db()
    assert results(batch) == [("done", "3 more"), ("refused", "No.")]
    assert listing.on_hand == 0


def test_a_dry_run_of_what_talks_to_the_world_only_checks():
    listing = listing_of()
    batch = engine.finish(batch_of(listing, [3], kind="outside", is_dry_run=True).pk)
    listing.refresh_from_db()
    assert results(batch) == [("done", "would")]
    assert listing.on_hand == 0


def test_the_same_key_is_the_same_batch():
    listing, key = listing_of(), uuid.uuid4()
    first, again = (batch_of(listing, [3], key=key) for _ in range(2))
    assert first == again
    assert first.rows.count() == 1


def test_rows_keep_their_keys():
    row = batch_of(listing_of(), [3]).rows.get()
    assert row.key == type(row).objects.get().key


def test_a_kind_that_there_is_not_is_refused_at_once():
    with pytest.raises(KeyError):
        batch_of(listing_of(), [3], kind="nothing")


@pytest.mark.parametrize("kind", ["add", "outside"])
def test_j6_a_row_that_breaks_is_tried_five_times_and_stops_no_other(kind):
    listing = listing_of()
    rows = [{"units": 1, "breaks": True}, 2, 3] if kind == "add" else [2, 3, {"units": 0, "breaks": True}]
    batch = engine.finish(batch_of(listing, rows, kind=kind).pk)
    listing.refresh_from_db()
    broken = batch.rows.get(state="refused")
    assert (broken.faults, broken.code) == (stints.FAULTS, stints.FAULT_CODE)
    assert "could not be processed" in broken.sentence
    assert (listing.on_hand, batch.state, batch.done_count) == (5, "done", 2)


def test_a_batch_that_a_worker_holds_is_left_to_it():
    batch = batch_of(listing_of(), [3])
    held = stints.claim(batch.pk)
    assert held
    assert stints.claim(batch.pk) is None
    assert engine.finish(batch.pk).state == BatchState.RUNNING


def test_a_worker_whose_claim_is_gone_writes_nothing_over_the_next_ones_work():
    batch = batch_of(listing_of(), [3])
    held = stints.claim(batch.pk)
    Batch.objects.filter(pk=batch.pk).update(claim=uuid.uuid4())
    stints.Stint(held, until=0).do()
    batch.refresh_from_db()
    assert (batch.state, batch.done_count) == (BatchState.RUNNING, 0)


def test_a_stint_hands_on_when_its_time_is_over_and_the_next_one_ends_it():
    listing = listing_of()
    batch = batch_of(listing, [1, 2, 3])
    engine.work(batch.pk, seconds=0)
    batch.refresh_from_db()
    assert (batch.state, batch.done_count, batch.claim) == (BatchState.RUNNING, 1, None)
    assert engine.finish(batch.pk).done_count == 3
    listing.refresh_from_db()
    assert listing.on_hand == 6


def test_stopped_before_it_began_nothing_is_done_and_again_does_it():
    listing = listing_of()
    batch = batch_of(listing, [1, 2])
    engine.stop(batch, now=NOON)
    assert engine.finish(batch.pk).state == BatchState.STOPPED
    listing.refresh_from_db()
    assert listing.on_hand == 0
    anew = engine.again(batch, key=uuid.uuid4(), actor=Actor.system(), now=NOON)
    assert engine.finish(anew.pk).done_count == 2


def test_stopped_on_the_way_it_ends_between_two_rows(monkeypatch):
    listing = listing_of()
    batch = batch_of(listing, [1, 2, 3])
    monkeypatch.setattr(stints, "RENEW_SECONDS", 0)
    do = stints._do

    def stopping(*args):
        engine.stop(batch, now=NOON)
        return do(*args)

    monkeypatch.setattr(stints, "_do", stopping)
    stopped = engine.finish(batch.pk)
    assert (stopped.state, stopped.done_count) == (BatchState.STOPPED, 1)


def test_again_takes_only_what_was_not_done():
    listing = listing_of()
    batch = engine.finish(batch_of(listing, [1, -2, 3]).pk)
    anew = engine.again(batch, key=uuid.uuid4(), actor=Actor.system(), now=NOON)
    assert list(anew.rows.values_list("place", "data")) == [(1, {"units": -2})]


def test_who_lost_the_right_meanwhile_does_nothing_more():
    membership = member("view", "ship")
    listing = ListingFactory(seller=membership.seller, on_hand=0)
    batch = batch_of(listing, [3], actor=Actor.seller(membership.user))
    Membership.objects.filter(pk=membership.pk).update(rights=["view"])
    ended = engine.finish(batch.pk)
    listing.refresh_from_db()
    assert (ended.state, listing.on_hand) == (BatchState.FAILED, 0)
    assert "no longer has the right" in ended.problem


def test_a_kind_that_is_offered_no_longer_fails_its_batches(settings):
    batch = batch_of(listing_of(), [3])
    settings.BATCH_KINDS = {}
    assert engine.finish(batch.pk).state == BatchState.FAILED


def test_after_ninety_days_a_batch_is_forgotten():
    batch = engine.finish(batch_of(listing_of(), [3]).pk)
    assert engine.forget(batch.finished_at + timedelta(days=89)) == 0
    assert engine.forget(batch.finished_at + timedelta(days=91)) == 1
    assert not Batch.objects.exists()
