"""What each walk begins with: the running portal, its channel's secret, a seller's browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.walks.portal import Portal, running
from tests.walks.shop import PASSWORD, SELLER

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="session")
def portal(django_db_setup: None) -> Iterator[Portal]:
    """The portal on servers of its own."""
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def token(portal: Portal) -> str:
    """The secret of the channel through which the orders of these walks come."""
    return portal.python(f"exec({SELLER!r})")


@pytest.fixture
def desk(portal: Portal, token: str, page: Page) -> Page:
    """A seller's browser, signed in."""
    page.goto(portal.address)
    page.get_by_label("Email").fill("walker@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign In").click()
    expect(page).to_have_url(f"{portal.address}/")
    return page


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium; no other browser is downloaded."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox"]}
