"""Each page that sends refuses past its limit: 429, how long to wait, the words kept, nothing changed."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import Invitation, User
from accounts.throttles import LIMITS, Limit
from messaging.models import Attachment, Message, SupportCase
from tests.messaging.page_steps import behind, form, upload, write_to
from tests.sign_in import refresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at", "files")]
MOST = 2
WAIT = "Try again in 10 minutes."
CASE = {"order_number": "113-7654321-7654321", "text": "The buyer paid."}


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    for name in LIMITS:
        most = 10_000 if name == "message_files" else MOST
        monkeypatch.setitem(LIMITS, name, Limit(most, timedelta(minutes=10)))


def is_throttled(answers) -> bool:
    """Whether the last alone was refused, and says how long to wait."""
    statuses = [answer.status_code for answer in answers]
    return statuses == [302] * (len(answers) - 1) + [429] and WAIT in answers[-1].content.decode()


def test_buyer_behind_the_link(client, order):
    answers = [client.post(behind(order), form(text=f"Number {each}")) for each in range(MOST + 1)]
    assert is_throttled(answers)
    assert f"Number {MOST}" in answers[-1].content.decode()
    assert Message.objects.count() == MOST


def test_bytes_of_the_buyers_files(client, order):
    def send():
        files = [upload(content=b"plain words " * 500)]
        return client.post(behind(order), form(attachments=files))

    assert is_throttled([send(), send()])
    assert (Message.objects.count(), Attachment.objects.count()) == (1, 1)


def test_seller_to_the_buyer(alice, order):
    assert is_throttled([alice.post(write_to(order), form()) for _attempt in range(MOST + 1)])
    assert Message.objects.count() == MOST


def test_sides_and_orders_are_counted_apart(alice, client, order):
    for _attempt in range(MOST):
        alice.post(write_to(order), form(attachments=[upload()]))
    assert client.post(behind(order), form(attachments=[upload()])).status_code == 302


def test_new_support_cases(alice):
    answers = [alice.post("/cases/open/", form(**CASE)) for _attempt in range(MOST + 1)]
    assert is_throttled(answers)
    assert "The buyer paid.</textarea>" in answers[-1].content.decode()
    assert SupportCase.objects.count() == MOST


def test_messages_in_a_support_case(alice):
    alice.post("/cases/open/", form(**CASE))
    case = SupportCase.objects.get()
    assert is_throttled([alice.post(f"/cases/{case.pk}/write/", form()) for _attempt in range(MOST + 1)])
    assert case.messages.count() == 1 + MOST


def mails_to_eve() -> int:
    return sum(each.to[0].lower() == "eve@example.com" for each in mail.outbox)


def test_invitation_sent_again_and_again(alice):
    refresh(alice, User.objects.get(name="Alice"))
    new = {"invite-email": "eve@example.com", "invite-rights": ["view"]}
    answers = [alice.post("/settings/team/invitations/", new)]
    again = f"/settings/team/invitations/{Invitation.objects.get().pk}/resend/"
    answers += [alice.post(again) for _attempt in range(MOST)]
    assert is_throttled(answers)
    assert mails_to_eve() == MOST


def test_invitation_withdrawn_and_made_anew(alice):
    refresh(alice, User.objects.get(name="Alice"))
    new = {"invite-email": "EVE@example.com", "invite-rights": ["view"]}
    for _attempt in range(MOST):
        alice.post("/settings/team/invitations/", new)
        alice.post(f"/settings/team/invitations/{Invitation.objects.latest('pk').pk}/revoke/")
    assert is_throttled([alice.post("/settings/team/invitations/", new)])
    assert mails_to_eve() == MOST
