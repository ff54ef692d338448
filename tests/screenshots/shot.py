"""One picture to take: whose page, where it is, and what is done on it first."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

OWNER = "demo@example.com"

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Shot:
    """One picture; without `who` nobody is signed in. `body` is a page that cannot be asked for."""

    name: str
    path: str
    who: str | None = OWNER
    act: Act | None = None
    body: str = ""
