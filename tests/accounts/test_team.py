"""The team: who may change it, what a change does at once, and that somebody can always manage it (A7)."""

import threading
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import invitations, team
from accounts.models import Membership, Right
from accounts.team import TeamRefused
from tests.factories import NOON, MembershipFactory, SellerFactory, UserFactory
from tests.helpers import at_once
from tests.sign_in import fresh

pytestmark = pytest.mark.django_db
PAGE = "/settings/team/"


signed_in = fresh


@pytest.fixture
def alice():
    return MembershipFactory(user__name="Alice")


@pytest.fixture
def bob(alice):
    """A colleague of Alice who may do all but manage."""
    rights = [right for right in Right.values if right not in (Right.SETTINGS, Right.OWNER)]
    return MembershipFactory(seller=alice.seller, rights=rights, user__name="Bob")


@pytest.fixture
def charlie():
    """A stranger who manages another seller's team."""
    return MembershipFactory(user__name="Charlie")


def posts(membership):
    pk = membership.pk
    return {
        f"{PAGE}members/{pk}/": {f"member-{pk}-rights": ["view"]},
        f"{PAGE}members/{pk}/remove/": {},
        f"{PAGE}invitations/": {"invite-email": "new@example.com", "invite-rights": ["view"]},
    }


def test_the_page_names_members_with_their_rights_and_last_sign_in(alice, bob):
    shown = signed_in(alice.user).get(PAGE).content.decode()
    for words in (alice.user.email, bob.user.email, "Never", "Confirm shipments", "Account since"):
        assert words in shown


def test_signed_out_is_led_to_sign_in(alice):
    for url, data in posts(alice).items():
        response = Client().post(url, data)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert Client().get(PAGE).status_code == 302


def test_without_the_right_nothing_is_shown_or_changed(alice, bob):
    client = signed_in(bob.user)
    assert client.get(PAGE).status_code == 403
    for url, data in posts(bob).items():
        assert client.post(url, data).status_code == 403
    assert Membership.objects.count() == 2


def test_a_stranger_finds_nobody(alice, bob, charlie):
    client = signed_in(charlie.user)
    assert bob.user.email not in client.get(PAGE).content.decode()
    for url in (f"{PAGE}members/{bob.pk}/", f"{PAGE}members/{bob.pk}/remove/"):
        assert client.post(url, {f"member-{bob.pk}-rights": ["view"]}).status_code == 404
    bob.refresh_from_db()
    assert "ship" in bob.rights


def test_of_no_seller_is_a_404():
    assert signed_in(UserFactory()).get(PAGE).status_code == 404


def test_a_get_changes_nothing(alice, bob):
    client = signed_in(alice.user)
    for url in posts(bob):
        assert client.get(url).status_code == 405
    assert client.post(PAGE).status_code == 405


def test_new_rights_count_from_the_next_request_on(alice, bob):
    client = signed_in(bob.user)
    assert client.get(PAGE).status_code == 403
    url = f"{PAGE}members/{bob.pk}/"
    response = signed_in(alice.user).post(url, {f"member-{bob.pk}-rights": ["settings", "view"]})
    assert (response.status_code, response["Location"]) == (302, PAGE)
    bob.refresh_from_db()
    assert bob.rights == ["view", "settings"]
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize("rights", [[], ["all"], ["view", "root"]])
def test_rights_that_are_none_or_unknown_are_refused(alice, bob, rights):
    url = f"{PAGE}members/{bob.pk}/"
    response = signed_in(alice.user).post(url, {f"member-{bob.pk}-rights": rights})
    assert response.status_code == 422
    bob.refresh_from_db()
    assert "ship" in bob.rights


def test_a_removed_member_is_out_at_once(alice, bob):
    client = signed_in(bob.user)
    assert client.get(PAGE).status_code == 403
    assert signed_in(alice.user).post(f"{PAGE}members/{bob.pk}/remove/").status_code == 302
    assert client.get(PAGE).status_code == 404


def test_a_disabled_user_is_out_at_once(alice):
    client = signed_in(alice.user)
    assert client.get(PAGE).status_code == 200
    alice.user.is_active = False
    alice.user.save(update_fields=["is_active"])
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize(("action", "data"), [("", ["view"]), ("remove/", [])])
def test_last_owner_stays(alice, bob, action, data):
    url = f"{PAGE}members/{alice.pk}/{action}"
    response = signed_in(alice.user).post(url, {f"member-{alice.pk}-rights": data}, follow=True)
    assert "A team needs an owner" in response.content.decode()
    alice.refresh_from_db()
    assert alice.may(Right.OWNER)


def test_disabled_colleague_does_not_count_as_owner(alice):
    MembershipFactory(seller=alice.seller, user__is_active=False)
    with pytest.raises(TeamRefused):
        team.remove(alice, by=alice.user, now=NOON)


def test_one_of_two_owners_may_leave_and_is_led_home(alice):
    MembershipFactory(seller=alice.seller)
    response = signed_in(alice.user).post(f"{PAGE}members/{alice.pk}/remove/")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert not Membership.objects.filter(pk=alice.pk).exists()


def test_what_was_removed_meanwhile_is_refused_with_a_sentence(alice, bob):
    Membership.objects.filter(pk=bob.pk).delete()
    with pytest.raises(TeamRefused, match="no longer in the team"):
        team.set_rights(bob, ["view"], by=alice.user, now=NOON)


def owners_after_both_demote_each_other():
    """Two owners take the other's rights at the same moment; return how many owners the team has then."""
    members = [MembershipFactory(seller=SellerFactory())]
    members.append(MembershipFactory(seller=members[0].seller))
    asked = zip(members, reversed(members), strict=True)
    calls = [partial(team.set_rights, each, ["view"], by=by.user, now=NOON) for each, by in asked]
    at_once(*calls)
    return Membership.objects.filter(seller=members[0].seller, rights__contains=[Right.OWNER]).count()


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_demote_each_other_at_once_leave_one():
    assert [owners_after_both_demote_each_other() for _ in range(5)] == [1] * 5


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_that_race_leaves_no_owner(monkeypatch):
    """The twin: neither commits before both have checked, as the lock forbids."""
    both_checked, check = threading.Barrier(2), team.check_owned

    def checked(seller):
        check(seller)
        both_checked.wait(timeout=30)

    monkeypatch.setattr(team, "lock", lambda seller: seller)
    monkeypatch.setattr(team, "check_owned", checked)
    assert owners_after_both_demote_each_other() == 0


def test_the_page_asks_as_many_queries_for_two_as_for_five_members(alice, bob):
    client = signed_in(alice.user)
    client.get(PAGE)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
        for _ in range(3):
            MembershipFactory(seller=alice.seller)
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (["ship"], ["view", "ship"]),
        (["message", "cancel"], ["view", "cancel", "message"]),
        (["settings"], ["settings"]),
        (["report"], ["report"]),
    ],
)
def test_whoever_works_on_an_orders_page_may_see_it(alice, bob, given, held):
    """Without it the page that follows a confirmed shipment would be a 403."""
    team.set_rights(bob, given, by=alice.user, now=NOON)
    bob.refresh_from_db()
    assert bob.rights == held
    now = bob.user.date_joined
    invitation = invitations.invite(alice.seller, "new@example.com", given, by=alice.user, now=now)
    assert invitation.rights == held


def test_what_a_signed_in_person_is_shown_is_kept_in_no_cache(alice):
    shown = signed_in(alice.user).get("/")
    assert {"private", "no-store"} <= set(shown["Cache-Control"].replace(" ", "").split(","))
