"""Any bytes are either refused with a sentence or are rows, each taken or named (reliability's I7)."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.feeds.files import checks, reading
from reports.feeds.files.rows import Unreadable
from tests.reports.feeds.feed_files import BODIES, TERMS, TEXTS, envelope, text

COUNTRIES = ["", "US", "DE", "JP", "CN", "TW", "KR"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "gb18030", "cp932", "utf-32", "utf-7"]
ENDS = ["\n", "\r\n", "\r", "\t\r\n", "\x0b", "\u2028"]
SOUND = [
    *[text(columns, [cells] * 2) for columns, cells in TEXTS.values()],
    *[envelope(message, [body] * 2) for message, (_kind, body) in BODIES.items()],
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sound file with cells of all sorts, in any encoding, with bytes put in, taken out and cut off."""
    content = draw(st.sampled_from(SOUND))
    for _place in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(content)))
        piece = draw(
            st.one_of(st.text(max_size=8), st.sampled_from(["\t", "\n", "<", "&", "]]>", "1.23E+13", "NULL"]))
        )
        content = content[:at] + piece + content[at + draw(st.integers(0, 12)) :]
    content = content.replace("\n", draw(st.sampled_from(ENDS)))
    data = content.encode(draw(st.sampled_from(ENCODINGS)), "replace")
    for _place in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=4)) + data[at + draw(st.integers(0, 4)) :]
    return data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data


def read_through(path: Path, data: bytes, country: str) -> None:
    """Fails unless the file is refused with a sentence, or every row of it is taken or named."""
    path.write_bytes(data)
    try:
        feed = reading.open(path, country=country)
    except Unreadable as refusal:
        assert refusal.sentence
        assert refusal.code.isdigit()
        return
    repeats = checks.Repeats()
    numbers = []
    for row in feed.rows():
        numbers.append(row.number)
        found = checks.check(feed.kind, row, TERMS)
        if isinstance(found, list):
            assert found
            assert all(problem.sentence and problem.code.isdigit() for problem in found)
        else:
            repeats.of(row, found)
    assert numbers == list(range(1, feed.total + 1))


FEW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=50_000, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(data=st.binary(max_size=400), country=st.sampled_from(COUNTRIES))
def test_any_bytes(tmp_path: Path, data: bytes, country: str) -> None:
    read_through(tmp_path / "feed", data, country)


@FEW
@given(data=damaged(), country=st.sampled_from(COUNTRIES))
def test_damaged_feeds(tmp_path: Path, data: bytes, country: str) -> None:
    read_through(tmp_path / "feed", data, country)


@pytest.mark.soak
@MANY
@given(data=st.one_of(damaged(), st.binary(max_size=2_000)), country=st.sampled_from(COUNTRIES))
def test_a_hundred_thousand_files(tmp_path: Path, data: bytes, country: str) -> None:
    read_through(tmp_path / "feed", data, country)
    read_through(tmp_path / "feed", data[::-1], country)
