"""A change of permissions asks for a fresh sign-in, is mailed to those concerned, and appears in the team log."""

import smtplib
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import invitations, permission_mail, team, team_log
from accounts.models import Invitation, Membership, PermissionMail
from tests.factories import NOON, MembershipFactory, UserFactory
from tests.sign_in import fresh, refresh

pytestmark = pytest.mark.django_db
PAGE, LOG = "/settings/team/", "/settings/team/log/"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


@pytest.fixture
def alice():
    """The owner."""
    return MembershipFactory(user__name="Alice")


@pytest.fixture
def bob(alice):
    """A colleague who ships."""
    return MembershipFactory(seller=alice.seller, rights=["view", "ship"], user__name="Bob")


def sent_to():
    """Send what is due; return who got mail."""
    mail.outbox.clear()
    permission_mail.send_due(NOON)
    return sorted(message.to[0] for message in mail.outbox)


def text(response):
    return " ".join(response.content.decode().split())


def forms(alice, bob):
    """Every form of the team's page that changes something."""
    asked = invitations.invite(alice.seller, "asked@example.com", ["view"], by=alice.user, now=NOON)
    return {
        f"{PAGE}members/{bob.pk}/": {f"member-{bob.pk}-rights": ["view"]},
        f"{PAGE}invitations/{asked.pk}/resend/": {},
        f"{PAGE}invitations/{asked.pk}/revoke/": {},
        f"{PAGE}invitations/": {"invite-email": "new@example.com", "invite-rights": ["view"]},
        f"{PAGE}members/{bob.pk}/remove/": {},
    }


def state():
    return (
        list(Membership.objects.order_by("pk").values("pk", "rights")),
        list(Invitation.objects.order_by("pk").values()),
    )


@pytest.mark.parametrize("age", [None, 301], ids=["never", "five minutes ago"])
def test_without_a_fresh_sign_in_nothing_is_changed(alice, bob, age):
    client = Client()
    client.force_login(alice.user)
    if age:
        refresh(client, alice.user, seconds=age)
    asked = forms(alice, bob)
    before = state()
    for url, data in asked.items():
        response = client.post(url, data)
        assert response["Location"] == f"{reverse('account_reauthenticate')}?next={url.replace('/', '%2F')}"
    assert state() == before
    assert client.get(PAGE).status_code == 200


