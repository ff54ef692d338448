"""Blank files to download: each is read back as the feed it is for (F5)."""

from pathlib import Path

import pytest

from reports.feeds.files import checks, codes, reading, templates
from reports.feeds.files.kinds import FeedFormat, FeedKind
from reports.feeds.files.rows import Unreadable
from tests.reports.feeds.feed_files import ORDER, TERMS

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", templates.ALL)
def test_the_templates_are_these_bytes(name: str) -> None:
    assert templates.ALL[name].content() == (GOLDEN / name).read_bytes()


@pytest.mark.parametrize("kind", FeedKind.values)
@pytest.mark.parametrize("written", FeedFormat.values)
def test_there_is_one_for_each_feed(kind: str, written: str) -> None:
    assert templates.blank(kind, written) == (GOLDEN / templates.file_name(kind, written)).read_bytes()


@pytest.mark.parametrize("name", [name for name in templates.ALL if name.endswith(".txt")])
def test_a_text_template_is_only_short_of_rows(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(templates.ALL[name].content())
    with pytest.raises(Unreadable) as refusal:
        reading.open(path)
    assert refusal.value.code == codes.NO_ROWS
    path.write_bytes(path.read_bytes() + f"{ORDER}\t\t\n".encode())
    feed = reading.open(path)
    assert (feed.kind, feed.total, feed.warnings) == (templates.ALL[name].kind, 1, ())


@pytest.mark.parametrize("name", [name for name in templates.ALL if name.endswith(".xml")])
def test_the_example_of_an_xml_template_is_a_sound_row(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(templates.ALL[name].content())
    feed = reading.open(path)
    assert (feed.kind, feed.total) == (templates.ALL[name].kind, 1)
    assert not isinstance(checks.check(feed.kind, next(feed.rows()), TERMS), list)
