"""Edits at once: no stale form wins, and bulk changes in any order wait for each other and never in a circle (I2)."""

import itertools
import random
import time
from functools import partial

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.actors import Actor
from inventory import listings, rebuild, stock
from inventory.listings import Edit
from inventory.models import Listing, ListingChange, ListingQuerySet
from inventory.refusals import StaleListing
from tests.factories import NOON, MembershipFactory, SellerFactory
from tests.helpers import SYSTEM, at_once
from tests.inventory.test_rebuild import stocked

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 50
SHARED = {"actor": SYSTEM, "now": NOON}


class TestStaleForms:
    """Two colleagues open the same row and both save: the second learns of the first, every time."""

    def rounds(self, count: int) -> tuple[int, int, int]:
        """Saved, conflicts shown, and updates lost, by two browsers that send the same version at once."""
        seller = SellerFactory()
        listing = stocked(10, seller=seller)
        clients = [Client(), Client()]
        for client in clients:
            client.force_login(MembershipFactory(seller=seller).user)
        saved = conflicts = lost = 0
        for _round in range(count):
            listing.refresh_from_db()
            price, before = listing.price, ListingChange.objects.count()
            form = {"version": listing.version, "on_hand": 10, "seen_on_hand": 10, "seen_price": price}
            sent = [{**form, "price": f"{price + n}.00"} for n in (1, 2)]
            url = f"/inventory/{listing.pk}/figures/"
            answers = at_once(
                *[partial(client.post, url, data) for client, data in zip(clients, sent, strict=True)]
            )
            statuses = [answer.status_code for answer in answers]
            saved += statuses.count(302)
            conflicts += sum(b"has changed since your page was made" in answer.content for answer in answers)
            lost += ListingChange.objects.count() - before - 1
            Listing.objects.update(price=1_000)
        return saved, conflicts, lost

    def test_r3_fifty_rounds_of_two_stale_forms(self):
        assert self.rounds(ROUNDS) == (ROUNDS, ROUNDS, 0)

    def test_r3_twin_without_the_version_loses_updates(self, monkeypatch):
        monkeypatch.setattr(stock, "check_seen", lambda *_listing: None)
        saved, conflicts, lost = self.rounds(5)
        assert (saved, conflicts, lost) == (10, 0, 5)

    def test_i2_an_edit_and_a_count_of_the_same_version_have_one_winner(self):
        actor = Actor.system()
        for _round in range(10):
            listing = stocked(10)
            outcomes = at_once(
                partial(listings.edit, listing, Edit(listing.version, on_hand=12), actor=actor, now=NOON),
                partial(stock.set_on_hand, listing, 9, seen_version=listing.version, actor=actor, now=NOON),
            )
            assert sum(isinstance(outcome, StaleListing) for outcome in outcomes) == 1, outcomes
        assert list(rebuild.differences()) == []

    def test_a_sku_added_twice_at_once_is_one_listing(self):
        seller = SellerFactory()
        draft = listings.Draft(sku="NEW-1", title="New", price=100)
        outcomes = at_once(*[partial(listings.add, seller, draft, on_hand=5, **SHARED) for _n in range(6)])
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Listing", *["SkuTaken"] * 5]
        assert Listing.objects.get().on_hand == 5


def in_any_order(self: ListingQuerySet, pks: set[int]) -> dict[int, Listing]:
    """What `lock` does, but one row after the other, up the keys or down, as it comes."""
    found = {}
    for pk in sorted(pks, reverse=next(TURNS) % 2 == 1):
        found[pk] = self.select_for_update(of=("self",), no_key=True).get(pk=pk)
        time.sleep(0.001)
    return found


TURNS = itertools.count()


class TestBulkStorm:
    """Row R5: eight bulk changes of fifty listings at once, handed in in opposite orders."""

    def storm(self, rounds: int) -> list[object]:
        """What was not right: errors, and figures that the ledger does not add up to."""
        seller = SellerFactory()
        shelf = [stocked(10, seller=seller) for _n in range(60)]
        wrong: list[object] = []
        for _round in range(rounds):
            calls = []
            for turn in range(8):
                part = random.Random(turn).sample(shelf, 50)
                part.sort(key=lambda each: each.pk, reverse=turn % 2 == 1)
                edits = {each.pk: Edit(None, on_hand=10 + turn, price=1_000 + turn) for each in part}
                calls.append(partial(listings.edit_many, seller, edits, **SHARED))
            outcomes = at_once(*calls)
            wrong += [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        return [*wrong, *rebuild.differences()]

    @pytest.mark.slow
    def test_r5_twenty_storms_without_a_deadlock(self):
        assert self.storm(20) == []

    def test_r5_twin_that_locks_in_any_order_deadlocks(self, monkeypatch):
        monkeypatch.setattr(ListingQuerySet, "lock", in_any_order)
        assert any(isinstance(error, OperationalError) for error in self.storm(2))
