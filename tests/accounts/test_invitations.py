"""Invitations: the mail, its link, and joining with a new account or the one that the address has."""

import smtplib
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client

from accounts import invitations
from accounts.models import Invitation, Membership, Right, User
from accounts.team import TeamRefused
from tests.factories import NOON, MembershipFactory, SellerFactory, UserFactory
from tests.helpers import at_once
from tests.sign_in import fresh

pytestmark = pytest.mark.django_db
PAGE = "/settings/team/"
PASSWORD = "a quiet evening walk"
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def at(monkeypatch):
    """Set the database's clock; a test begins at noon."""

    def set_to(moment):
        monkeypatch.setattr("accounts.clock.now", lambda: moment)

    set_to(NOON)
    return set_to


signed_in = fresh


@pytest.fixture
def alice():
    return MembershipFactory(user__name="Alice")


@pytest.fixture
def invitation(alice):
    return invitations.invite(alice.seller, "New@Example.com", ["ship", "view"], by=alice.user, now=NOON)


def path(invitation):
    return invitations.url_for(invitation).removeprefix("http://testserver")


def answers(**changes):
    data = {"name": "Nora New", "password": PASSWORD, "password_again": PASSWORD, **changes}
    return {f"invitation-{name}": value for name, value in data.items()}


def text(response):
    return " ".join(response.content.decode().split())


def invite(alice, **changes):
    data = {"invite-email": "New@Example.com", "invite-rights": ["view", "ship"], **changes}
    return signed_in(alice.user).post(f"{PAGE}invitations/", data, follow=True)


def test_inviting_mails_a_link_in_text_and_html(alice):
    assert "on its way to new@example.com" in text(invite(alice))
    (sent,) = mail.outbox
    invitation = Invitation.objects.get()
    assert sent.to == ["new@example.com"]
    assert alice.seller.name in sent.subject
    html, _type = sent.alternatives[0]
    for body in (sent.body, html):
        assert invitations.url_for(invitation) in body
        assert "Confirm shipments" in body
    assert (invitation.rights, invitation.expires_at) == (["view", "ship"], NOON + WEEK)


def test_a_seller_name_with_line_breaks_starts_no_header(alice):
    alice.seller.name = "Shop\r\nBcc: all@example.com"
    alice.seller.save(update_fields=["name"])
    invite(alice)
    assert mail.outbox[0].subject == "Shop Bcc: all@example.com invites you to its team"
    assert mail.outbox[0].bcc == []


def test_markup_in_names_is_text_in_the_mail(alice):
    User.objects.filter(pk=alice.user.pk).update(name="<img src=x>")
    invite(alice)
    assert "<img" not in mail.outbox[0].alternatives[0][0]


def test_a_mail_that_cannot_leave_is_told_and_can_be_sent_again(alice, monkeypatch):
    def refuse(self, *args):
        raise smtplib.SMTPServerDisconnected("no")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        shown = text(invite(alice))
    assert "could not be sent" in shown
    invitation = Invitation.objects.get()
    signed_in(alice.user).post(f"{PAGE}invitations/{invitation.pk}/resend/")
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"invite-email": "no address"}, 422),
        ({"invite-email": "a@b.com\nBcc: c@d.com"}, 422),
        ({"invite-rights": []}, 422),
        ({"invite-rights": ["root"]}, 422),
    ],
)
def test_what_is_no_invitation_is_refused(alice, changes, status):
    assert invite(alice, **changes).status_code == status
    assert not Invitation.objects.exists()
    assert mail.outbox == []


def test_members_and_invited_ones_are_not_invited_again(alice, invitation):
    assert "is invited already" in text(invite(alice))
    assert "is in the team already" in text(invite(alice, **{"invite-email": alice.user.email.upper()}))
    assert Invitation.objects.count() == 1


def test_there_is_a_limit_of_open_invitations(alice, monkeypatch):
    monkeypatch.setattr(invitations, "MOST_OPEN", 1)
    invite(alice)
    assert invite(alice, **{"invite-email": "other@example.com"}).status_code == 409


