"""The pages of notices, and the mails themselves, in a browser: accessible, fitting the phone, by keyboard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from playwright.sync_api import Page, expect

from accounts import clock
from accounts.actors import Actor
from notifications import addresses, delivery, envelope
from notifications.models import Notice
from notifications.states import Kind, State
from orders import cancel_requests, lifecycle
from orders.states import CancelReason
from tests.notifications.steps import seller_of, shipped, sold, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]
PAGES = ("notifications/", "notifications/mails/", "settings/notifications/", "notifications/why/")
SIZES = [(390, "dark"), (1280, "light")]


@pytest.fixture
def member(page: Page, live_server: Any) -> Any:
    """Alice, to whom much has happened, signed in."""
    listing = seller_of(on_hand=500)
    member = listing.seller.memberships.get()
    orders = [sold(listing) for _ in range(4)]
    cancel_requests.ask(orders[0], note="please", actor=Actor.buyer(), now=clock.now())
    memo = "We are sorry: the last bottle broke in our hands."
    by = Actor.seller(member.user)
    lifecycle.cancel(orders[1], reason=CancelReason.NO_INVENTORY, actor=by, now=clock.now(), memo=memo)
    lifecycle.cancel(orders[2], reason=CancelReason.BUYER_CANCELED, actor=Actor.buyer(), now=clock.now())
    shipped(orders[3])
    write()
    for notice, state in zip(
        Notice.objects.order_by("pk"), (State.SENT, State.FAILED, State.RETRY), strict=False
    ):
        Notice.objects.filter(pk=notice.pk).update(state=State.SENDING)
        Notice.objects.filter(pk=notice.pk).update(state=state, tries=2, last_error="451 4.7.1 greylisted")
    client = Client()
    client.force_login(member.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    return member


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_every_page_of_notices(
    page: Page, live_server: Any, faults: Faults, member: Any, width: int, theme: str
) -> None:
    addresses.add(member, "warehouse@example.com", clock.now())
    page.set_viewport_size({"width": width, "height": 900})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    for path in PAGES:
        page.goto(f"{live_server.url}/{path}")
        picture(page, f"{path.strip('/').replace('/', '-')}-{width}-{theme}")
        assert (path, faults(page)) == (path, [])


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_every_mail(page: Page, faults: Faults, member: Any, theme: Any) -> None:
    page.emulate_media(color_scheme=theme)
    for kind, mail in mails().items():
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.set_content(str(mail.alternatives[0][0]))
            picture(page, f"mail-{kind}-{width}-{theme}")
            assert (kind, faults(page)) == (kind, [])


def test_the_test_mail_shows_its_fate_without_reloading(page: Page, live_server: Any, member: Any) -> None:
    page.goto(f"{live_server.url}/notifications/why/")
    page.get_by_role("button", name="Send test mail").click()
    expect(page.locator("#fate")).to_contain_text("Waiting")
    Notice.objects.exclude(kind=Kind.TEST).filter(state__in=[State.QUEUED, State.RETRY]).update(
        next_try_at=clock.now() + delivery.LONGEST_PAUSE
    )
    delivery.send_due()
    expect(page.locator("#fate")).to_contain_text("The mail server took it.")


def mails() -> dict[str, EmailMultiAlternatives]:
    """One of each kind that there is."""
    found = {}
    for notice in Notice.objects.order_by("pk"):
        if notice.kind not in found and not (notice.kind == Kind.SOLD and notice.order.status == "canceled"):
            try:
                found[notice.kind] = envelope.message(notice)
            except envelope.NotWanted:
                continue
    return found


def picture(page: Page, name: str) -> None:
    """Kept where somebody wants to look: SHOTS names a folder."""
    import os

    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
