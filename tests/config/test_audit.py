"""The audit never says that all is well where nobody was asked."""

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.config.test_env import HOME


@pytest.fixture(scope="module")
def audit() -> dict[str, Any]:
    """ops/audit.py, which runs without the portal, with ops/ on the path as where it is called."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(HOME / "ops"))
        found = runpy.run_path(str(HOME / "ops" / "audit.py"))
        sys.modules.pop("setup", None)
        return found


def test_pip_audit_that_reached_no_database_has_checked_nothing(audit: dict[str, Any]) -> None:
    """What it says without a network, word by word; its own last line is “No known vulnerabilities found”."""
    said = {
        "dependencies": [{"name": "amqp", "skip_reason": "Dependency not found on PyPI and …"}],
        "fixes": [],
    }
    found = audit["read_pip_audit"](said, ["amqp 5.4.2"])
    assert (found.checked, found.vulnerable, found.unchecked) == (0, [], ["amqp"])
    assert any("NOT CHECKED" in line for line in audit["report"]("Python", found))


@pytest.mark.parametrize("said", [{}, {"dependencies": []}])
def test_tool_that_said_nothing_has_checked_nothing(said: dict[str, Any], audit: dict[str, Any]) -> None:
    assert audit["read_pip_audit"](said, ["amqp 5.4.2"]).unchecked == ["amqp 5.4.2"]
    assert audit["read_npm_audit"](said, ["esbuild 0.28.2"]).unchecked == ["esbuild 0.28.2"]


def test_vulnerability_is_named_with_its_package(audit: dict[str, Any]) -> None:
    said = {
        "dependencies": [
            {"name": "amqp", "version": "5.4.2", "vulns": []},
            {"name": "celery", "version": "5.7.0", "vulns": [{"id": "PYSEC-2026-1"}]},
        ]
    }
    found = audit["read_pip_audit"](said, ["amqp 5.4.2", "celery 5.7.0", "colorama 0.4.6"])
    assert (found.checked, found.vulnerable, found.unchecked) == (2, ["celery 5.7.0: PYSEC-2026-1"], [])
    said_by_npm = {"metadata": {}, "vulnerabilities": {"esbuild": {"severity": "high"}}}
    assert audit["read_npm_audit"](said_by_npm, ["esbuild 0.28.2"]).vulnerable == ["esbuild (high)"]


@pytest.mark.parametrize(
    ("finding", "options", "status"),
    [
        ({"checked": 1}, [], 0),
        ({"checked": 1}, ["--strict"], 0),
        ({"unchecked": ["amqp 5.4.2"]}, [], 0),
        ({"unchecked": ["amqp 5.4.2"]}, ["--strict"], 1),
        ({"checked": 1, "vulnerable": ["amqp 5.4.2: X"]}, [], 1),
    ],
)
def test_audit_fails_for_a_vulnerability_and_when_strict_for_what_was_not_checked(
    finding: dict[str, Any], options: list[str], status: int, audit: dict[str, Any]
) -> None:
    main = audit["main"]
    made = audit["Findings"](**finding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(main.__globals__, "python_findings", lambda lock: made)
        patch.setitem(main.__globals__, "npm_findings", lambda: audit["Findings"](checked=1))
        assert main("audit", *options) == status


def test_every_locked_package_is_asked_about(audit: dict[str, Any]) -> None:
    lock = HOME / "requirements" / "base.txt"
    assert len(audit["locked"](lock)) == lock.read_text().count("==") - lock.read_text().count(" == ")
    packages = json.loads((HOME / "package-lock.json").read_text())["packages"]
    assert len(audit["npm_packages"]()) == len(packages) - 1


def test_tools_of_the_audit_are_locked_with_hashes(audit: dict[str, Any]) -> None:
    wanted = {line for line in Path(HOME / "requirements" / "audit.in").read_text().split() if "==" in line}
    lock = (HOME / "requirements" / "audit.txt").read_text()
    assert {line for line in wanted if f"{line} " in lock} == wanted
    assert all("--hash=sha256:" in part for part in lock.split("\n\n")[0].split("# via")[:1])
