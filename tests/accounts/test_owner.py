"""Who may give which permissions: nobody what they don't have, and only an owner makes or removes owners."""

import importlib
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from accounts import invitations, team
from accounts.models import Membership, Right
from accounts.team import TeamRefused
from tests.factories import NOON, MembershipFactory, SellerFactory, UserFactory

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def alice():
    """The owner."""
    return MembershipFactory(user__name="Alice")


@pytest.fixture
def mona(alice):
    """A colleague who manages the team and sees orders, and no more."""
    return MembershipFactory(seller=alice.seller, rights=["view", "settings"], user__name="Mona")


@pytest.fixture
def bob(alice):
    """A colleague who ships."""
    return MembershipFactory(seller=alice.seller, rights=["view", "ship"], user__name="Bob")


def rights_of(membership):
    return Membership.objects.get(pk=membership.pk).rights


@pytest.mark.parametrize(
    "wanted",
    [
        ["view", "ship", "refund"],
        ["view", "ship", "owner"],
        ["view"],
        ["view", "report"],
    ],
    ids=["gives", "makes an owner", "takes", "takes one and gives another"],
)
def test_manager_changes_no_permission_that_they_do_not_have(mona, bob, wanted):
    with pytest.raises(TeamRefused, match="permissions that you have yourself"):
        team.set_rights(bob, wanted, by=mona.user, now=NOON)
    assert rights_of(bob) == ["view", "ship"]


def test_manager_does_not_promote_themselves(mona):
    for wanted in (["view", "settings", "refund"], Right.values):
        with pytest.raises(TeamRefused):
            team.set_rights(mona, wanted, by=mona.user, now=NOON)
    assert rights_of(mona) == ["view", "settings"]


def test_manager_gives_what_they_have(mona, bob):
    team.set_rights(bob, ["view", "ship", "settings"], by=mona.user, now=NOON)
    assert rights_of(bob) == ["view", "ship", "settings"]


def test_manager_neither_demotes_nor_removes_an_owner(alice, mona):
    MembershipFactory(seller=alice.seller)  # so that it isn't the last owner who is kept
    with pytest.raises(TeamRefused):
        team.set_rights(alice, ["view"], by=mona.user, now=NOON)
    with pytest.raises(TeamRefused):
        team.remove(alice, by=mona.user, now=NOON)
    assert rights_of(alice) == Right.values


def test_manager_removes_a_colleague_who_can_do_more(mona, bob):
    team.remove(bob, by=mona.user, now=NOON)
    assert not Membership.objects.filter(pk=bob.pk).exists()


def test_owner_makes_an_owner_who_has_every_permission(alice, bob):
    team.set_rights(bob, ["owner"], by=alice.user, now=NOON)
    assert rights_of(bob) == Right.values
    team.set_rights(alice, ["view"], by=bob.user, now=NOON)
    assert rights_of(alice) == ["view"]


def test_owner_without_every_permission_is_refused_by_the_database(alice):
    with pytest.raises(IntegrityError, match="membership_owner_has_every_right"), transaction.atomic():
        Membership.objects.filter(pk=alice.pk).update(rights=["view", "owner"])


@pytest.mark.parametrize("lost", ["the permission", "the account", "the team"])
def test_person_who_no_longer_manages_the_team_changes_nothing(mona, bob, lost):
    """Their page is still open; what counts is what they have under the lock."""
    if lost == "the permission":
        Membership.objects.filter(pk=mona.pk).update(rights=["view", "ship"])
    elif lost == "the account":
        type(mona.user).objects.filter(pk=mona.user.pk).update(is_active=False)
    else:
        mona.delete()
    calls = [
        lambda: team.set_rights(bob, ["view"], by=mona.user, now=NOON),
        lambda: team.remove(bob, by=mona.user, now=NOON),
        lambda: invitations.invite(bob.seller, "new@example.com", ["view"], by=mona.user, now=NOON),
    ]
    for call in calls:
        with pytest.raises(TeamRefused, match="no longer manage"):
            call()
    assert (rights_of(bob), bob.seller.invitations.count()) == (["view", "ship"], 0)


