"""`make audit` asks vulnerability databases about every locked package; `make sbom` lists them as CycloneDX.

Where no database can be reached, the audit says what was not checked and ends with 0, so that work goes on without a
network; with --strict, as before a release, it ends with 1. A known vulnerability always ends it with 1.
"""

import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import setup

HOME = Path(__file__).resolve().parent.parent
# It holds what runs in production and what development needs.
LOCK = "dev"
TOOLS = HOME / "var" / "audit"
SBOM = HOME / "var" / "sbom"
SECONDS = 600


@dataclass
class Findings:
    """What a database said: vulnerabilities, packages that it judged, packages that it was not asked about."""

    vulnerable: list[str] = field(default_factory=list)
    checked: int = 0
    unchecked: list[str] = field(default_factory=list)


def main(command: str, *options: str) -> int:
    """Return the exit status: 1 for a vulnerability, or for a package not checked where --strict is given."""
    if command == "sbom":
        return sbom()
    found = {
        f"Python, requirements/{LOCK}.txt": python_findings(LOCK),
        "npm, package-lock.json": npm_findings(),
    }
    for name, findings in found.items():
        print("\n".join(report(name, findings)))
    if any(findings.vulnerable for findings in found.values()):
        return 1
    return 1 if "--strict" in options and any(findings.unchecked for findings in found.values()) else 0


def report(name: str, findings: Findings) -> Iterator[str]:
    """Say what is vulnerable, and never that all is well where nobody was asked."""
    yield f"{name}: {findings.checked} packages checked, {len(findings.vulnerable)} vulnerabilities."
    yield from (f"  VULNERABLE {each}" for each in findings.vulnerable)
    if findings.unchecked:
        yield f"  NOT CHECKED, no vulnerability database could be reached: {len(findings.unchecked)} packages."
        yield f"  {', '.join(findings.unchecked)}"
        yield "  Run `make audit` again where a database can be reached, before you release."


def python_findings(lock: str) -> Findings:
    """Ask by pip-audit. It calls a package “not found” where it reached no database, and then finds nothing."""
    file = HOME / "requirements" / f"{lock}.txt"
    command = [tool("pip-audit"), "--requirement", str(file), "--require-hashes", "--disable-pip"]
    done = run([*command, "--progress-spinner", "off", "--timeout", "10", "--format", "json"])
    return read_pip_audit(parsed(done), locked(file))


def read_pip_audit(said: dict[str, Any], packages: list[str]) -> Findings:
    """Read its JSON. An answer without packages is no answer; packages of other systems are in none."""
    if not said.get("dependencies"):
        return Findings(unchecked=packages)
    findings = Findings()
    for answer in said["dependencies"]:
        if "vulns" in answer:
            findings.checked += 1
            findings.vulnerable += [
                f"{answer['name']} {answer['version']}: {each['id']}" for each in answer["vulns"]
            ]
        else:
            findings.unchecked.append(answer["name"])
    return findings


def npm_findings() -> Findings:
    """Ask by npm. These packages build the style sheet and the script; none of them runs in production."""
    npm, path = setup.find_npm()
    done = run([*npm, "audit", "--package-lock-only", "--json", "--audit=true"], {"PATH": path})
    return read_npm_audit(parsed(done), npm_packages())


def read_npm_audit(said: dict[str, Any], packages: list[str]) -> Findings:
    """Read its JSON; without the count of vulnerabilities, nobody was asked."""
    if "vulnerabilities" not in said or "metadata" not in said:
        return Findings(unchecked=packages)
    names = [f"{name} ({each['severity']})" for name, each in said["vulnerabilities"].items()]
    return Findings(vulnerable=names, checked=len(packages))


def locked(file: Path) -> list[str]:
    """Return the packages of a lock, as "name version"."""
    return [
        f"{name} {version}" for name, version in re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", file.read_text())
    ]


def npm_packages() -> list[str]:
    """Return the packages of npm's lock, as "name version"."""
    packages = json.loads((HOME / "package-lock.json").read_text())["packages"]
    return [
        f"{path.rpartition('node_modules/')[2]} {each['version']}" for path, each in packages.items() if path
    ]


def sbom() -> int:
    """Write var/sbom/python.json and npm.json: what a running portal has, and what its pages were built with."""
    SBOM.mkdir(parents=True, exist_ok=True)
    python = run([tool("cyclonedx-py"), "requirements", "requirements/base.txt", "--of", "JSON"])
    npm, path = setup.find_npm()
    node = run([*npm, "sbom", "--package-lock-only", "--sbom-format", "cyclonedx"], {"PATH": path})
    for name, done in (("python", python), ("npm", node)):
        if parsed(done).get("bomFormat") != "CycloneDX":
            print(f"The list of {name} could not be made: {done.stderr.strip()}", file=sys.stderr)
            return 1
        (SBOM / f"{name}.json").write_text(done.stdout)
        print(f"{SBOM.relative_to(HOME) / name}.json: {len(parsed(done)['components'])} packages.")
    return 0


def tool(name: str) -> str:
    """Return the program in var/audit, installed as its lock says: the portal itself doesn't need it."""
    lock = HOME / "requirements" / "audit.txt"
    stamp = TOOLS / "lock"
    if setup.read(stamp) != setup.digest([lock]):
        setup.say("Installing requirements/audit.txt …")
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(TOOLS)
        pip = [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"]
        if run([*pip, "--require-hashes", "-r", str(lock)]).returncode == 0:
            setup.note(stamp, setup.digest([lock]))
        else:
            setup.say("The tools of the audit could not be installed, perhaps for want of a network.")
    return str(TOOLS / "bin" / name)


def run(command: list[str], more: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a tool to its end; one that hangs has said nothing."""
    environment = {**os.environ, **(more or {})}
    try:
        return subprocess.run(
            command, cwd=HOME, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        return subprocess.CompletedProcess(command, 1, "", str(failure))


def parsed(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return what a tool said as JSON; nothing where it said none."""
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
