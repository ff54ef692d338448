"""Files made to hurt are refused within two seconds, and memory does not grow with any file (I1, I2)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reports.feeds.files import codes, reading
from reports.feeds.files.rows import Unreadable
from tests.reports.feeds import weigh

ROOT = Path(__file__).resolve().parents[3]
MOST_MEMORY = 100 * 1024 * 1024
MOST_SECONDS = 2
EXPECTED = {
    "a row of 50 MB": codes.LONG_LINE,
    "100,001 rows": codes.TOO_MANY_ROWS,
    "60 MB": codes.TOO_LARGE,
    "10,000 columns": codes.TOO_MANY_COLUMNS,
    "blank lines": codes.EMPTY,
    "NULs": codes.NOT_TEXT,
    "a NUL at the end": codes.NOT_TEXT,
    "random": codes.NOT_TEXT,
    "an attribute of 20 MB": codes.LONG_LINE,
    "a name of 20 MB": codes.LONG_LINE,
    "a comment of 20 MB": codes.LONG_LINE,
    "a text of 20 MB": codes.LONG_LINE,
    "attributes": codes.LONG_LINE,
    "depth": codes.XML_TOO_DEEP,
    "elements": codes.XML_TOO_DEEP,
    "100,001 messages": codes.TOO_MANY_ROWS,
    "a gzip bomb": codes.COMPRESSED,
}


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("hostile")
    command = [sys.executable, "-m", weigh.__name__, str(folder)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (folder / "warm").unlink()
    return json.loads(done.stdout)


def test_each_is_refused_for_its_reason(weighed: dict[str, Any]) -> None:
    assert {name: weighed["files"][name][0] for name in weigh.FILES} == EXPECTED


def test_each_is_refused_soon(weighed: dict[str, Any]) -> None:
    slow = {name: seconds for name, (_code, seconds) in weighed["files"].items() if seconds > MOST_SECONDS}
    assert slow == {}


def test_memory_stays_flat_for_all_of_them_together(weighed: dict[str, Any]) -> None:
    assert weighed["rise"] < MOST_MEMORY
    assert {name: weighed["files"][name][0] for name in weigh.SOUND} == {
        "50,000 rows": 50_000,
        "10,000 messages": 10_000,
    }


MAGIC = {
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00", codes.COMPRESSED),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", codes.COMPRESSED),
    "gzip": (b"\x1f\x8b\x08\x00", codes.COMPRESSED),
    "a picture": (b"\x89PNG\r\n\x1a\n", codes.NOT_TEXT),
    "a photograph": (b"\xff\xd8\xff\xe0", codes.NOT_TEXT),
    "a PDF": (b"%PDF-1.7\n", codes.NOT_TEXT),
    "a program": (b"MZ\x90\x00", codes.NOT_TEXT),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", codes.NOT_AN_ENVELOPE),
    "UTF-32": (b"\xff\xfe\x00\x00o\x00\x00\x00", codes.NOT_TEXT),
    "NUL": (b"order-id\tship-date\n\0", codes.NOT_TEXT),
    "half a character": (b"\xff\xfeo\x00r", codes.ENCODING),
}


@pytest.mark.parametrize("name", MAGIC)
def test_what_is_no_text_is_known_by_its_bytes(tmp_path: Path, name: str) -> None:
    start, code = MAGIC[name]
    path = tmp_path / "orders.txt"
    path.write_bytes(start)
    with pytest.raises(Unreadable) as refusal:
        reading.open(path)
    assert refusal.value.code == code
