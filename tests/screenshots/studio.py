"""Takes the pictures: a browser with a session for each person, in each width and theme."""

import argparse
import logging
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.look.conftest import CHROMIUM
from tests.screenshots import pages, portal
from tests.screenshots.shot import OWNER, Shot

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
WIDTHS, THEMES = (390, 1280, 1720), ("light", "dark")
HIGHEST = 2800
SLIP_DPI = 70


def main() -> int:
    """Pictures of the chosen pages, named page-width-theme.png; 1 when a page broke."""
    chosen = arguments()
    FOLDER.mkdir(exist_ok=True)
    # Refused requests are among the pictures.
    logging.disable(logging.WARNING)
    with portal.running(chosen.orders) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        studio = Studio(browser, address, chosen)
        taken = sum(studio.take(shot) for shot in pages.shots() if wanted(shot.name, chosen.words))
        taken += studio.slips()
        browser.close()
    print(f"{taken} pictures in {FOLDER.name}/.")
    for fault in studio.faults:
        print(fault)
    return 1 if studio.faults else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make screenshots", description="Pictures of the pages, into screenshots/."
    )
    parser.add_argument("words", nargs="*", help="words in the names of the pages; all pages without one")
    parser.add_argument("--width", type=int, action="append", help="390, 1280, 1720 unless said")
    parser.add_argument("--theme", choices=THEMES, action="append", help="both unless said")
    parser.add_argument("--orders", type=int, default=160, help="orders of the demo seller, about")
    return parser.parse_args()


def wanted(name: str, words: list[str]) -> bool:
    return not words or any(word in name for word in words)


class Studio:
    """A browser with a session for each person; what goes wrong is noted and the rest goes on."""

    def __init__(self, browser: Browser, address: str, chosen: argparse.Namespace) -> None:
        self.browser, self.address = browser, address
        self.widths, self.themes = chosen.width or WIDTHS, chosen.theme or THEMES
        self.words = chosen.words
        self.people: dict[str, BrowserContext] = {}
        self.faults: list[str] = []

    def take(self, shot: Shot) -> int:
        """The page in each width and theme; how many pictures that made."""
        return sum(self._take(shot, width, theme) for theme in self.themes for width in self.widths)

    def _take(self, shot: Shot, width: int, theme: str) -> int:
        context = self._context(shot.who)
        context.add_cookies([{"name": "theme", "value": theme, "url": self.address}])
        page = context.new_page()
        name = f"{shot.name}-{width}-{theme}"
        try:
            page.set_viewport_size({"width": width, "height": 900})
            self._open(page, shot)
            self._look_at(page, name)
        except Exception as error:  # one broken page must not cost the other pictures
            self.faults.append(f"{name}: {str(error).splitlines()[0]}")
            return 0
        finally:
            page.close()
            if shot.who is None:
                context.close()
        return 1

    def _open(self, page: Page, shot: Shot) -> None:
        """Go there, and do what is done there first; guesses at passwords are not counted between two pictures."""
        address = self.address + shot.path
        if shot.body:
            page.route(address, lambda route: route.fulfill(body=shot.body, content_type="text/html"))
        page.goto(address)
        if shot.act:
            cache.clear()
            shot.act(page)
            page.wait_for_load_state("networkidle")
            page.evaluate("scrollTo(0, 0)")

    def _look_at(self, page: Page, name: str) -> None:
        """The whole page, down to a height at which a list has shown what it is."""
        width, height = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        if width > page.viewport_size["width"]:
            self.faults.append(f"{name}: wider than the window by {width - page.viewport_size['width']} px")
        clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": min(height, HIGHEST)}
        page.screenshot(path=FOLDER / f"{name}.png", full_page=True, clip=clip, animations="disabled")

    def _context(self, who: str | None) -> BrowserContext:
        """A window of this person's, signed in at the entrance; a fresh one for nobody."""
        if who is None:
            return self.browser.new_context()
        if who not in self.people:
            self.people[who] = self.browser.new_context(locale="en-US")
            page = self.people[who].new_page()
            page.goto(self.address + reverse("account_login"))
            pages.sign_in(page, who)
            page.close()
        return self.people[who]

    def slips(self) -> int:
        """The packing slip as paper, by poppler's pdftoppm; says so where the machine has none."""
        if not wanted("packing-slip", self.words):
            return 0
        if not shutil.which("pdftoppm"):
            print("No picture of the packing slip: pdftoppm (package poppler-utils) is not on this machine.")
            return 0
        return sum(self._slip(name, path) for name, path in self._slip_paths())

    def _slip_paths(self) -> Iterator[tuple[str, str]]:
        found = pages.sample()
        for name in ("several-units", "shipped-in-two"):
            yield name, reverse("orders:packing_slip", args=[found[name].number])

    def _slip(self, name: str, path: str) -> int:
        answer = self._context(OWNER).request.get(self.address + path)
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(answer.body())
            file.flush()
            target = FOLDER / f"packing-slip-{name}"
            command = ["pdftoppm", "-png", "-singlefile", "-r", str(SLIP_DPI), file.name, str(target)]
            return int(subprocess.run(command, check=False).returncode == 0)
