"""What the columns of people, sellers and marketplaces are, and those of the packages that the portal is built on."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from accounts.personal_data_register import Clock, Table

BATCH = 1_000
HISTORY = "pgh_label"
MARKETPLACE = "slug name country subdivision time_zone currency relay_phone service_name service_email"

TABLES = {
    "accounts.Heartbeat": Table(plain="name"),
    "accounts.Marketplace": Table(business=MARKETPLACE),
    "accounts.MarketplaceEvent": Table(business=MARKETPLACE, plain=HISTORY),
    "accounts.SalesChannel": Table(business="slug name"),
    "accounts.ChannelToken": Table(plain="digest"),
    "accounts.Throttle": Table(plain="key"),
    "accounts.Seller": Table(business="slug name plan ship_from"),
    "accounts.Membership": Table(people="rights"),
    "accounts.MembershipEvent": Table(people="rights", plain=HISTORY),
    "accounts.Invitation": Table(people="email rights"),
    "accounts.InvitationEvent": Table(people="email rights", plain=HISTORY),
    "accounts.User": Table(people="password email name language"),
    "account.EmailAddress": Table(people="email"),
    "account.EmailConfirmation": Table(people="key"),
    "admin.LogEntry": Table(people="object_id object_repr change_message"),
    "auth.Group": Table(plain="name"),
    "auth.Permission": Table(plain="name codename"),
    "contenttypes.ContentType": Table(plain="app_label model"),
    "mfa.Authenticator": Table(people="type data"),
    "pghistory.Context": Table(people="metadata"),
    "sessions.Session": Table(timed="session_key session_data", when="when the session has ended"),
    "usersessions.UserSession": Table(
        timed="ip session_key user_agent data", when="when the session has ended"
    ),
}


def _ended(now: datetime) -> int:
    return Session.objects.filter(expire_date__lt=now).count()


def _remove_ended(now: datetime) -> int:
    ended = Session.objects.filter(expire_date__lt=now).values("pk")[:BATCH]
    return Session.objects.filter(pk__in=ended).delete()[0]


def _devices(now: datetime) -> QuerySet[UserSession]:
    """What is known of sign-ins whose session is there no more."""
    return UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))


def _remove_devices(now: datetime) -> int:
    return UserSession.objects.filter(pk__in=_devices(now).values("pk")[:BATCH]).delete()[0]


CLOCKS = [
    Clock("sessions", _ended, _remove_ended),
    Clock("devices", lambda now: _devices(now).count(), _remove_devices),
]
