"""Every address of the portal with what it asks of its reader, and the people who try it (A1, A2, A4)."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import invitations, team
from accounts.models import Membership, Right, User
from orders import buyer_links, cancel_requests
from payments import statements
from tests.batches import access as batches
from tests.factories import NOON, ListingFactory, MembershipFactory, SellerFactory, UserFactory
from tests.helpers import CHANNEL, authorised, ship
from tests.inventory import access as stock
from tests.messaging import access as talks
from tests.notifications import access as notices
from tests.orders import access as many
from tests.orders.desk import access as own_desk
from tests.refunds import access as money_back
from tests.reports import access as reports
from tests.reports.feeds import access as feeds
from tests.sign_in import refresh

SECRETS = ("Zelda Quux", "zelda@example.org", "77 Hidden Lane", "LAMP-1", "Brass lamp", "tom@example.com")
ASKED = "orders:accept_request", "orders:decline_request"
ANYWHERE = (
    "home",
    "performance",
    "orders:list",
    "orders:pulse",
    "access_log:unusual",
    "accounts:team",
    "accounts:team_log",
    "accounts:invite",
    "notifications:mails",
    "payments:list",
    "payments:statements",
    *many.NOWHERE,
    *stock.NOWHERE,
    *money_back.NOWHERE,
    *talks.NOWHERE,
    *reports.NOWHERE,
    *feeds.NOWHERE,
    *own_desk.NOWHERE,
)
"""Pages that name no record: a stranger's own seller stands on them."""


@dataclass(frozen=True)
class Page:
    """The right that a page asks for, and what it answers to whoever has it; 405 where it takes no such method."""

    right: Right | tuple[Right, ...] | None
    get: int
    post: int
    data: Callable[["World"], dict[str, Any]] = field(default=lambda world: {})

    @property
    def rights(self) -> tuple[Right | None, ...]:
        """Each of which is enough."""
        return self.right if isinstance(self.right, tuple) else (self.right,)


@dataclass
class World:
    """A seller with an order of each kind, and what the addresses of its pages are made of."""

    def __post_init__(self) -> None:
        self.seller = SellerFactory(name="Blue Harbor")
        self.owner = MembershipFactory(seller=self.seller).user
        # As whoever joins has; else their own page of addresses notes it first.
        EmailAddress.objects.create(user=self.owner, email=self.owner.email, primary=True, verified=True)
        self.listing = ListingFactory(seller=self.seller, sku="LAMP-1", title="Brass lamp", on_hand=50)
        self.closed = ListingFactory(seller=self.seller, sku="SHUT-1", is_active=False)
        words = {"buyer_name": "Zelda Quux", "buyer_email": "zelda@example.org", "recipient": "Zelda Quux"}
        words |= {"address_1": "77 Hidden Lane"}
        buyer = words
        self.order, self.asked, self.shipped = (authorised((self.listing, 2), **words) for _ in range(3))
        ship(self.shipped)
        statements.sweep(NOON + timedelta(days=30))
        cancel_requests.ask(self.asked, note="please", actor=CHANNEL, now=NOON)
        self.item = self.order.items.get()
        self.tom = MembershipFactory(seller=self.seller, user__email="tom@example.com", rights=["view"])
        words = {"by": self.owner, "now": NOON}
        self.invitation = invitations.invite(self.seller, "new@example.com", ["view"], **words)
        self.token = invitations.url_for(self.invitation).split("/")[-2]
        self.sold = money_back.Sold(self, **buyer)
        self.talk = talks.Talk(self)
        self.notice_args = notices.told(self.seller, self.owner)
        self.batch_args = batches.made(self)
        self.report_args = reports.made(self)
        self.fed = feeds.Fed(self.seller, self.owner, self.order.number)

    def address(self, name: str) -> str:
        """The page's address, of this seller's record."""
        if name in ASKED:
            return reverse(name, args=[self.asked.number])
        if name == "orders:package":
            return reverse(name, args=[self.shipped.number, 1])
        if name.startswith("orders:") and name not in ANYWHERE:
            return reverse(name, args=[self.order.number])
        if name.startswith("buyer:"):
            return reverse(name, args=[buyer_links.token_of(self.order)])
        return reverse(name, args=self._args(name))

    def _args(self, name: str) -> list[object]:
        return {
            "accounts:member": [self.tom.pk],
            "accounts:remove_member": [self.tom.pk],
            "accounts:resend_invitation": [self.invitation.pk],
            "accounts:revoke_invitation": [self.invitation.pk],
            "accounts:invitation": [self.token],
            "payments:statement": [2],
            "payments:statement_pdf": [2],
            "payments:statement_csv": [2],
            "channels:orders": [self.order.channel.slug],
            "channels:order": [self.order.channel.slug, self.order.reference],
            "account_confirm_email": ["abc"],
            "account_reset_password_from_key": ["1", "abc-def"],
            **self.notice_args,
            **self.batch_args,
            **self.report_args,
            **feeds.args(self),
            **stock.args(self),
            **money_back.args(self),
            **talks.args(self),
        }.get(name, [])


