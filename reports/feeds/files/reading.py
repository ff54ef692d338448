"""Opening a feed file, whatever it is: a feed as text or XML, or a refusal that says what to do instead (F5)."""

from pathlib import Path

from django.utils.translation import gettext as _

from reports.feeds.files import codes, text, xml_feed
from reports.feeds.files.rows import FeedFile, Unreadable

MOST_BYTES = 50 * 1024 * 1024
COMPRESSED = (
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
)
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"MZ", b"\x7fELF", b"{\\rtf")


def open(path: Path, *, country: str = "") -> FeedFile:  # noqa: A001 - reading.open(…) reads as what it does
    """The feed in a file that was read to its end once: its kind, its encoding, its rows. Raises Unreadable.

    `country` is the marketplace's: it decides where the bytes allow several encodings.
    """
    if not path.is_file():
        raise Unreadable(_("There is no such file."), codes.NOT_THERE)
    size = path.stat().st_size
    if not size:
        raise Unreadable(_("The file is empty."), codes.EMPTY)
    if size > MOST_BYTES:
        sentence = _("The file is larger than %(limit)d MB. Send it in parts.")
        raise Unreadable(sentence % {"limit": MOST_BYTES // 1024 // 1024}, codes.TOO_LARGE)
    start = _start(path)
    _check_start(start)
    return xml_feed.opened(path, country) if xml_feed.is_xml(start) else text.opened(path, country)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1024)


def _check_start(start: bytes) -> None:
    """Refuse by their first bytes what sellers upload by mistake: workbooks, archives, pictures."""
    if start.startswith(COMPRESSED):
        sentence = _(
            "This is a workbook or a compressed file. Open it, and save the sheet as tab-delimited text."
        )
        raise Unreadable(sentence, codes.COMPRESSED)
    if start.startswith(PICTURES):
        raise Unreadable(_("This is not a text file. Save it as tab-delimited text."), codes.NOT_TEXT)
