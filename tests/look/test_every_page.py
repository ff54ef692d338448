"""Every page of the URLconf in a browser: axe finds nothing, the policy forbids nothing, all fits the window.

Each is opened once, in one of the three languages and one of the two themes; `make soak` opens it in all of them.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page

from tests.access import ACCOUNT, GUARDED, OPEN, Visitor, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]
PARTS = 4
SHADES = list(product([code for code, _name in settings.LANGUAGES], ["light", "dark"]))
WIDTHS = (390, 1280, 1720)
# Files are downloaded, not shown; their bytes are looked at elsewhere.
FILES = (
    "_pdf",
    "_csv",
    "slip",
    "slips",
    ":download",
    "file",
    ":report",
    ":mend",
    "feeds:template",
    ":picture",
    "pulse",
)
PAGES = ("reports:report",)
MACHINES = ("healthz", "readyz", "livez", "set_language", "channels:orders", "channels:order")


def shown() -> list[str]:
    """The names of all pages that answer a signed-in member with a page."""
    own = [name for name, page in GUARDED.items() if page.get == 200]
    own += [name for name, codes in ACCOUNT.items() if codes[1] == 200]
    own += [name for name, codes in OPEN.items() if codes[0] == 200 and name not in MACHINES]
    return sorted(name for name in own if name in PAGES or not name.endswith(FILES))


def address(world: World, name: str) -> str:
    """Where the page is; one's own account has no record in its address."""
    return reverse(name) if name.startswith(("usersessions", "mfa_")) else world.address(name)


def dressed(page: Page, origin: str, cookies: dict[str, str], language: str, theme: str) -> None:
    """The browser of somebody signed in, who reads this language in these colours."""
    told = {**cookies, settings.LANGUAGE_COOKIE_NAME: language, "theme": theme}
    page.context.clear_cookies()
    page.context.add_cookies([{"name": key, "value": value, "url": origin} for key, value in told.items()])


def visits(names: list[str], shades: list[tuple[str, str]]) -> Iterator[tuple[int, str, tuple[str, str]]]:
    """Each page with its width and its shade."""
    for place, name in enumerate(names):
        yield WIDTHS[place % len(WIDTHS)], name, shades[place % len(shades)]


def look(
    page: Page, origin: str, faults: Faults, visits: Iterator[tuple[int, str, tuple[str, str]]]
) -> dict[str, list[str]]:
    """What is wrong with the pages, by their names."""
    world = World()
    cookies = Visitor.of(world.owner).cookies
    found = {}
    for width, name, (language, theme) in visits:
        page.set_viewport_size({"width": width, "height": 900})
        dressed(page, origin, cookies, language, theme)
        answer = page.goto(origin + address(world, name))
        wrong = faults(page) if answer and answer.status == 200 else [f"status {answer and answer.status}"]
        if wrong:
            found[f"{name} {width} {language} {theme}"] = wrong
    return found


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_once(page: Page, live_server: Any, faults: Faults, part: int) -> None:
    names = shown()[part::PARTS]
    assert len(names) > 10
    assert look(page, live_server.url, faults, visits(names, SHADES)) == {}


@pytest.mark.soak
@pytest.mark.parametrize("shade", SHADES, ids=str)
def test_every_page_in_every_language_and_theme(
    page: Page, live_server: Any, faults: Faults, shade: tuple[str, str]
) -> None:
    assert look(page, live_server.url, faults, visits(shown(), [shade])) == {}
