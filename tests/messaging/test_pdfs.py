"""A PDF that acts, or carries files, is refused wherever it hides that; what is kept is written anew (C5)."""

import io
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Stream, String

from messaging import attachments, pdf_rewriter, pdfs
from messaging.attachments import Upload
from messaging.refusals import FilesRefused
from tests.messaging.hostile import PDF

LAUNCH = Dictionary(S=Name.Launch, F=String("cmd.exe"))
SCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def made(change=lambda pdf: None, **options):
    """A PDF of one page, changed; its dictionaries are in compressed object streams."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    change(pdf)
    written = io.BytesIO()
    pdf.save(written, object_stream_mode=ObjectStreamMode.generate, **options)
    return written.getvalue()


def root(**entries):
    return lambda pdf: [setattr(pdf.Root, name, value) for name, value in entries.items()]


def page(**entries):
    return lambda pdf: [setattr(pdf.pages[0].obj, name, value) for name, value in entries.items()]


def annotation(**entries):
    return lambda pdf: page(Annots=Array([pdf.make_indirect(Dictionary(Type=Name.Annot, **entries))]))(pdf)


def _attachment(pdf):
    file = pdf.make_indirect(Stream(pdf, b"MZ"))
    spec = pdf.make_indirect(Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=file)))
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("a.exe"), spec])))


def _outside(pdf):
    stream = Stream(pdf, b"x")
    stream.F = String("\\\\evil\\share")
    pdf.pages[0].obj.Contents = pdf.make_indirect(stream)


HOSTILE = {
    "script when opened": root(OpenAction=SCRIPT),
    "program when opened": root(OpenAction=LAUNCH),
    "program after a harmless action": root(
        OpenAction=Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]), Next=LAUNCH)
    ),
    "script by name": root(Names=Dictionary(JavaScript=Dictionary(Names=Array([String("a"), SCRIPT])))),
    "script of a page": page(AA=Dictionary(O=SCRIPT)),
    "script of a link": annotation(Subtype=Name.Link, A=SCRIPT),
    "program of a link": annotation(Subtype=Name.Link, A=LAUNCH),
    "another file of a link": annotation(Subtype=Name.Link, A=Dictionary(S=Name.GoToR, F=String("//evil/a"))),
    "form that is sent": annotation(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm)),
    "XFA form": root(AcroForm=Dictionary(XFA=String("<xdp/>"))),
    "attached file": _attachment,
    "file on a page": annotation(Subtype=Name.FileAttachment),
    "film": annotation(Subtype=Name.RichMedia),
    "portfolio": root(Collection=Dictionary(View=Name.D)),
    "data from elsewhere": _outside,
    "deep in direct objects": root(Extra=Array([Array([Dictionary(A=Array([LAUNCH]))])])),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_what_acts_is_refused_inside_object_streams_too(change):
    content = made(change)
    assert not any(word in content for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/OpenAction"))
    with pytest.raises(pdf_rewriter.Active):
        pdf_rewriter.rewrite(content)


@pytest.mark.parametrize("change", ["script when opened", "attached file"])
def test_such_file_is_refused_with_its_name(change):
    with pytest.raises(FilesRefused, match=r"bill\.pdf: The PDF holds scripts or other files\."):
        attachments.check([Upload("bill.pdf", made(HOSTILE[change]))])


def _random(pdf):
    pdf.pages[0].obj.Contents = Stream(pdf, b"/JS /AA /Launch /OpenAction")


@pytest.mark.parametrize(
    "change",
    [
        lambda pdf: None,
        root(OpenAction=Array([0, Name.Fit])),
        root(OpenAction=Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]))),
        annotation(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://shop.example"))),
        _random,
    ],
    ids=["plain", "opens at a page", "goes to a page", "link", "words in a picture's bytes"],
)
def test_harmless_pdf_is_kept(change):
    (file,) = attachments.check([Upload("a.pdf", made(change, compress_streams=False))])
    assert file.content_type == "application/pdf"
    assert len(pikepdf.open(io.BytesIO(file.content)).pages) == 1


def test_earlier_version_and_loose_objects_are_not_kept():
    """Readers that repair a file look for objects that its tables don't name."""
    loose = b"9 0 obj<</S/JavaScript/JS(x)>>endobj\n"
    content = made()
    hidden = content[:9] + b"%" + loose.replace(b"\n", b" ") + b"\n" + content[9:]
    assert b"JavaScript" not in pdf_rewriter.rewrite(content + loose + PDF[9:])
    assert b"JavaScript" not in pdf_rewriter.rewrite(hidden)


@pytest.mark.parametrize("owner", ["", "secret"])
def test_encrypted_pdf_is_refused(owner):
    locked = made(encryption=pikepdf.Encryption(user="", owner=owner or "x"))
    with pytest.raises(pdf_rewriter.Damaged):
        pdf_rewriter.rewrite(locked)


def bomb() -> bytes:
    """A PDF of a few kB whose object stream would be 4 GB large."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = squeeze.compress(b" " * 1_000_000) + squeeze.flush(zlib.Z_FULL_FLUSH)
    layer = zlib.compress(b"\x78\x9c" + block * 4_000, 9)
    catalog, pages = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"
    body = b"%PDF-1.5\n"
    places = []
    for number, content in ((1, catalog), (2, pages)):
        places.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, content)
    places.append(len(body))
    head = b"<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length %d>>" % len(layer)
    body += b"3 0 obj" + head + b"stream\n" + layer + b"\nendstream endobj\n"
    rows = b"".join(b"\x01" + place.to_bytes(4, "big") + b"\0" for place in places)
    rows = b"\0" * 6 + rows + b"\x02" + (3).to_bytes(4, "big") + b"\0"
    table = b"<</Type/XRef/W[1 4 1]/Size 5/Root 1 0 R/Length %d>>stream\n" % len(rows)
    return body + b"6 0 obj" + table + rows + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def test_bomb_is_refused_within_its_memory():
    content = bomb()
    assert len(content) < 100_000
    with pytest.raises(pdfs.PdfRefused) as refusal:
        pdfs.rewrite(content, longest=attachments.LARGEST)
    assert refusal.value.fault == pdfs.Fault.DAMAGED


def test_pdf_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(pdfs, "SECONDS", 0)
    with pytest.raises(FilesRefused, match="takes too long to check"):
        attachments.check([Upload("a.pdf", PDF)])


def test_pdf_that_grows_is_refused():
    with pytest.raises(pdfs.PdfRefused) as refusal:
        pdfs.rewrite(PDF, longest=100)
    assert refusal.value.fault == pdfs.Fault.TOO_COMPLEX