def _parcel(world: World) -> dict[str, Any]:
    return {"ship_date": "2026-11-20", "carrier": "FedEx", "tracking_number": "77"}


def shipment(world: World) -> dict[str, Any]:
    """The form that ships all of the order."""
    fields = {f"package-0-{name}": value for name, value in _parcel(world).items()}
    counts = {"package-TOTAL_FORMS": "1", "package-INITIAL_FORMS": "0"}
    return {**fields, **counts, "key": str(uuid.uuid4()), f"package-0-units_{world.item.pk}": "2"}


def _reason(world: World) -> dict[str, Any]:
    return {"reason": "pricing_error"}


def _rights(world: World) -> dict[str, Any]:
    return {f"member-{world.tom.pk}-rights": ["view", "ship"]}


def _invited(world: World) -> dict[str, Any]:
    return {"invite-email": "third@example.com", "invite-rights": ["settings"]}


def _theirs(world: World) -> dict[str, Any]:
    return {"seller": str(world.seller.pk)}


R = Right
GUARDED = {
    "home": Page(None, 200, 405),
    "performance": Page(R.VIEW, 200, 405),
    "orders:list": Page(R.VIEW, 200, 405),
    "orders:detail": Page(R.VIEW, 200, 405),
    "orders:pulse": Page(R.VIEW, 200, 405),
    "orders:order_pulse": Page(R.VIEW, 200, 405),
    "orders:ship": Page(R.SHIP, 200, 302, shipment),
    "orders:cancel": Page(R.CANCEL, 200, 302, _reason),
    "orders:package": Page(R.SHIP, 200, 302, _parcel),
    "orders:packing_slip": Page(R.VIEW, 200, 405),
    "orders:note": Page(R.SHIP, 405, 302, lambda _world: {"text": "Gift wrap"}),
    "orders:revoke_link": Page(R.MESSAGE, 405, 302),
    "orders:accept_request": Page(R.CANCEL, 405, 302),
    "orders:decline_request": Page(R.CANCEL, 405, 302),
    "payments:list": Page(R.REPORT, 200, 405),
    "payments:statements": Page(R.REPORT, 200, 405),
    "payments:statement": Page(R.REPORT, 200, 405),
    "payments:statement_pdf": Page(R.REPORT, 200, 405),
    "payments:statement_csv": Page(R.REPORT, 200, 405),
    "accounts:team": Page(R.SETTINGS, 200, 405),
    "accounts:team_log": Page(R.SETTINGS, 200, 405),
    "accounts:member": Page(R.SETTINGS, 405, 302, _rights),
    "accounts:remove_member": Page(R.SETTINGS, 405, 302),
    "accounts:invite": Page(R.SETTINGS, 405, 302, _invited),
    "accounts:resend_invitation": Page(R.SETTINGS, 405, 302),
    "accounts:revoke_invitation": Page(R.SETTINGS, 405, 302),
    "accounts:switch_seller": Page(None, 405, 302, _theirs),
    **{
        name: Page(*row)
        for name, row in (many.PAGES | stock.PAGES | money_back.PAGES | talks.PAGES | batches.PAGES).items()
    },
    **{name: Page(*row) for name, row in (own_desk.PAGES | reports.PAGES | feeds.PAGES).items()},
    "access_log:unusual": Page(R.OWNER, 200, 405),
    "notifications:inbox": Page(None, 200, 405),
    "notifications:read": Page(None, 405, 302),
    "notifications:mails": Page(R.VIEW, 200, 405),
    "notifications:resend": Page(R.VIEW, 405, 302),
    "notifications:why": Page(None, 200, 405),
    "notifications:test": Page(None, 405, 302),
    "notifications:settings": Page(None, 200, 302, lambda _world: {"place": ["portal"]}),
    "notifications:add_address": Page(None, 405, 302, notices.mailbox),
    "notifications:times": Page(None, 405, 302, notices.times),
}
# What a link or a token opens, or what is nobody's: (GET, POST) is the same for everyone, whoever is signed in.
OPEN = {
    "healthz": (200, 405),
    "readyz": (200, 405),
    "livez": (200, 405),
    "set_language": (302, 302),
    "buyer:order": (200, 405),
    "buyer:cancel": (200, 302),
    "buyer:ask": (302, 302),
    **money_back.OPEN,
    **talks.OPEN,
    "notifications:unsubscribe": (200, 200),
    "notifications:confirm": (200, 200),
    "channels:orders": (405, 401),
    "channels:order": (401, 405),
    "payments:stripe_webhook": (405, 400),
}
# One's own account, by allauth: (GET signed out, GET signed in, POST of nothing signed out, and signed in).
ACCOUNT = {
    "account_login": (200, 302, 200, 302),
    "account_logout": (302, 200, 302, 302),
    "account_inactive": (200, 200, 405, 405),
    "account_signup": (200, 302, 200, 302),
    "account_reauthenticate": (302, 200, 302, 200),
    "account_email": (302, 200, 302, 302),
    "account_email_verification_sent": (200, 200, 405, 405),
    "account_change_password": (302, 200, 302, 200),
    "account_set_password": (302, 302, 302, 302),
    "account_reset_password": (200, 200, 200, 200),
    "account_confirm_login_code": (302, 302, 302, 302),
    "account_confirm_email": (200, 200, 404, 404),
    "account_reset_password_from_key_done": (200, 200, 405, 405),
    "account_reset_password_from_key": (200, 200, 200, 200),
    "account_reset_password_done": (200, 200, 405, 405),
    "mfa_index": (302, 200, 302, 405),
    "mfa_authenticate": (302, 302, 302, 302),
    "mfa_reauthenticate": (302, 302, 302, 302),
    "mfa_activate_totp": (302, 200, 302, 200),
    "mfa_deactivate_totp": (302, 404, 302, 404),
    "mfa_view_recovery_codes": (302, 404, 302, 405),
    "mfa_generate_recovery_codes": (302, 200, 302, 200),
    "mfa_download_recovery_codes": (302, 404, 302, 404),
    "usersessions_list": (302, 200, 302, 302),
}
APART = {
    "accounts:end_session",
    "accounts:invitation",
    "notifications:remove_address",
    "refunds:holders",
    *batches.APART,
    *reports.APART,
    *own_desk.APART,
    *feeds.APART,
}
"""Each has a test of its own: one is a device of one person; one asks for the mailbox, then for the account; one is
of a single member; what one asks for hangs on the order."""
OWN = {name for name in GUARDED if name.startswith("notifications:") and GUARDED[name].right is None}
"""Pages on which each member finds their own."""


