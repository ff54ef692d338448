"""Where an answer to a mail goes: no mail is a dead end (C1, C2)."""

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from accounts import clock, invitation_mail, invitations
from messaging import inbound, relay
from messaging.models import Thread
from notifications import envelope
from notifications.models import Notice
from notifications.states import Kind
from orders import lifecycle
from orders.states import CancelReason
from tests.helpers import SYSTEM, authorised
from tests.messaging import hostile
from tests.notifications.steps import seller_of, shipped, sold, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order():
    return sold(seller_of())


def mailed(order, kind: Kind) -> EmailMessage:
    write()
    return envelope.message(Notice.objects.get(order=order, kind=kind))


def reply_to(message: EmailMessage) -> str:
    """Return where a mail program answers to."""
    return str(message.message()["Reply-To"] or "")


def test_c1_answer_to_your_order_is_on_its_way_is_in_the_sellers_thread(order):
    letter = mailed(shipped(order), Kind.BUYER_SHIPPED)
    assert "Reply to this email to write to the seller" in letter.body
    raw = hostile.mail("It came broken.", From=order.buyer_email).as_bytes()
    inbound.take(raw, mail_from=order.buyer_email, rcpt_to=reply_to(letter), now=clock.now())
    thread = Thread.objects.get(order=order)
    assert (thread.seller, thread.messages.get().text) == (order.seller, "It came broken.")


def test_c2_answer_about_a_canceled_order_goes_to_customer_service(order):
    lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=clock.now())
    letter = mailed(order, Kind.BUYER_CANCELED)
    assert reply_to(letter) == order.seller.marketplace.service_email
    assert "not to the seller" in letter.body


def test_mail_about_an_order_canceled_since_names_customer_service():
    """The words are made when the mail leaves: by then nobody can write any more."""
    order = authorised((seller_of(), 2), now=clock.now())
    item = order.items.get()
    lifecycle.cancel_units(
        order, {item.pk: 1}, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=clock.now()
    )
    lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=clock.now())
    letter = mailed(order, Kind.BUYER_UNITS_CANCELED)
    assert reply_to(letter) == order.seller.marketplace.service_email


def test_answer_to_a_notification_reaches_customer_service(order):
    assert reply_to(mailed(order, Kind.SOLD)) == order.seller.marketplace.service_email


def test_order_mail_shows_no_ones_address(order):
    letter = mailed(shipped(order), Kind.BUYER_SHIPPED)
    assert reply_to(letter) == relay.order_address(order)
    assert "alice@example.com" not in str(letter.message())


def test_answer_to_an_invitation_reaches_customer_service(order):
    words = {"by": order.seller.memberships.get().user, "now": clock.now()}
    invitation = invitations.invite(order.seller, "new@example.com", ["view"], **words)
    mail.outbox.clear()
    assert invitation_mail.send(invitation)
    assert mail.outbox[0].reply_to == [order.seller.marketplace.service_email]


def test_answer_to_an_account_mail_reaches_customer_service(order, client):
    mail.outbox.clear()
    client.post("/accounts/password/reset/", {"email": "alice@example.com"})
    assert mail.outbox[0].reply_to == [order.seller.marketplace.service_email]
