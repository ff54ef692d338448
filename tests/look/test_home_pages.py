"""Home and the performance rates in a browser: accessible and fitting, with guides opened, in both themes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from accounts import clock
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import authorised

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OPEN_ALL = "document.querySelectorAll('main details').forEach(each => each.open = true)"


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1920, "light")])
def test_home_and_performance(
    page: Page, live_server: Any, faults: Callable[[Page], list[str]], width: int, theme: str
) -> None:
    member = MembershipFactory()
    client = Client()
    client.force_login(member.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: session, "theme": theme}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_server.url)
    page.evaluate(OPEN_ALL)
    assert ("a new seller's home", faults(page)) == ("a new seller's home", [])
    listing = ListingFactory(seller=member.seller, title="Camping mug")
    authorised((listing, 1), now=clock.now() - timedelta(days=6))
    for address in ("/", "/?days=30&show=money", "/performance/", "/refunds/failed/"):
        page.goto(live_server.url + address)
        page.evaluate(OPEN_ALL)
        assert (address, faults(page)) == (address, [])
