"""Whose a saved view is: one's own are nobody else's, the team's are changed with the right to settings (O19, A1)."""

from itertools import product

import pytest
from django.test import Client

from accounts.models import Right
from orders.models import SavedView
from tests.access import written
from tests.factories import MembershipFactory
from tests.orders.desk.steps import of_alice, saved, shared, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
FORMS = {
    "": {"name": "Other", "version": "1"},
    "update/": {"query": "tab=shipped", "version": "1"},
    "move/": {"to": "up"},
    "share/": {"is_shared": "1"},
    "delete/": {},
}
READ = ("", "delete/")


def answers(client, view):
    """What each page of the view answers, GET where there is one, then POST."""
    root = f"/orders/views/{view.pk}/"
    found = {f"get {tail}": client.get(root + tail).status_code for tail in READ}
    return found | {
        f"post {tail}": client.post(root + tail, data).status_code for tail, data in FORMS.items()
    }


@pytest.fixture
def mine(alice, seller):
    return saved(of_alice(seller), "Alice's")


@pytest.fixture
def ours(seller):
    return shared(seller, "Ours")


def test_alice_changes_her_own_and_the_teams(alice, mine, ours):
    for view in (mine, ours):
        assert set(answers(alice, view).values()) == {200, 302}
    assert not SavedView.objects.exists()


def test_another_ones_view_is_no_page_for_anybody_else(alice, bob, charlie, seller, mine):
    with_settings = MembershipFactory(seller=seller)
    colleague = Client()
    colleague.force_login(with_settings.user)
    before = written()
    for client in (bob, charlie, colleague):
        assert set(answers(client, mine).values()) <= {403, 404}
        assert client.post("/orders/views/start/", {"view": mine.pk}).status_code == 404
        assert "Alice" not in text(client.get("/orders/views/")).replace(">Alice<", "")
    assert written() == before


def test_bob_opens_the_teams_view_and_cannot_change_it(bob, ours):
    page = text(bob.get(f"/orders/?tab=shipped&view={ours.pk}"))
    assert "Ours" in page and "changed" in page
    assert f"/orders/views/{ours.pk}/update/" not in page
    assert "For the whole team" not in page
    before = written()
    assert set(answers(bob, ours).values()) == {403}
    assert written() == before
    assert bob.post("/orders/views/start/", {"view": ours.pk}).status_code == 302
    assert bob.get("/orders/").url == f"/orders/?tab=unshipped&view={ours.pk}"
    assert "Rename" not in text(bob.get("/orders/views/"))


def test_bob_saves_views_of_his_own_and_shares_none(bob, seller):
    data = {"name": "Bob's", "query": "tab=shipped", "is_shared": "1"}
    bob.post("/orders/views/new/", data)
    view = SavedView.objects.get()
    assert not view.is_shared
    assert bob.post(f"/orders/views/{view.pk}/share/", {"is_shared": "1"}).status_code == 403
    assert bob.post(f"/orders/views/{view.pk}/", {"name": "B", "version": "1"}).status_code == 302


def test_charlie_finds_nothing_and_a_stranger_signs_in_first(charlie, mine, ours):
    for view in (mine, ours):
        assert set(answers(charlie, view).values()) == {404, 403} or set(answers(charlie, view).values()) == {
            404
        }
        found = answers(Client(), view)
        assert set(found.values()) == {302}
    assert SavedView.objects.count() == 2


@pytest.mark.parametrize("right", [Right.SHIP, Right.SETTINGS])
def test_without_the_right_to_see_orders_there_are_no_views(seller, mine, ours, right):
    client = Client()
    client.force_login(MembershipFactory(seller=seller, rights=[right]).user)
    for view, url in product((mine, ours), ("/orders/table/", "/orders/views/", "/orders/views/new/")):
        assert client.get(url).status_code == 403
        assert set(answers(client, view).values()) == {403}


def test_a_view_is_shared_and_taken_back(alice, bob, seller, mine):
    assert alice.post(f"/orders/views/{mine.pk}/share/", {"is_shared": "1"}).status_code == 302
    assert "Alice&#x27;s" in text(bob.get("/orders/"))
    shared(seller, "Second")
    again = saved(of_alice(seller), "second")
    answer = alice.post(f"/orders/views/{again.pk}/share/", {"is_shared": "1"}, follow=True)
    assert "There is a view of the name" in text(answer)
    alice.post(f"/orders/views/{mine.pk}/share/", {"is_shared": ""})
    mine.refresh_from_db()
    assert mine.owner == of_alice(seller)
