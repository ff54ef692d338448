"""Quotes in tab-delimited text: a spreadsheet program's are read, an inch mark stays (RFC 4180, F5)."""

from pathlib import Path

import pytest

from accounts import text_files

SHEET = [
    ('"CAB,2M"\t7\r\n"1/2"" BOLT"\t8\r\n', [["CAB,2M", "7"], ['1/2" BOLT', "8"]]),
    ('a\t"Smith, Jones & Co"\n', [["a", "Smith, Jones & Co"]]),
    ('"The ""Fast"" Line"\t\n', [['The "Fast" Line', ""]]),
    ('"two\nlines"\tb\nc\td\n', [["two lines", "b"], ["c", "d"]]),
    ('"two\r\nlines"\tb\r\n', [["two lines", "b"]]),
    ('""\tb\n', [["", "b"]]),
    ('a\t"no end of line"', [["a", "no end of line"]]),
]
PLAIN = [
    '1/2" BOLT\t8\n',
    '"Pro 24 monitor stand\t1\nShelf 10" deep\t1\n',
    '"Quoted" name\t1\n',
    '"CAB,2M"\t7\n1/2" BOLT\t8\n',
    'a\t"never closed\nb\tc\n',
    '"odd""\tb\n',
    '"a tab\tinside"\tb\n',
    ' "blank before"\tb\n',
    "no quote\tat all\n",
    '"Pro 24 stand\t1\nMug\t2\nStand 24"\t3\n',
]


def read(path: Path, content: str) -> tuple[bool, list[list[str]]]:
    path.write_bytes(content.encode())
    quoted = text_files.is_quoted(path, "utf-8")
    return quoted, [record.cells for record in text_files.records(path, "utf-8", quoted=quoted)]


@pytest.mark.parametrize(("content", "cells"), SHEET)
def test_quotes_of_a_spreadsheet_program_are_removed(
    tmp_path: Path, content: str, cells: list[list[str]]
) -> None:
    assert read(tmp_path / "file.txt", content) == (True, cells)


@pytest.mark.parametrize("content", PLAIN)
def test_one_bare_quote_makes_all_quotes_plain_characters(tmp_path: Path, content: str) -> None:
    expected = [line.rstrip("\r\n").split("\t") for line in content.splitlines()]
    assert read(tmp_path / "file.txt", content) == (False, expected)


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(b'sku\tname\nA\t"two\nlines"\nB\tone\n')
    assert [record.line for record in text_files.records(path, "utf-8", quoted=True)] == [1, 2, 4]


def test_old_macintosh_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(b'"CAB,2M"\t7\rB\t8\r')
    assert text_files.is_quoted(path, "utf-8", end="\r")
    found = [record.cells for record in text_files.records(path, "utf-8", end="\r", quoted=True)]
    assert found == [["CAB,2M", "7"], ["B", "8"]]


def test_a_file_of_stray_quotes_is_judged_soon(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(b'a"\n' + b"row\n" * 200_000)
    assert not text_files.is_quoted(path, "utf-8")
