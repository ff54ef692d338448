"""The page of a batch: who may see it, stop it, and try again what was refused."""

import uuid

import pytest
from django.urls import reverse

from batches import engine
from batches.models import Batch
from tests.batches.steps import batch_of, member
from tests.factories import ListingFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def address(batch, name="batch"):
    return reverse(f"batches:{name}", args=[batch.key])


@pytest.fixture
def alice(client):
    """A member who may ship, signed in."""
    membership = member("view", "ship")
    client.force_login(membership.user)
    return membership


@pytest.fixture
def listing(alice):
    return ListingFactory(seller=alice.seller, sku="LAMP-1", on_hand=0)


def test_it_shows_each_row_and_the_refused_ones_first(client, listing):
    batch = engine.finish(batch_of(listing, [1, -2, 3]).pk)
    page = client.get(address(batch)).content.decode()
    assert "3 of 3 rows" in page
    assert page.count("cell-lead") == 1
    assert "90001" in page
    assert client.get(address(batch), {"show": "all"}).content.decode().count("cell-lead") == 3


def test_an_open_one_asks_for_itself_with_and_without_script(client, listing):
    page = client.get(address(batch_of(listing, [1]))).content.decode()
    assert 'http-equiv="refresh"' in page
    assert 'hx-trigger="every 2s"' in page
    over = client.get(address(engine.finish(batch_of(listing, [1]).pk))).content.decode()
    assert "http-equiv" not in over
    assert "every 2s" not in over


def test_stop_and_try_again(client, listing):
    batch = batch_of(listing, [1])
    assert client.post(address(batch, "stop")).status_code == 302
    engine.finish(batch.pk)
    moved = {client.post(address(batch, "again"), {"key": str(uuid.uuid4())}).url for _tab in range(2)}
    anew = Batch.objects.exclude(pk=batch.pk).get()
    assert moved == {address(anew)}
    page = client.get(address(batch)).content.decode()
    assert (address(anew) in page, "Try what was" in page) == (True, False)
    assert client.post(address(anew, "again")).url == address(anew)
    assert Batch.objects.count() == 2


def test_what_belongs_to_another_page_is_gone_on_with_there(client, listing):
    batch = engine.finish(batch_of(listing, [-1], kind="owned").pk)
    page = client.get(address(batch)).content.decode()
    assert (f'href="/of/{batch.key}/"' in page, "Try what was" in page) == (True, False)
    assert client.post(address(batch, "again")).url == f"/of/{batch.key}/"
    assert Batch.objects.count() == 1


def test_bob_looks_and_does_nothing(client, listing):
    batch = engine.finish(batch_of(listing, [-1]).pk)
    client.force_login(MembershipFactory(seller=listing.seller, rights=["view"]).user)
    page = client.get(address(batch))
    assert (page.status_code, b"Try what was" in page.content) == (200, False)
    assert client.post(address(batch, "stop")).status_code == 403
    assert client.post(address(batch, "again")).status_code == 403


def test_charlie_finds_nothing(client, listing):
    batch = engine.finish(batch_of(listing, [-1]).pk)
    client.force_login(member("view", "ship").user)
    for name, ask in (("batch", client.get), ("stop", client.post), ("again", client.post)):
        assert ask(address(batch, name)).status_code == 404


@pytest.mark.parametrize("rows", [1, 5])
def test_constant_queries(client, listing, rows, django_assert_num_queries):
    batch = engine.finish(batch_of(listing, [1] * rows).pk)
    with django_assert_num_queries(10):
        client.get(address(batch))


def test_pages_of_rows(client, listing, monkeypatch):
    monkeypatch.setattr("batches.results.SIZE", 2)
    batch = engine.finish(batch_of(listing, [1] * 5).pk)
    first = client.get(address(batch))
    second = client.get(address(batch) + first.context["pager"]["next_url"])
    assert [row.place for row in second.context["rows"]] == ["3", "4"]
