"""Every page to take a picture of: whose it is, where it is, and what is done on it first."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db.models import Count, F
from django.template.loader import render_to_string
from django.urls import reverse
from playwright.sync_api import Page

from accounts import clock, invitations
from accounts.models import Invitation, Right, Seller, User
from inventory.models import Fulfilment
from orders import buyer_links
from orders.models import Order, Package
from orders.states import CanceledBy, EventKind, OrderStatus, RequestState
from tests.screenshots import (
    after_sales_pages,
    bulk_pages,
    desk_pages,
    feed_pages,
    report_pages,
    staff_pages,
    stock_pages,
)
from tests.screenshots.portal import PASSWORD
from tests.screenshots.shot import OWNER, Act, Shot

PACKER, BOOKS = "packing@example.com", "books@example.com"
MAKER, NEW, STAFF = "maker@example.com", "new@example.com", "staff@example.com"
SHENZHEN = "shenzhen@example.com"
ERRORS = (400, 403, 404, 500)


def shots() -> Iterator[Shot]:
    """All of them, against the demo as it stands in the database."""
    found = sample()
    _secure(User.objects.get(email=MAKER))
    yield from _home()
    yield from _lists(found)
    yield from desk_pages.shots()
    yield from bulk_pages.shots()
    yield from _details(found)
    yield from _work(found)
    yield from stock_pages.shots()
    yield from after_sales_pages.shots()
    yield from report_pages.shots()
    yield from feed_pages.shots()
    yield from _buyers(found)
    yield from _team()
    yield from _entrances()
    yield from _account()
    yield from _staff(found)
    yield from staff_pages.shots()
    for status in ERRORS:
        yield Shot(f"error-{status}", f"/{status}/", None, body=render_to_string(f"{status}.html"))


def sample() -> dict[str, Order]:
    """An order of the demo seller in each state; fails where the demo has none."""
    seller, now = Seller.objects.get(slug="lantern-and-pine"), clock.now()
    own = seller.orders.filter(fulfilment=Fulfilment.MFN).select_related("seller", "payment")
    asked = own.filter(cancel_requests__state=RequestState.OPEN)
    open_ = own.filter(status=OrderStatus.UNSHIPPED).exclude(pk__in=asked)
    settled = open_.filter(cancel_window_ends_at__lt=now)
    shipped = own.filter(status=OrderStatus.SHIPPED)
    canceled = own.filter(status=OrderStatus.CANCELED)
    in_two = Package.objects.values("order").annotate(n=Count("pk")).filter(n__gt=1).values("order")
    refused = own.filter(events__kind=EventKind.CAPTURE_REFUSED)
    waiting = own.filter(packages__confirmed_at=None, packages__isnull=False)
    troubled = refused | waiting
    found = {
        "pending": own.filter(status=OrderStatus.PENDING, payment__state="pending"),
        "declined": own.filter(status=OrderStatus.PENDING, payment__state="declined"),
        "window": open_.filter(cancel_window_ends_at__gt=now + timedelta(minutes=8)).exclude(pk__in=troubled),
        "unshipped": settled.filter(ship_by__gt=now),
        "late": settled.filter(ship_by__lt=now, warn_at__gt=now),
        "about-to-be-canceled": settled.filter(warn_at__lt=now, confirm_deadline__gt=now),
        "asked": asked.filter(ship_by__gt=now, cancel_requests__note__gt=""),
        "partially-shipped": own.filter(status=OrderStatus.PARTIALLY_SHIPPED),
        "shipped": shipped.exclude(pk__in=in_two),
        "shipped-in-two": shipped.filter(pk__in=in_two, events__kind=EventKind.PACKAGE_EDITED),
        "units-canceled": shipped.filter(items__units_canceled__gt=0),
        "charge-refused": refused,
        "charge-awaited": waiting,
        "several-units": settled.filter(ship_by__gt=now, items__quantity__gt=1),
        "marketplace-ships": seller.orders.filter(fulfilment=Fulfilment.AFN, status=OrderStatus.UNSHIPPED),
        "canceled-by-buyer": canceled.filter(canceled_by=CanceledBy.BUYER),
        "canceled-by-seller": canceled.filter(canceled_by=CanceledBy.SELLER),
        "canceled-by-marketplace": canceled.filter(canceled_by=CanceledBy.MARKETPLACE),
    }
    newest = {name: query.order_by(F("placed_at").desc(), "pk").first() for name, query in found.items()}
    missing = [name for name, order in newest.items() if order is None]
    assert not missing, f"the demo has no such order: {missing}"
    return newest


def _secure(user: User) -> None:
    """Two factors for somebody, so that their sign-in has a second step."""
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)


def _home() -> Iterator[Shot]:
    yield Shot("home", "/")
    yield Shot("home-money", "/?days=30&show=money", act=_open_all)
    yield Shot("home-new", "/", NEW, act=_open_all)
    yield Shot("performance", "/performance/")
    yield Shot("performance-tracking", "/performance/?rate=valid-tracking&days=30", act=_open_all)
    yield Shot("performance-new", "/performance/?rate=reply-time", NEW)
    yield Shot("refunds-failed", "/refunds/failed/")
    yield Shot("home-member-of-nothing", "/", STAFF)
    yield Shot("home-chinese", "/", SHENZHEN)
    for menu in ("Language", "Theme", "Your account"):
        name = menu.lower().replace(" ", "-")
        yield Shot(f"menu-{name}", "/", act=lambda page, menu=menu: page.get_by_title(menu).first.click())
    yield Shot(
        "menu-seller", "/", SHENZHEN, act=lambda page: page.locator(".topbar details summary").first.click()
    )


def _lists(found: dict[str, Order]) -> Iterator[Shot]:
    list_url = reverse("orders:list")
    for tab in ("pending", "unshipped", "shipped", "canceled"):
        yield Shot(f"list-{tab}", f"{list_url}?tab={tab}")
    for kind in ("late", "about-to-cancel", "cancel-requested", "ship-today"):
        yield Shot(f"list-{kind}", f"{list_url}?attention={kind}")
    number = found["shipped"].number
    today = clock.now().date()
    for name, question in {
        "last-page": "tab=shipped&end=1",
        "days": f"tab=shipped&from={today - timedelta(days=13)}&to={today}",
        "days-without-orders": "tab=shipped&from=2001-01-01&to=2001-01-02",
        "odd-days": "tab=shipped&from=2026-13-40",
        "found-elsewhere": f"tab=unshipped&q={number}",
        "found-by-beginning": f"q={number[:5]}",
        "not-found": "q=999-9999999-9999999",
        "no-number": "q=lamp",
    }.items():
        yield Shot(f"list-{name}", f"{list_url}?{question}")
    yield Shot("list-picked", list_url, act=_pick)
    yield Shot("list-row-menu", list_url, act=_open_row_menu)
    yield Shot("list-read-only", list_url, BOOKS)
    yield Shot("list-empty", list_url, NEW)
    yield Shot("list-yen", f"{list_url}?tab=shipped", SHENZHEN)
    yield Shot("cancel-many", list_url, act=_cancel_many)


def _pick(page: Page) -> None:
    for box in page.locator("tbody input[type=checkbox]").all()[:3]:
        box.check()


def _open_row_menu(page: Page) -> None:
    page.locator("tbody .menu summary").first.click()


def _cancel_many(page: Page) -> None:
    _pick(page)
    page.get_by_role("button", name="Cancel orders").click()
    page.wait_for_load_state()


def _details(found: dict[str, Order]) -> Iterator[Shot]:
    for name, order in found.items():
        yield Shot(f"order-{name}", reverse("orders:detail", args=[order.number]))
    late = reverse("orders:detail", args=[found["late"].number])
    yield Shot("order-read-only", late, BOOKS)
    asked = reverse("orders:detail", args=[found["asked"].number])
    yield Shot("order-accept-dialog", asked, act=_press("Accept"))
    yield Shot("order-guides", late, act=_open_all)


def _press(label: str) -> Act:
    return lambda page: page.get_by_role("button", name=label).first.click()


def _send(label: str) -> Act:
    """Send a form as it is, past what the browser itself would refuse."""

    def act(page: Page) -> None:
        page.evaluate("document.querySelectorAll('form').forEach(each => each.noValidate = true)")
        page.get_by_role("button", name=label).first.click()
        if page.locator("dialog[open]").count():
            page.locator("dialog[open] button").last.click()
        page.wait_for_load_state()

    return act


def _open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details:not(.menu)').forEach(each => each.open = true)")


def _work(found: dict[str, Order]) -> Iterator[Shot]:
    several, shipped = found["several-units"].number, found["shipped-in-two"].number
    ship, cancel = reverse("orders:ship", args=[several]), reverse("orders:cancel", args=[several])
    yield Shot("ship", ship)
    yield Shot("ship-two-packages", ship, act=_press("Add a package"))
    yield Shot("ship-errors", ship, act=_send_odd_shipment)
    yield Shot("ship-rest", reverse("orders:ship", args=[found["partially-shipped"].number]))
    yield Shot("ship-refused", reverse("orders:ship", args=[found["canceled-by-buyer"].number]))
    yield Shot("cancel", cancel)
    yield Shot("cancel-errors", cancel, act=_send("Cancel the order"))
    yield Shot("cancel-units-errors", f"{cancel}?scope=units", act=_send("Cancel these units"))
    yield Shot("cancel-units", f"{cancel}?scope=units")
    yield Shot("cancel-asked", reverse("orders:cancel", args=[found["asked"].number]))
    yield Shot("cancel-forbidden", cancel, PACKER)
    yield Shot("package", reverse("orders:package", args=[shipped, 1]))
    yield Shot("order-not-found", "/orders/999-9999999-9999999/")


def _send_odd_shipment(page: Page) -> None:
    page.get_by_label("Carrier", exact=True).select_option("Other")
    page.locator("input[type=number]").first.fill("99")
    page.locator("input[type=date]").first.fill("2099-01-01")
    _send("Confirm shipment")(page)


def _buyers(found: dict[str, Order]) -> Iterator[Shot]:
    for name in ("pending", "window", "unshipped", "asked", "partially-shipped", "shipped-in-two"):
        yield Shot(f"buyer-{name}", buyer_links.path_for(found[name]), None)
    for name in ("canceled-by-buyer", "canceled-by-seller", "canceled-by-marketplace", "marketplace-ships"):
        yield Shot(f"buyer-{name}", buyer_links.path_for(found[name]), None)
    token = buyer_links.token_of(found["window"])
    yield Shot("buyer-cancel", reverse("buyer:cancel", args=[token]), None)
    yield Shot("buyer-chinese", f"{buyer_links.path_for(found['window'])}?language=zh-hans", None)
    yield Shot("buyer-wrong-link", "/buyer/made-up/", None)


def _team() -> Iterator[Shot]:
    owner, now = User.objects.get(email=OWNER), clock.now()
    seller = Seller.objects.get(slug="lantern-and-pine")
    link = _invitation(seller, owner, "colleague@example.com", now)
    over = _invitation(seller, owner, "former@example.com", now)
    Invitation.objects.filter(email="former@example.com").update(expires_at=now)
    team = reverse("accounts:team")
    yield Shot("team", team)
    yield Shot("team-errors", team, act=_send_after_password)
    yield Shot("team-log", reverse("accounts:team_log"))
    yield Shot("unusual-access", reverse("access_log:unusual"))
    yield Shot("team-members-open", team, act=_open_all)
    yield Shot("team-forbidden", team, PACKER)
    yield Shot("invitation", link, None)
    yield Shot("invitation-other-person", link, PACKER)
    yield Shot("invitation-over", over, None)


def _send_after_password(page: Page) -> None:
    """Send an empty invitation, and sign in again for it where the last time was long ago."""
    _send("Send invitation")(page)
    if page.get_by_label("Password").count():
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_load_state()


def _invitation(seller: Seller, owner: User, email: str, now: datetime) -> str:
    """The path to which the invited person is led."""
    made = invitations.invite(seller, email, [Right.VIEW, Right.SHIP], by=owner, now=now)
    return urlsplit(invitations.url_for(made)).path


def _entrances() -> Iterator[Shot]:
    yield Shot("login", reverse("account_login"), None)
    yield Shot("login-wrong", reverse("account_login"), None, act=_sign_in_wrongly)
    yield Shot("login-second-factor", reverse("account_login"), None, act=lambda page: sign_in(page, MAKER))
    yield Shot("password-reset", reverse("account_reset_password"), None)
    yield Shot("password-reset-sent", reverse("account_reset_password_done"), None)
    yield Shot("password-reset-key", reverse("account_reset_password_from_key", args=["1", "x-y"]), None)
    yield Shot("signup", reverse("account_signup"), None)


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in the entrance that the page shows."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign In").click()
    page.wait_for_load_state()


def _sign_in_wrongly(page: Page) -> None:
    sign_in(page, OWNER, "not the password")


def _account() -> Iterator[Shot]:
    names = {
        "email": "account_email",
        "password-change": "account_change_password",
        "two-factor": "mfa_index",
        "two-factor-activate": "mfa_activate_totp",
        "devices": "usersessions_list",
        "reauthenticate": "account_reauthenticate",
        "logout": "account_logout",
    }
    for name, route in names.items():
        yield Shot(
            f"account-{name}", reverse(route), act=_confirm_access if name.endswith("activate") else None
        )


def _confirm_access(page: Page) -> None:
    """Before a second factor is set up the password is asked for once more."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_load_state()


def _staff(found: dict[str, Order]) -> Iterator[Shot]:
    order = found["shipped-in-two"]
    yield Shot("admin-login", "/admin/login/", None)
    yield Shot("admin", "/admin/", STAFF)
    for name in ("orders/order", "orders/cancelrequest", "payments/payment", "payments/ledgerentry"):
        yield Shot(f"admin-{name.replace('/', '-')}s", f"/admin/{name}/", STAFF)
    yield Shot("admin-order", f"/admin/orders/order/{order.pk}/change/", STAFF)
    yield Shot("admin-payment", f"/admin/payments/payment/{order.payment_id}/change/", STAFF)
    yield Shot("admin-seller", f"/admin/accounts/seller/{order.seller_id}/change/", STAFF)
    marketplace = order.seller.marketplace_id
    yield Shot("admin-marketplace", f"/admin/accounts/marketplace/{marketplace}/change/", STAFF)
