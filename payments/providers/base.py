"""What is asked of a payment provider, and how it answers."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Status(StrEnum):
    """APPROVED and DECLINED are final. UNKNOWN: it may have been done, ask again with the same key.

    HELD is no provider's answer: nobody was asked, as another worker holds the call or it is finished.
    """

    APPROVED = "approved"
    DECLINED = "declined"
    PENDING = "pending"
    UNKNOWN = "unknown"
    HELD = "held"


@dataclass(frozen=True)
class Outcome:
    """An answer; the reference is the provider's name for what it did, the message is for people."""

    status: Status
    reference: str = ""
    code: str = ""
    message: str = ""
    capture_before: datetime | None = None
    """Of an authorization: until when it can be captured, where the provider says so."""
    is_extended: bool = False


@dataclass(frozen=True)
class Request:
    """What to do, once per key. The reference is the authorisation's, or of an earlier, pending answer.

    `needed_until` is how long the authorization should last; `now` is the moment of the call.
    """

    key: UUID
    order_number: str
    token: str
    amount: int
    currency: str
    reference: str
    attempt: int
    now: datetime | None = None
    needed_until: datetime | None = None


class Provider(Protocol):
    """Each method answers within its timeouts; trouble at the provider is never raised, it is UNKNOWN.

    TOKEN is the form of the provider's tokens.
    """

    TOKEN: re.Pattern[str]

    @staticmethod
    def step(currency: str) -> int:
        """The smallest amount that can be moved, in minor units; 0 where none of this currency can."""

    def authorise(self, request: Request) -> Outcome:
        """Hold the amount for the order; nothing is taken yet (O15)."""

    def capture(self, request: Request) -> Outcome:
        """Take the amount, at most what is held; the rest is let go."""

    def void(self, request: Request) -> Outcome:
        """Let go of what is held."""

    def refund(self, request: Request) -> Outcome:
        """Give back the amount of what was taken."""