def test_form_is_sent_on_after_the_password(alice, bob):
    client = Client()
    client.force_login(alice.user)
    url = f"{PAGE}members/{bob.pk}/"
    led = client.post(url, {f"member-{bob.pk}-rights": ["view", "refund"]})["Location"]
    client.post(led, {"password": "wrong"})
    bob.refresh_from_db()
    assert bob.rights == ["view", "ship"]
    response = client.post(led, {"password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, PAGE)
    bob.refresh_from_db()
    assert bob.rights == ["view", "refund"]


def test_form_that_waited_for_the_password_does_not_act_for_another_seller(alice, bob):
    """In another tab the person works for another seller by the time they type it."""
    both = MembershipFactory(user=alice.user)
    client = Client()
    client.force_login(alice.user)
    client.post("/settings/seller/", {"seller": alice.seller_id})
    data = {"invite-email": "new@example.com", "invite-rights": ["view"], "for_seller": alice.seller_id}
    led = client.post(f"{PAGE}invitations/", data)["Location"]
    client.post("/settings/seller/", {"seller": both.seller_id})
    assert client.post(led, {"password": PASSWORD}).status_code == 409
    assert not Invitation.objects.exists()


def test_superuser_signs_in_again_before_they_change_permissions_in_the_admin(alice, bob):
    root = UserFactory(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(root)
    url = reverse("admin:accounts_membership_change", args=[bob.pk])
    assert client.get(url).status_code == 200
    for page in (url, reverse("admin:accounts_user_change", args=[bob.user.pk])):
        assert reverse("account_reauthenticate") in client.post(page, {"rights": ["view"]})["Location"]
    bob.refresh_from_db()
    assert bob.rights == ["view", "ship"]
    assert fresh(root).post(url, {"rights": ["view"]}).status_code == 302
    bob.refresh_from_db()
    assert bob.rights == ["view"]


def test_change_is_mailed_to_the_member_and_the_owners(alice, bob):
    owner, mona = (
        MembershipFactory(seller=alice.seller),
        MembershipFactory(seller=alice.seller, rights=["settings"]),
    )
    MembershipFactory(seller=alice.seller, user__is_active=False)
    MembershipFactory()
    fresh(alice.user).post(f"{PAGE}members/{bob.pk}/", {f"member-{bob.pk}-rights": ["view", "refund"]})
    assert sent_to() == sorted([alice.user.email, bob.user.email, owner.user.email])
    told = next(message for message in mail.outbox if message.to == [bob.user.email])
    for words in (
        "Changed by: Alice",
        "Permissions before: See orders, Confirm shipments",
        "now: See orders, Refund",
    ):
        assert words in told.body
    assert mona.user.email not in str(mail.outbox)
    assert sent_to() == []


def test_mail_is_written_with_the_change_whoever_makes_it(alice, bob):
    team.set_rights(bob, ["view", "settings"], by=alice.user, now=NOON)
    assert sent_to() == sorted([alice.user.email, bob.user.email])
    team.remove(bob, by=alice.user, now=NOON)
    assert sent_to() == sorted([alice.user.email, bob.user.email])
    assert "Permissions now: none" in mail.outbox[0].body
    asked = invitations.invite(alice.seller, "new@example.com", ["view"], by=alice.user, now=NOON)
    assert sent_to() == []
    invitations.join(asked, name="Nora", password=PASSWORD, language="en", now=NOON)
    assert sent_to() == sorted([alice.user.email, "new@example.com"])


def test_refused_or_empty_change_is_mailed_to_nobody(alice, bob):
    team.set_rights(bob, ["ship"], by=alice.user, now=NOON)
    with pytest.raises(team.TeamRefused):
        team.remove(alice, by=alice.user, now=NOON)
    with pytest.raises(team.TeamRefused):
        team.set_rights(alice, ["view"], by=alice.user, now=NOON)
    assert not PermissionMail.objects.exists()


def test_mail_that_cannot_leave_is_tried_again_and_given_up_after_two_days(alice, bob, monkeypatch):
    def refuse(self):
        raise smtplib.SMTPServerDisconnected("no")

    team.set_rights(bob, ["view"], by=alice.user, now=NOON)
    tries, now = 0, NOON
    with monkeypatch.context() as patch:
        patch.setattr("accounts.permission_mail.EmailMultiAlternatives.send", refuse)
        assert permission_mail.send_due(now) == 0
        first = PermissionMail.objects.order_by("pk").first()
        assert (first.tries, first.next_try_at) == (1, NOON + timedelta(minutes=5))
    assert permission_mail.send_due(NOON + timedelta(minutes=4)) == 0
    assert permission_mail.send_due(NOON + timedelta(minutes=5)) == 2
    team.set_rights(bob, ["view", "ship"], by=alice.user, now=NOON)
    with monkeypatch.context() as patch:
        patch.setattr("accounts.permission_mail.EmailMultiAlternatives.send", refuse)
        while PermissionMail.objects.due(now).exists():
            permission_mail.send_due(now)
            tries, now = tries + 1, now + timedelta(days=1)
    assert tries == len(permission_mail.PAUSES) + 1
    assert PermissionMail.objects.filter(sent_at=None, next_try_at=None).count() == 2


def test_mail_of_a_killed_sender_is_sent_by_the_next_one_and_by_no_two(alice, bob):
    team.set_rights(bob, ["view"], by=alice.user, now=NOON)
    pk = PermissionMail.objects.order_by("pk").first().pk
    assert permission_mail._claim(pk, NOON)  # and then it is killed
    assert sent_to() == [max(alice.user, bob.user, key=lambda user: user.pk).email]
    assert permission_mail._claim(pk, NOON) is None
    assert permission_mail.send_due(NOON + timedelta(minutes=5)) == 1


def test_command_counts_and_sends(alice, bob, capsys):
    team.set_rights(bob, ["view"], by=alice.user, now=NOON)
    call_command("send_permission_mails", "--dry-run", "--json")
    assert capsys.readouterr().out.strip() == '{"sent": 0, "waiting": 2, "dry_run": true}'
    call_command("send_permission_mails")
    assert "Mails sent: 2." in capsys.readouterr().out


def test_log_names_each_change_with_who_made_it(alice, bob, monkeypatch):
    client = fresh(alice.user)
    client.post(f"{PAGE}members/{bob.pk}/", {f"member-{bob.pk}-rights": ["view"]})
    client.post(f"{PAGE}invitations/", {"invite-email": "new@example.com", "invite-rights": ["view"]})
    asked = Invitation.objects.get()
    monkeypatch.setattr("accounts.clock.now", lambda: NOON + timedelta(hours=1))
    client.post(f"{PAGE}invitations/{asked.pk}/resend/")
    client.post(f"{PAGE}invitations/{asked.pk}/revoke/")
    client.post(f"{PAGE}members/{bob.pk}/remove/")
    found = [
        (entry.what, entry.about, entry.by, entry.before, entry.after)
        for entry in team_log.entries(team_log.rows(alice.seller)[:10])
    ]
    see, ships = ["See orders"], ["See orders", "Confirm shipments"]
    every = team_log.labels(alice.rights)
    assert sorted(found) == sorted(
        [
            ("Joined", alice.user.email, "", [], every),
            ("Joined", bob.user.email, "", [], ships),
            ("Permissions changed", bob.user.email, "Alice", ships, see),
            ("Invited", "new@example.com", "Alice", [], see),
            ("Invitation sent again", "new@example.com", "Alice", [], see),
            ("Invitation withdrawn", "new@example.com", "Alice", [], see),
            ("Removed", bob.user.email, "Alice", see, []),
        ]
    )
    assert "Invitation withdrawn" in text(client.get(LOG))


def test_log_is_the_sellers_own_and_for_those_who_manage_the_team(alice, bob):
    MembershipFactory(user__email="stranger@example.com")
    assert "stranger@example.com" not in text(fresh(alice.user).get(LOG))
    assert fresh(bob.user).get(LOG).status_code == 403
    assert get_user(fresh(bob.user)) == bob.user


def test_log_has_pages(alice, monkeypatch):
    monkeypatch.setattr("accounts.views.team_log.LOG_ROWS", 2)
    for _ in range(3):
        MembershipFactory(seller=alice.seller)
    client = fresh(alice.user)
    assert len(client.get(LOG).context["entries"]) == 2
    for odd in ("2", "99", "x", "-1", "\0"):
        assert client.get(LOG, {"page": odd}).status_code == 200
    assert client.get(LOG, {"page": "2"}).context["pager"] == {
        "first_url": "?page=1",
        "previous_url": "?page=1",
    }
