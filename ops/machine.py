"""What Python packages cannot bring: libraries and fonts for documents, a browser for the tests.

Where we may (root on a Debian or Ubuntu), it is installed; elsewhere it is said exactly what is missing.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz", "harfbuzz-subset", "fontconfig")


@dataclass(frozen=True)
class Need:
    """Something of the machine's, how to see that it is there, and Debian's packages that bring it."""

    name: str
    used_for: str
    there: Callable[[], bool]
    debian: tuple[str, ...]


def has_libraries() -> bool:
    return all(loads(library) for library in LIBRARIES)


def loads(library: str) -> bool:
    """Whether the system's loader finds it, under the names of Linux and of macOS."""
    for name in (f"lib{library}.so.0", f"lib{library}.so.1", f"lib{library}.dylib", f"lib{library}.0.dylib"):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def has_fonts(*languages: str) -> bool:
    """Whether a font has the letters of each language, as fontconfig names it."""
    program = shutil.which("fc-list")
    return program is not None and all(
        subprocess.run(
            [program, f":lang={language}", "family"], capture_output=True, check=False
        ).stdout.strip()
        for language in languages
    )


def has_chromium() -> bool:
    return any(shutil.which(name) for name in CHROMIUM)


DOCUMENTS = (
    Need(
        "Pango and HarfBuzz",
        "packing slips and other PDF documents",
        has_libraries,
        ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    ),
    Need(
        "a font with Chinese and Japanese letters",
        "names and addresses in documents",
        lambda: has_fonts("zh-cn", "ja"),
        ("fontconfig", "fonts-wqy-zenhei"),
    ),
    Need(
        "fonts with Thai, Indian, Arabic and Hebrew letters, and emoji",
        "names and addresses in documents",
        lambda: has_fonts("th", "hi", "bn", "ta", "ar", "he", "und-zsye"),
        ("fontconfig", "fonts-noto-core", "fonts-noto-color-emoji"),
    ),
)
BROWSER = (Need("Chromium", "the browser tests", has_chromium, ("chromium",)),)


def need(needs: Sequence[Need], *, strict: bool) -> None:
    """Install what is missing where we may. Strict: stop when something is missing still; else say so."""
    missing = [each for each in needs if not each.there()]
    if missing and may_install():
        install([package for each in missing for package in each.debian])
        missing = [each for each in missing if not each.there()]
    for each in missing:
        packages = " ".join(each.debian)
        print(
            f"Missing: {each.name}, for {each.used_for}. On Debian and Ubuntu: apt-get install {packages}",
            file=sys.stderr,
        )
    if missing and strict:
        sys.exit("The tests need what is missing above; nothing is skipped for want of it.")


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    """By Debian's package manager; a failure is seen by who looks for the thing afterwards."""
    print(f"Installing {' '.join(packages)} …", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False)
