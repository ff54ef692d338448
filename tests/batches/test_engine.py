"""Batches row by row: each with its own result, whatever becomes of the others (ADR 13)."""

import uuid
from datetime import timedelta

import pytest

from accounts import clock
from accounts.actors import Actor
from accounts.models import Membership
from batches import engine, stints
from batches.models import Batch, BatchRow
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
    anew = engine.again(batch, actor=Actor.system(), now=NOON)
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
    anew = engine.again(batch, actor=Actor.system(), now=NOON)
    assert list(anew.rows.values_list("place", "data")) == [(1, {"units": -2})]


def test_i8_of_a_batch_there_is_one_second_try_however_often_it_is_asked_for():
    batch = batch_of(listing_of(), [1, -2])
    assert engine.again(batch, actor=Actor.system(), now=NOON) is None
    batch = engine.finish(batch.pk)
    first, second = (engine.again(batch, actor=Actor.system(), now=NOON) for _tab in range(2))
    assert first == second == engine.follower(batch)
    assert Batch.objects.count() == 2
    whole = engine.finish(batch_of(listing_of(sku="LAMP-2"), [1]).pk)
    assert engine.again(whole, actor=Actor.system(), now=NOON) is None


def test_j6_after_a_fault_a_row_has_a_pause_and_the_batch_is_put_down(monkeypatch):
    now = clock.now()
    monkeypatch.setattr("accounts.clock.now", lambda: now)
    monkeypatch.setattr(stints, "PAUSES", (1, 5, 30, 120))
    batch = batch_of(listing_of(), [{"units": 1, "breaks": True}, 2])
    for tries, seconds in enumerate((1, 5, 30, 120), start=1):
        put_down = engine.finish(batch.pk)
        assert (put_down.state, put_down.done_count) == (BatchState.RUNNING, 1)
        assert put_down.claimed_until == now + timedelta(seconds=seconds)
        assert engine.finish(batch.pk).rows.get(place=1).faults == tries
        assert batch not in engine.due(now)
        now += timedelta(seconds=seconds)
    assert engine.finish(batch.pk).state == BatchState.DONE
    assert batch.rows.get(place=1).code == stints.FAULT_CODE


def test_what_is_put_down_can_be_stopped():
    batch = batch_of(listing_of(), [{"units": 1, "breaks": True}])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stints, "PAUSES", (600,))
        engine.finish(batch.pk)
    engine.stop(batch, now=clock.now())
    assert engine.finish(batch.pk).state == BatchState.STOPPED


@pytest.mark.parametrize("kind", ["add", "outside"])
def test_a_row_that_has_to_wait_is_done_after_the_others_and_refused_at_last(kind):
    listing = listing_of()
    batch = batch_of(listing, [{"units": 1, "waits": 3}, 2, {"units": 4, "waits": 999}], kind=kind)
    batch = engine.finish(batch.pk)
    listing.refresh_from_db()
    assert [(row.state, row.code, row.waits) for row in batch.rows.all()] == [
        ("done", "", 3),
        ("done", "", 0),
        ("refused", "90002", len(stints.WAITS)),
    ]
    assert (listing.on_hand, batch.state, batch.refused_count) == (3, BatchState.DONE, 1)


def test_rows_that_say_much_are_put_on_record_some_at_a_time():
    said = [BatchRow(data={"text": "x" * 60_000}) for _ in range(100)]
    assert max(len(some) for some in engine._parts(said)) <= engine.CHARACTERS_AT_ONCE // 60_000 + 1
    assert [len(some) for some in engine._parts([BatchRow()] * 4_001)] == [2_000, 2_000, 1]


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


def test_after_thirty_days_a_batch_is_forgotten():
    batch = engine.finish(batch_of(listing_of(), [3]).pk)
    assert engine.forget(batch.finished_at + timedelta(days=29)) == 0
    assert engine.forget(batch.finished_at + timedelta(days=31)) == 1
    assert not Batch.objects.exists()


def test_forgetting_goes_on_until_nothing_old_is_left_or_its_time_is_over(monkeypatch):
    listing = listing_of()
    ended = [engine.finish(batch_of(listing, [3]).pk).finished_at for _ in range(5)]
    monkeypatch.setattr(engine, "AT_ONCE", 2)
    with monkeypatch.context() as patched:
        patched.setattr(engine, "FORGETTING_SECONDS", 0)
        assert engine.forget(ended[-1] + timedelta(days=91)) == 0
    assert engine.forget(ended[-1] + timedelta(days=91)) == 5
    assert not BatchRow.objects.exists()