def names(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """Every name in the URLconf, with its namespace."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        else:
            yield from names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)


def written() -> int:
    """Rows that this transaction has written so far, by PostgreSQL's own count; sessions, limits and log apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"
            " WHERE relname NOT IN ('django_session', 'cache', 'accounts_throttle')"
            " AND relname NOT LIKE 'access_log_access%%'"
        )
        return int(cursor.fetchone()[0])


@dataclass
class Visitor:
    """Somebody at a browser. What a request changes is undone after it, so that each one meets the same world."""

    client: Client
    cookies: dict[str, str]

    @classmethod
    def of(cls, user: User | None) -> "Visitor":
        """Signed in as this person, and again a moment ago; None is nobody."""
        client = Client(raise_request_exception=False)
        if user:
            client.force_login(user)
            refresh(client, user)
        return cls(client, {name: morsel.value for name, morsel in client.cookies.items()})

    def ask(self, method: str, address: str, data: Any = None, **headers: str) -> tuple[Any, int]:
        """The answer, and how many rows were written for it."""
        self.client.cookies.clear()
        self.client.cookies.load(self.cookies)
        before, undone = written(), transaction.atomic()
        undone._from_testcase = True  # what may not stand inside another transaction may stand in this one
        with undone:
            response = getattr(self.client, method)(address, data or {}, headers=headers)
            rows = written() - before
            transaction.set_rollback(True)
        return response, rows


def answered(response: Any) -> object:
    """The status, or "login" for one that leads there; of htmx, by its own header."""
    target = response.headers.get("Location") or response.headers.get("HX-Redirect", "")
    return "login" if target.startswith(reverse("account_login")) else response.status_code


def alone(world: World, right: Right) -> User:
    """A colleague with this one right."""
    return MembershipFactory(seller=world.seller, rights=[right]).user


def leave(user: User) -> None:
    """Out of every team."""
    for membership in Membership.objects.filter(user=user):
        team.remove(membership, by=user, now=NOON)


def visitor(kind: str, world: World) -> Visitor:
    """One of KINDS, as they stand when the request comes."""
    if kind in SINGLE:
        return Visitor.of(alone(world, Right(kind)))
    if kind in ("removed", "disabled"):
        user = MembershipFactory(seller=world.seller).user
        signed_in = Visitor.of(user)
        if kind == "removed":
            leave(user)
        else:
            User.objects.filter(pk=user.pk).update(is_active=False)
        return signed_in
    people: dict[str, Callable[[], User | None]] = {
        "owner": lambda: world.owner,
        "signed_out": lambda: None,
        "stranger": lambda: (
            MembershipFactory(seller=SellerFactory(marketplace=world.seller.marketplace)).user
        ),
        "staff": lambda: UserFactory(is_staff=True),
        "superuser": lambda: UserFactory(is_staff=True, is_superuser=True),
    }
    return Visitor.of(people[kind]())


SINGLE = tuple(right for right in Right.values if right != Right.OWNER)
"""Colleagues with one right each; an owner has all of them."""
KINDS = ("signed_out", "disabled", "stranger", "removed", "staff", "superuser", "owner", *SINGLE)
OUTSIDE = ("signed_out", "disabled", "stranger", "removed", "staff", "superuser")
LATER = NOON + timedelta(hours=1)
