"""A program that writes a PDF anew with qpdf, so that readers see exactly the objects that were judged here.

It reads the PDF from standard input, writes the new one to standard output, and ends with one of the codes below.
It runs apart from the portal (`pdfs`), since a hostile PDF of a few kB can ask for gigabytes and hours.
"""

import io
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress

import pikepdf

DAMAGED, ACTIVE = 3, 4
MEMORY = 768 * 1024 * 1024
"""Bytes of address space; libraries take about 150 MB of it."""

CPU_SECONDS = 8
KEYS = {
    *("/JavaScript", "/JS", "/Launch", "/SubmitForm", "/ImportData", "/AA", "/XFA"),
    *(
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/EF",
        "/AF",
        "/Collection",
        "/RichMediaContent",
        "/RichMediaSettings",
    ),
}
NAMES = {
    *(
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToE",
        "/GoToR",
        "/Rendition",
        "/Movie",
        "/Sound",
    ),
    *("/RichMedia", "/RichMediaExecute", "/EmbeddedFile", "/FileAttachment", "/Screen", "/3D", "/Collection"),
}


class Damaged(Exception):
    """Not a PDF that can be read to its end, or an encrypted one."""


class Active(Exception):
    """The PDF runs something, opens something, or carries other files."""


def rewrite(content: bytes) -> bytes:
    """Return the PDF as qpdf writes it: without unreferenced objects, and nothing before or after it.

    Raises: Damaged, Active.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise Damaged
            for holder in [pdf.trailer, *pdf.objects]:
                _judge(holder)
            if any("decoding stream" in warning for warning in pdf.get_warnings()):
                raise Damaged  # what qpdf can't read it takes for empty
            written = io.BytesIO()
            pdf.save(written, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, AttributeError, KeyError):
        raise Damaged from None
    return written.getvalue()


def _judge(holder: pikepdf.Object) -> None:
    """Raise Active for what stands directly in this object; objects that it refers to are judged themselves."""
    waiting = [holder]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Name) and str(item) in NAMES:
            raise Active
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            _judge_keys(item)
        waiting += [child for child in _children(item) if not getattr(child, "is_indirect", False)]


def _judge_keys(item: pikepdf.Object) -> None:
    is_stream = isinstance(item, pikepdf.Stream)
    # A stream's /F names another file that holds its data.
    if not KEYS.isdisjoint(item.keys()) or (is_stream and "/F" in item.keys()):  # noqa: SIM118 - not a dict
        raise Active
    opened = item.get("/OpenAction")
    if opened is not None and not _is_place(opened):
        raise Active


def _is_place(opened: pikepdf.Object) -> bool:
    """Return whether opening the PDF only turns to one of its pages."""
    if isinstance(opened, pikepdf.Array):
        return True
    return isinstance(opened, pikepdf.Dictionary) and opened.get("/S") == "/GoTo" and "/Next" not in opened


def _children(item: pikepdf.Object) -> Iterator[pikepdf.Object]:
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        yield from (value for _key, value in item.items())
    elif isinstance(item, pikepdf.Array):
        yield from item


def _limit() -> None:
    for name, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        # Where the system knows no such limit, the time that the portal waits is the limit.
        with suppress(ValueError, OSError):
            resource.setrlimit(name, (most, most))


def main() -> int:
    """Rewrite standard input to standard output; return the code to end with."""
    _limit()
    try:
        written = rewrite(sys.stdin.buffer.read())
    except Damaged:
        return DAMAGED
    except Active:
        return ACTIVE
    sys.stdout.buffer.write(written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
