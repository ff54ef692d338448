"""Who does something, and from where: every change of an order names both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class ActorKind(TextChoices):
    SYSTEM = "system", _("System")
    BUYER = "buyer", _("Buyer")
    SELLER = "seller", _("Seller")
    MARKETPLACE = "marketplace", _("Marketplace")
    CHANNEL = "channel", _("Sales channel")


class Source(TextChoices):
    PAGE = "page", _("Page")
    FEED = "feed", _("Feed")
    CHANNEL = "channel", _("Sales channel")
    IMPORT = "import", _("Import")
    JOB = "job", _("Periodic job")
    ADMIN = "admin", _("Administration")
    COMMAND = "command", _("Command")


@dataclass(frozen=True)
class Actor:
    """The one who acts. Only a seller's colleague and the marketplace's staff are users."""

    kind: ActorKind
    user: User | None
    source: Source

    @classmethod
    def system(cls, source: Source = Source.JOB) -> Actor:
        return cls(ActorKind.SYSTEM, None, source)

    @classmethod
    def buyer(cls, source: Source = Source.PAGE) -> Actor:
        return cls(ActorKind.BUYER, None, source)

    @classmethod
    def seller(cls, user: User, source: Source = Source.PAGE) -> Actor:
        return cls(ActorKind.SELLER, user, source)

    @classmethod
    def staff(cls, user: User | None, source: Source = Source.ADMIN) -> Actor:
        return cls(ActorKind.MARKETPLACE, user, source)

    @classmethod
    def channel(cls, source: Source = Source.CHANNEL) -> Actor:
        return cls(ActorKind.CHANNEL, None, source)
