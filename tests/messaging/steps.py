"""Steps of the tests of messages: an order that can be written about, a message from either side."""

import uuid
from datetime import datetime
from typing import Any

from accounts.actors import Actor
from messaging import threads
from messaging.attachments import Upload
from messaging.models import Message
from messaging.states import Reason
from orders.models import Order
from tests.factories import NOON, ListingFactory, MembershipFactory, SellerFactory
from tests.helpers import authorised, ship

BUYER = Actor.buyer()


def order_of(**changes: Any) -> Order:
    """An Unshipped order of a seller whose member Alice may write."""
    seller = SellerFactory(name="Blue Harbor")
    MembershipFactory(seller=seller, user__email="alice@example.com", user__name="Alice")
    return authorised((ListingFactory(seller=seller, sku="BTL-1"), 1), **changes)


def shipped(**changes: Any) -> Order:
    return ship(order_of(**changes))


def alice(order: Order) -> Actor:
    return Actor.seller(order.seller.memberships.get().user)


def from_seller(order: Order, text: str = "Hello", now: datetime = NOON, **changes: Any) -> Message:
    """The seller writes, about a missing information unless said."""
    content = {"reason": Reason.MISSING_INFORMATION, "key": uuid.uuid4(), "actor": alice(order), **changes}
    return threads.write(order, text, now=now, **content)


def from_buyer(order: Order, text: str = "Hello", now: datetime = NOON, **changes: Any) -> Message:
    """The buyer writes on their page, about something else unless said."""
    content = {"reason": Reason.OTHER, "key": uuid.uuid4(), **changes}
    return threads.receive(order, text, now=now, **content)


def text_file(name: str = "note.txt", content: bytes = b"plain words") -> Upload:
    return Upload(name, content)
