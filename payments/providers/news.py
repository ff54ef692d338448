"""What a payment provider reports later, and how it is looked at: events by name, objects as they are now (P3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from payments.models import DisputeStatus, Topic
from payments.providers.base import Status


class NotSigned(Exception):
    """The message isn't from the provider, or too old, or no event."""


@dataclass(frozen=True)
class EventSeen:
    """An event by its name; `about` is the provider's reference of the object that its topic looks at."""

    reference: str
    kind: str
    topic: Topic
    about: str
    at: datetime


@dataclass(frozen=True)
class HoldSeen:
    """A hold or charge as it is now; `call` is the key of the call that made it, as far as the provider kept it."""

    reference: str
    call: str
    is_held: bool
    is_charged: bool
    is_canceled: bool


@dataclass(frozen=True)
class RefundSeen:
    """A refund as it is now."""

    reference: str
    call: str
    payment: str
    status: Status
    why: str


@dataclass(frozen=True)
class DisputeSeen:
    """A dispute as it is now; the amount is in our minor units, `payment` the reference of the charge's payment."""

    reference: str
    payment: str
    amount: int
    currency: str
    status: DisputeStatus
    reason: str
    opened_at: datetime
    respond_by: datetime | None
    is_withdrawn: bool
    is_returned: bool


class News(Protocol):
    """Each look raises for trouble at the provider; None means that it has no such object."""

    def events(self, since: datetime) -> Iterator[EventSeen]:
        """Every event of the kinds that we follow since then."""

    def payment(self, reference: str) -> HoldSeen | None:
        """A hold or charge."""

    def refund(self, reference: str) -> RefundSeen | None:
        """A refund."""

    def dispute(self, reference: str) -> DisputeSeen | None:
        """A dispute."""
