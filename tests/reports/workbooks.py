"""Reads a workbook as it lies in its file, without a spreadsheet program."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(path: Path) -> list[list[str | float | None]]:
    """Each row of the first sheet: texts as str, numbers as float, None for nothing."""
    sheet = ET.fromstring(_sheet(path))
    return [_row(row) for row in sheet.iter(f"{SPACE}row")]


def formulas(path: Path) -> int:
    """How many cells are formulas."""
    return sum(1 for _ in ET.fromstring(_sheet(path)).iter(f"{SPACE}f"))


def number_formats(path: Path) -> list[str]:
    """How dates are shown, as the workbook says it."""
    with zipfile.ZipFile(path) as book:
        styles = ET.fromstring(book.read("xl/styles.xml"))
    return [each.get("formatCode", "") for each in styles.iter(f"{SPACE}numFmt")]


def has_frozen_head(path: Path) -> bool:
    pane = next(ET.fromstring(_sheet(path)).iter(f"{SPACE}pane"))
    return (pane.get("state"), pane.get("ySplit")) == ("frozen", "1")


def links(path: Path) -> int:
    """Hyperlinks and their targets."""
    return _sheet(path).count(b"<hyperlink") + sum(
        "rels" in name and "sheet" in name for name in _names(path)
    )


def _row(row: ET.Element) -> list[str | float | None]:
    found: dict[int, str | float | None] = {}
    for cell in row.iter(f"{SPACE}c"):
        text = "".join(part.text or "" for part in cell.iter() if part.tag in (f"{SPACE}t", f"{SPACE}v"))
        found[_place(cell.get("r", ""))] = text if cell.get("t") in ("inlineStr", "str", "s") else float(text)
    return [found.get(place) for place in range(max(found, default=-1) + 1)]


def _place(address: str) -> int:
    place = 0
    for letter in re.match(r"[A-Z]+", address)[0]:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _sheet(path: Path) -> bytes:
    with zipfile.ZipFile(path) as book:
        return book.read("xl/worksheets/sheet1.xml")


def _names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as book:
        return book.namelist()
