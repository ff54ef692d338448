"""A browser on a server of the suite, and what axe says of the page that it shows."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test.utils import override_settings
from playwright.sync_api import ConsoleMessage, Page

CHROMIUM = "/usr/bin/chromium"
# Playwright keeps an event loop in the thread of the tests, where Django would else refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium; no other browser is downloaded."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox"]}


@pytest.fixture(autouse=True)
def _templates() -> Iterator[None]:
    """The page of components is part of the suite, not of the portal."""
    look = {
        **settings.TEMPLATES[0],
        "DIRS": [*settings.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"],
    }
    with override_settings(TEMPLATES=[look]):
        yield


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that complained of nothing: no broken file, no script error, nothing that the policy forbids."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


@pytest.fixture
def faults() -> Callable[[Page], list[str]]:
    """What is wrong with the page that is open: axe's findings, and content wider than the window."""

    def find(page: Page) -> list[str]:
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        faults = [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            faults.append("wider than the window")
        return faults

    return find
