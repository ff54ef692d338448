"""Keeps files small enough to be read at once: modules under 300 lines, templates under 120."""

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
LIMITS = {".py": 300, ".html": 120, ".txt": 120}
# Tables that are data, and what Django writes.
EXEMPT = ("migrations/", "requirements/", "tests/")


def main() -> int:
    """0 when every file of the project keeps its limit; else each that does not is named."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=True,
    )
    too_long = 0
    for name in listed.stdout.splitlines():
        file = HOME / name
        limit = LIMITS.get(file.suffix)
        if limit is None or any(part in f"{name}" for part in EXEMPT) or not file.exists():
            continue
        lines = len(file.read_text().splitlines())
        if lines > limit:
            too_long += 1
            print(f"{name}: {lines} lines, the limit is {limit}")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
