"""Files that are no order report: each is refused whole, before anything is placed, and in little memory."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.text_files import Unreadable
from tests.orders import reports
from tests.orders.reports import row
from tests.orders.test_import_report import parsed


def many_columns(path: Path) -> None:
    header = [*reports.NEW_2017, *(f"x{n}" for n in range(10_000))]
    reports.write(path, [row()], header)


def huge_row(path: Path) -> None:
    with reports.write(path, [row(1), row(2)]).open("ab") as file:
        for _piece in range(50):
            file.write(b"x" * 1024 * 1024)


BROKEN: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: None,
    "a folder": lambda path: path.mkdir(),
    "empty": lambda path: path.write_bytes(b""),
    "blank": lambda path: path.write_bytes(b"\n\n\n\n"),
    "NULs": lambda path: path.write_bytes(reports.write(path, [row()]).read_bytes() + b"\0" * 10),
    "NULs in UTF-16": lambda path: reports.write(path, [row(sku="A\0B")], encoding="utf-16"),
    "a picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
    "a workbook": lambda path: path.write_bytes(b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(256)) * 40),
    "random": lambda path: path.write_bytes(bytes((n * 7919) % 255 + 1 for n in range(20_000))),
    "commas": lambda path: path.write_bytes(reports.write(path, [row()]).read_bytes().replace(b"\t", b",")),
    "semicolons": lambda path: path.write_bytes(
        reports.write(path, [row()]).read_bytes().replace(b"\t", b";")
    ),
    "no header": lambda path: path.write_bytes(
        reports.write(path, [row(n) for n in range(9)]).read_bytes().split(b"\n", 1)[1]
    ),
    "JSON": lambda path: path.write_text('{"errors": []}'),
    "old Macintosh": lambda path: reports.write(path, [row()], end="\r"),
    "a column twice": lambda path: reports.write(path, [row()], [*reports.NEW_2017, "sku"]),
    "columns missing": lambda path: reports.write(path, [row()], ["order-id", "sku"]),
    "10,000 columns": many_columns,
    "a row of 50 MB": huge_row,
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_file_is_refused_whole_and_in_little_memory(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "report.txt"
    BROKEN[broken](path)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as refusal:
            parsed(path)
        assert tracemalloc.get_traced_memory()[1] < 10 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert len(str(refusal.value)) > 15