def test_owner_of_another_seller_gives_nothing(bob):
    stranger = MembershipFactory().user
    with pytest.raises(TeamRefused):
        team.set_rights(bob, ["view"], by=stranger, now=NOON)
    with pytest.raises(TeamRefused):
        invitations.invite(bob.seller, "new@example.com", ["view"], by=stranger, now=NOON)


def test_superuser_of_the_marketplace_gives_what_an_owner_gives(alice, bob):
    root = UserFactory(is_staff=True, is_superuser=True)
    team.set_rights(bob, ["owner"], by=root, now=NOON)
    assert rights_of(bob) == Right.values
    for user in (UserFactory(is_staff=True), UserFactory(is_superuser=True)):
        with pytest.raises(TeamRefused):
            team.set_rights(bob, ["view"], by=user, now=NOON)


@pytest.mark.parametrize("rights", [["refund"], ["owner"]])
def test_manager_invites_nobody_to_what_they_do_not_have(alice, mona, rights):
    with pytest.raises(TeamRefused):
        invitations.invite(mona.seller, "new@example.com", rights, by=mona.user, now=NOON)
    invited = invitations.invite(mona.seller, "new@example.com", rights, by=alice.user, now=NOON)
    with pytest.raises(TeamRefused):
        invitations.renew(invited, by=mona.user, now=NOON + WEEK)
    invited.refresh_from_db()
    assert invited.expires_at == NOON + WEEK


def test_invitation_of_a_member_who_lost_the_permission_opens_nothing(alice, mona):
    invited = invitations.invite(mona.seller, "new@example.com", ["view"], by=mona.user, now=NOON)
    user = UserFactory(email="new@example.com")
    Membership.objects.filter(pk=mona.pk).update(rights=["view"])
    with pytest.raises(TeamRefused, match="Mona can't give"):
        invitations.accept(invited, user, now=NOON)
    assert not user.memberships.exists()
    invitations.renew(invited, by=alice.user, now=NOON)
    assert invitations.accept(invited, user, now=NOON).rights == ["view"]


def test_first_member_of_a_seller_is_its_owner():
    seller, root = SellerFactory(), UserFactory(is_staff=True, is_superuser=True)
    with pytest.raises(TeamRefused, match="no owner yet"):
        invitations.invite(seller, "helper@example.com", ["view", "settings"], by=root, now=NOON)
    first = invitations.invite(seller, "first@example.com", ["owner"], by=root, now=NOON)
    assert invitations.accept(first, UserFactory(email="first@example.com"), now=NOON).may(Right.OWNER)
    invitations.invite(seller, "helper@example.com", ["view"], by=root, now=NOON)


def test_nobody_joins_a_team_without_an_owner(alice, mona):
    """The last owner can't leave, so this is an invitation to a seller whose owner was shut out."""
    invited = invitations.invite(mona.seller, "new@example.com", ["view"], by=mona.user, now=NOON)
    type(alice.user).objects.filter(pk=alice.user.pk).update(is_active=False)
    with pytest.raises(TeamRefused, match="needs an owner"):
        invitations.accept(invited, UserFactory(email="new@example.com"), now=NOON)


def test_migration_makes_the_longest_standing_member_with_most_permissions_owner():
    step = importlib.import_module("accounts.migrations.0011_longest_member_is_owner")
    step_rights = [right for right in step.EVERY_RIGHT if right != Right.OWNER]
    seller, other, without = SellerFactory(), SellerFactory(), SellerFactory()
    MembershipFactory(seller=seller, rights=["view", "settings"])
    MembershipFactory(seller=seller, rights=step_rights, user__is_active=False)
    first = MembershipFactory(seller=seller, rights=step_rights)
    MembershipFactory(seller=seller, rights=step_rights)
    manager = MembershipFactory(seller=other, rights=["settings"])
    MembershipFactory(seller=other, rights=["view", "ship"])
    MembershipFactory(seller=without, rights=["view"])
    owned = MembershipFactory()
    step.name_owners(apps, None)
    owners = Membership.objects.filter(rights__contains=["owner"])
    assert set(owners) == {first, manager, owned}
