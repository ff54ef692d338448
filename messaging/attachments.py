"""The files of a message (C5): at most five, 10 MB together, of a type that their bytes prove, not their name."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from messaging import pdfs, pictures, scanner
from messaging.models import Attachment
from messaging.models.message import random_name
from messaging.plain import one_line
from messaging.refusals import FilesRefused, ScannerAway

MOST = 5
LARGEST = 10 * 1024 * 1024
"""Bytes of all files together."""

LONGEST_TEXT = 200_000
"""Bytes of a file of plain text: it is screened as a message is."""

LONGEST_NAME = 80
ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "text/plain": ".txt"}

PDF_START = re.compile(rb"%PDF-[12]\.\d")
PDF_END = b"%%EOF"
PDF_FAULTS = {
    pdfs.Fault.DAMAGED: _lazy("The PDF is damaged or locked."),
    pdfs.Fault.ACTIVE: _lazy("The PDF holds scripts or other files."),
    pdfs.Fault.TOO_COMPLEX: _lazy(
        "The PDF takes too long to check. Print it to a new PDF and send that one."
    ),
}
FOREIGN = (b"PK\x05\x06", b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"MSCF", b"\x7fELF")
MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php|%)", re.IGNORECASE
)
SCRIPT = re.compile(rb"\s*(?:#!|%!PS|@echo|<\?|\{\\rtf|MZ|From: |MIME-Version:|Content-Type:)", re.IGNORECASE)


class UploadedFile(Protocol):
    """A file as a form gives it."""

    name: str | None
    size: int | None

    def read(self, count: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Upload:
    """A file as it came, with the name that its sender gave it."""

    name: str
    content: bytes

    @classmethod
    def of(cls, files: Sequence[UploadedFile]) -> list["Upload"]:
        """The files of a form; raises FilesRefused for what is too much before it is read."""
        if sum(file.size or 0 for file in files) > LARGEST:
            raise _too_large()
        return [cls(file.name or "", file.read(LARGEST + 1)) for file in files]


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: its name cleaned, its content safe to hand on."""

    name: str
    content_type: str
    content: bytes
    digest: str


def check(uploads: Sequence[Upload]) -> list[Checked]:
    """The files as they may be kept. Raises FilesRefused with the file's name and what is wrong with it."""
    if len(uploads) > MOST:
        raise FilesRefused(_("At most %(most)d files can go with a message.") % {"most": MOST})
    if sum(len(upload.content) for upload in uploads) > LARGEST:
        raise _too_large()
    return [_checked(upload) for upload in uploads]


@contextmanager
def stored(files: Sequence[Checked]) -> Iterator[list[Attachment]]:
    """The files on disk, as rows not yet saved; what has no row when the block ends is gone again."""
    rows: list[Attachment] = []
    try:
        for file in files:
            path = default_storage.save(random_name(None, file.name), ContentFile(file.content))
            size = len(file.content)
            rows.append(Attachment(file=path, name=file.name, content_type=file.content_type, size=size))
        yield rows
    except BaseException:
        _discard(rows)
        raise
    _discard([row for row in rows if row.pk is None])


def clean_name(name: str, content_type: str) -> str:
    """The name without folders, control characters and changes of direction, ending as the content is."""
    last = one_line(re.split(r"[/\\]", unicodedata.normalize("NFKC", name))[-1])
    stem = last.rpartition(".")[0] or last
    stem = re.sub(r'[<>:"|?*;,\x00-\x1f]+', "_", stem).strip(" ._")[:LONGEST_NAME].strip()
    return f"{stem or 'file'}{ENDINGS[content_type]}"


def _too_large() -> FilesRefused:
    return FilesRefused(_("The files are larger than 10 MB together."))


def _checked(upload: Upload) -> Checked:
    content, content_type = _judged(upload)
    _scan(upload)
    digest = hashlib.sha256(upload.content).hexdigest()
    return Checked(clean_name(upload.name, content_type), content_type, content, digest)


def _scan(upload: Upload) -> None:
    """Raise FilesRefused for malware, ScannerAway when the scanner gives no verdict."""
    try:
        scanner.check(upload.content)
    except scanner.Infected:
        raise _refused(upload, _("The virus scanner found malware in this file.")) from None
    except scanner.Away:
        raise ScannerAway from None


def _judged(upload: Upload) -> tuple[bytes, str]:
    """The content and its type, by its leading bytes."""
    for begins, judge in KINDS:
        if begins(upload.content):
            return judge(upload)
    raise _refused(upload, _("Only PDF, PNG, JPEG, GIF and plain text can be sent."))


def _picture(upload: Upload) -> tuple[bytes, str]:
    try:
        return pictures.redraw(upload.content)
    except pictures.PictureRefused as refusal:
        why = _("The picture has too many pixels.") if refusal.is_too_large else _("The picture is damaged.")
        raise _refused(upload, why) from None


def _pdf(upload: Upload) -> tuple[bytes, str]:
    """Return the PDF written anew: it does nothing by itself, and is nothing else besides."""
    content = upload.content
    end = content.rfind(PDF_END)
    if end < 0 or len(content) - end > 1024:
        raise _refused(upload, PDF_FAULTS[pdfs.Fault.DAMAGED])
    is_other_too = any(mark in content for mark in FOREIGN[:1]) or MARKUP.search(content[:1024])
    if is_other_too or MARKUP.search(content[end:]):
        raise _refused(upload, PDF_FAULTS[pdfs.Fault.ACTIVE])
    try:
        return pdfs.rewrite(content, longest=LARGEST), "application/pdf"
    except pdfs.PdfRefused as refusal:
        raise _refused(upload, PDF_FAULTS[refusal.fault]) from None


def _text(upload: Upload) -> tuple[bytes, str]:
    """Words alone: kept as UTF-8."""
    if len(upload.content) > LONGEST_TEXT:
        raise _refused(upload, _("A text file has at most 200 kB."))
    text = _decoded(upload.content)
    if text is None or MARKUP.search(upload.content) or SCRIPT.match(upload.content):
        raise _refused(upload, _("Only PDF, PNG, JPEG, GIF and plain text can be sent."))
    return text.encode(), "text/plain"


def _decoded(content: bytes) -> str | None:
    """The text in the encoding that it is written in; None for what is no text."""
    for encoding in ("utf-8-sig", "gb18030", "cp1252"):
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            is_text = all(
                letter in "\t\r\n\f" or unicodedata.category(letter) not in ("Cc", "Cs", "Cn")
                for letter in text
            )
            return text if is_text else None
    return None


def _refused(upload: Upload, why: object) -> FilesRefused:
    words = {"name": one_line(upload.name)[:LONGEST_NAME] or _("A file"), "why": why}
    return FilesRefused(_("%(name)s: %(why)s") % words)


def _discard(rows: Sequence[Attachment]) -> None:
    for row in rows:
        with suppress(OSError):
            default_storage.delete(str(row.file))


def _may_be_text(content: bytes) -> bool:
    return bool(content) and b"\x00" not in content and not content.startswith(FOREIGN)


Judge = Callable[[Upload], tuple[bytes, str]]
KINDS: tuple[tuple[Callable[[bytes], object], Judge], ...] = (
    (PDF_START.match, _pdf),
    (
        lambda content: content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")),
        _picture,
    ),
    (_may_be_text, _text),
)
