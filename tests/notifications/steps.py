"""Steps of the tests of notices: sellers whose members want to know, and a mail server that can be unkind."""

import asyncio
import email
import socket
import threading
import uuid
from collections import Counter
from contextlib import contextmanager
from email import policy
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings
from django.test import override_settings

from accounts import calendars, clock
from notifications import delivery, notices
from notifications.models import Notice
from orders import shipping
from tests.factories import ListingFactory, MembershipFactory, SellerFactory
from tests.helpers import SYSTEM, authorised, everything, parcel

HOST = "127.0.0.1"


def seller_of(member: str = "alice@example.com", **listing: Any):
    """A seller with one member and one listing of plenty."""
    seller = SellerFactory(name="Blue Harbor")
    MembershipFactory(seller=seller, user__email=member, user__name="Alice")
    return ListingFactory(seller=seller, sku="BTL-1", title="Blue bottle", **{"on_hand": 5000, **listing})


def sold(listing, **changes: Any):
    """An order whose payment is authorised at this very moment."""
    return authorised((listing, 1), now=clock.now(), **changes)


def shipped(order):
    """All of it leaves in one package, today."""
    now = clock.now()
    today = calendars.local_date(now, order.seller.marketplace.time_zone)
    parcels = [(parcel(today), everything(order))]
    return shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=SYSTEM, now=now).order


def write() -> int:
    """Make all notices that are owed."""
    count = 0
    while written := notices.write_due(clock.now()):
        count += written
    return count


def deliver(seconds: float = 30) -> int:
    """Make and send whatever is due."""
    write()
    return delivery.send_due(seconds)


def hurry() -> None:
    """Time passes: what waits for another try is due now."""
    Notice.objects.update(next_try_at=clock.now())


def states() -> Counter:
    return Counter(Notice.objects.values_list("state", flat=True))


class Mailbox:
    """What the server does with each mail; each accepted one is kept, by its Message-ID."""

    def __init__(self, answer=None, seconds: float = 0):
        self.answer = answer or (lambda message, count: "250 OK")
        self.seconds = seconds
        self.taken: list[Any] = []
        self.seen: Counter = Counter()
        self.raw: list[bytes] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the server calls it so
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        message_id = message["Message-ID"]
        self.seen[message_id] += 1
        if self.seconds:
            await asyncio.sleep(self.seconds)
        said = self.answer(message, self.seen[message_id])
        if said.startswith(("250", "drop")):
            message.envelope_to = envelope.rcpt_tos
            self.taken.append(message)
            self.raw.append(envelope.content)
        if said == "drop":
            server.transport.close()
            return "421 gone"
        return said

    def ids(self) -> Counter:
        return Counter(message["Message-ID"] for message in self.taken)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@contextmanager
def mail_server(mailbox: Mailbox, port: int = 0):
    """A real server on the loopback; the portal's mail goes there meanwhile."""
    controller = Controller(mailbox, hostname=HOST, port=port or free_port())
    controller.start()
    try:
        with portal_mails_to(controller.port):
            yield mailbox
    finally:
        controller.stop()


@contextmanager
def portal_mails_to(port: int, timeout: float = 10):
    backend = "django.core.mail.backends.smtp.EmailBackend"
    address = {"EMAIL_HOST": HOST, "EMAIL_PORT": port, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}
    with override_settings(EMAIL_BACKEND=backend, EMAIL_TIMEOUT=timeout, **address):
        yield


@contextmanager
def hanging_server():
    """Takes connections and never says a word."""
    listener = socket.create_server((HOST, 0))
    kept, over = [], threading.Event()

    def take() -> None:
        listener.settimeout(0.1)
        while not over.is_set():
            try:
                kept.append(listener.accept()[0])
            except TimeoutError:
                continue

    thread = threading.Thread(target=take)
    thread.start()
    try:
        with portal_mails_to(listener.getsockname()[1], timeout=0.5):
            yield
    finally:
        over.set()
        thread.join()
        for each in kept:
            each.close()
        listener.close()


assert settings.EMAIL_TIMEOUT == 10
