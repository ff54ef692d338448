"""docs/feeds.md leaves out no code, no column and no limit."""

import re
from pathlib import Path

import pytest

from orders.carriers import CARRIERS
from refunds.states import FEED_CODES
from reports.feeds.files import cancel_rows, codes, columns, xml_messages

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "feeds.md").read_text()
CODES = {name: value for name, value in vars(codes).items() if name.isupper()}
OWN = [value for value in CODES.values() if value.startswith("70")]


def test_every_code_has_a_line_and_every_line_a_code() -> None:
    assert sorted(re.findall(r"^\| (\d{4,5}) \|", PAGE, re.MULTILINE)) == sorted(CODES.values())


def test_codes_are_told_apart_and_ours_lie_in_our_range() -> None:
    assert len(set(CODES.values())) == len(CODES)
    assert all(70101 <= int(value) <= 70799 for value in OWN)
    assert set(CODES.values()) - set(OWN) == {codes.INCOMPLETE, codes.ILL_FORMED, codes.NOTHING_NEW}


@pytest.mark.parametrize("kind", columns.OF_KIND)
def test_every_column_is_described(kind: str) -> None:
    assert [name for name in columns.OF_KIND[kind].read if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize(
    "names", [FEED_CODES, cancel_rows.REASONS, cancel_rows.TAKEN_AS_GENERAL, xml_messages.SHAPES]
)
def test_every_word_of_the_trade_is_described(names: list[str]) -> None:
    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_a_carrier_is_known_in_any_case_and_only_once() -> None:
    assert len({name.casefold() for name in CARRIERS}) == len(CARRIERS)