def test_a_new_colleague_makes_an_account_and_is_in(alice, invitation):
    client = Client()
    asked = client.get(path(invitation))
    assert "new@example.com" in text(asked)
    assert "no-store" in asked["Cache-Control"]
    response = client.post(path(invitation), answers(email="else@example.com"))
    assert (response.status_code, response["Location"]) == (302, "/")
    user = User.objects.get(email="new@example.com")
    assert get_user(client) == user
    assert user.check_password(PASSWORD)
    assert user.emailaddress_set.get().verified
    membership = Membership.objects.get(user=user)
    assert (membership.seller, membership.rights) == (alice.seller, ["view", "ship"])
    assert not User.objects.filter(email="else@example.com").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"password": "password1234", "password_again": "password1234"}, "too common"),
        ({"password": "new@example.com", "password_again": "new@example.com"}, "too similar"),
        ({"password_again": "something else"}, "The two passwords differ."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_a_weak_or_mistyped_password_makes_no_account(invitation, changes, words):
    response = Client().post(path(invitation), answers(**changes))
    assert response.status_code == 422
    assert words in text(response)
    assert not User.objects.filter(email="new@example.com").exists()


def test_a_link_works_once(invitation):
    Client().post(path(invitation), answers())
    for response in (Client().get(path(invitation)), Client().post(path(invitation), answers())):
        assert response.status_code == 410
        assert "accepted already" in text(response)
    assert Membership.objects.filter(user__email="new@example.com").count() == 1


def test_it_works_for_a_week_and_not_a_microsecond_longer(invitation, at):
    at(NOON + WEEK)
    assert Client().get(path(invitation)).status_code == 200
    at(NOON + WEEK + timedelta(microseconds=1))
    for response in (Client().get(path(invitation)), Client().post(path(invitation), answers())):
        assert response.status_code == 410
        assert "expired" in text(response)
    assert not User.objects.filter(email="new@example.com").exists()


def test_sending_again_begins_another_week(alice, invitation, at):
    at(NOON + 2 * WEEK)
    client = signed_in(alice.user)
    assert "expired" in text(client.get(PAGE))
    client.post(f"{PAGE}invitations/{invitation.pk}/resend/")
    assert Client().get(path(invitation)).status_code == 200


def test_a_withdrawn_invitation_is_over(alice, invitation):
    client = signed_in(alice.user)
    client.post(f"{PAGE}invitations/{invitation.pk}/revoke/")
    assert Client().get(path(invitation)).status_code == 410
    client.post(f"{PAGE}invitations/{invitation.pk}/resend/")
    assert mail.outbox == []
    invite(alice)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_changed_link_is_not_found(invitation, method):
    token = path(invitation).split("/")[-2]
    other = invitations.SIGNER.sign("999999")
    for bad in (token[:-1], "1" + token, "x", other, invitations.SIGNER.sign("x")):
        assert getattr(Client(), method)(f"{PAGE}invitation/{bad}/").status_code == 404


def test_somebody_who_has_an_account_signs_in_and_accepts(alice, invitation):
    user = UserFactory(email="new@example.com")
    shown = text(Client().get(path(invitation)))
    assert "Sign in to accept." in shown
    assert f"next={path(invitation).replace('/', '%2F')}" in shown
    assert Client().post(path(invitation), answers()).status_code == 200
    client = signed_in(user)
    assert "Join the team" in text(client.get(path(invitation)))
    assert not user.memberships.exists()
    assert client.post(path(invitation))["Location"] == "/"
    assert user.memberships.get().rights == ["view", "ship"]
    assert client.session["seller"] == alice.seller_id


def test_somebody_else_is_told_and_gets_nothing(invitation):
    stranger = UserFactory(email="charlie@example.com")
    client = signed_in(stranger)
    for response in (client.get(path(invitation)), client.post(path(invitation), answers())):
        assert response.status_code == 403
        assert "You are signed in as charlie@example.com" in text(response)
    with pytest.raises(TeamRefused):
        invitations.accept(invitation, stranger, now=NOON)
    assert not stranger.memberships.exists()


def test_bob_without_the_right_and_a_stranger_change_no_invitation(alice, invitation):
    bob = MembershipFactory(seller=alice.seller, rights=[Right.VIEW])
    charlie = MembershipFactory()
    for action in ("resend", "revoke"):
        url = f"{PAGE}invitations/{invitation.pk}/{action}/"
        assert signed_in(bob.user).post(url).status_code == 403
        assert signed_in(charlie.user).post(url).status_code == 404
        assert Client().post(url).status_code == 302
    invitation.refresh_from_db()
    assert invitation.revoked_at is None
    assert mail.outbox == []


def test_nobody_signs_up_without_an_invitation():
    response = Client().post("/accounts/signup/", {"email": "me@example.com", "password1": PASSWORD})
    assert "Accounts are by invitation" in text(response)
    assert not User.objects.exists()


def join(invitation):
    return invitations.join(invitation, name="N", password=PASSWORD, language="en", now=NOON)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_one_link_at_once_one_joins():
    alice = MembershipFactory()
    for number in range(10):
        email = f"new{number}@example.com"
        asked = invitations.invite(alice.seller, email, ["view"], by=alice.user, now=NOON)
        outcomes = at_once(*[lambda each=asked: join(each)] * 2)
        assert sum(isinstance(each, TeamRefused) for each in outcomes) == 1
        assert Membership.objects.filter(user__email=email).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sellers_at_once_make_one_account():
    asked = []
    for _ in range(2):
        member = MembershipFactory(seller=SellerFactory())
        asked.append(invitations.invite(member.seller, "new@example.com", ["view"], by=member.user, now=NOON))
    outcomes = at_once(*[lambda each=each: join(each) for each in asked])
    assert sorted(type(each).__name__ for each in outcomes) == ["TeamRefused", "User"]
    assert User.objects.filter(email="new@example.com").count() == 1
