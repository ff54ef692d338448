"""Workers that are killed in mid-batch: each row is done once, and one that kills them is given up (J6, I8)."""

from datetime import timedelta

import pytest

from accounts import clock
from batches import engine, stints
from batches.models import Batch, BatchRow
from tests.batches import stock_kind
from tests.batches.steps import batch_of, listing_of
from tests.crashes import die, forked, killed_in

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 30


def lease_over(batch):
    """What a dead worker held is free after its lease."""
    Batch.objects.filter(pk=batch.pk).update(claimed_until=clock.now() - timedelta(seconds=1))


def dying_in(name, at):
    """The function of the engine, but it dies with the call of that number, when its work is done."""
    function, calls = getattr(stints, name), []

    def wrapped(*args, **by):
        outcome = function(*args, **by)
        calls.append(1)
        if len(calls) == at:
            die()
        return outcome

    return wrapped


@pytest.mark.parametrize("point", ["_do", "_record"])
def test_killed_three_times_each_row_is_done_once(monkeypatch, point):
    listing = listing_of()
    batch = batch_of(listing, [1] * ROWS)
    for at in (4, 9, 2):
        with monkeypatch.context() as patched:
            patched.setattr(stints, point, dying_in(point, at))
            killed_in(lambda: engine.finish(batch.pk))
        lease_over(batch)
    batch = engine.finish(batch.pk)
    listing.refresh_from_db()
    assert (listing.on_hand, batch.done_count, batch.refused_count) == (ROWS, ROWS, 0)


def test_the_twin_that_parts_the_change_from_its_result_does_rows_twice(monkeypatch):
    listing = listing_of()
    batch = batch_of(listing, [1] * ROWS, kind="outside")
    with monkeypatch.context() as patched:
        patched.setattr(stints, "_record", lambda row, result: die())
        killed_in(lambda: engine.finish(batch.pk))
    lease_over(batch)
    engine.finish(batch.pk)
    listing.refresh_from_db()
    assert listing.on_hand == ROWS + 1


def test_j6_a_row_that_kills_its_workers_is_given_up_after_five_of_them():
    listing = listing_of()
    batch = batch_of(listing, [1, {"units": 1, stock_kind.DEADLY: True}, 1])
    deaths = 0
    while not Batch.objects.filter(pk=batch.pk, state="done").exists():
        worker = forked(lambda: engine.finish(batch.pk))
        worker.join()
        deaths += worker.exitcode != 0
        lease_over(batch)
    listing.refresh_from_db()
    killer = BatchRow.objects.get(batch=batch, place=2)
    assert (deaths, killer.state, killer.faults) == (stints.FAULTS, "refused", stints.FAULTS)
    assert listing.on_hand == 2


def test_two_workers_at_once_do_each_row_once():
    listing = listing_of()
    batch = batch_of(listing, [1] * ROWS)
    workers = [forked(lambda: engine.finish(batch.pk)) for _ in range(3)]
    for worker in workers:
        worker.join()
    engine.finish(batch.pk)
    listing.refresh_from_db()
    assert listing.on_hand == ROWS


def test_even_where_both_hold_the_batch(monkeypatch):
    listing = listing_of()
    batch = batch_of(listing, [1] * ROWS)

    def work():
        held = stints.claim(batch.pk) or Batch.objects.get(pk=batch.pk)
        stints.Stint(held, until=float("inf")).do()

    workers = [forked(work) for _ in range(3)]
    for worker in workers:
        worker.join()
    listing.refresh_from_db()
    assert listing.on_hand == ROWS


def test_the_sweep_goes_on_with_what_nobody_holds():
    listing = listing_of()
    batches = [batch_of(listing, [1]) for _ in range(3)]
    while engine.sweep():
        pass
    assert {Batch.objects.get(pk=batch.pk).state for batch in batches} == {"done"}
