"""A mailbox that nobody wishes for: mails made by code, each with what must become of it (I1, I4, C1, C5)."""

import base64
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage

from PIL import Image

TAKEN = "taken"
BUYER = "ada@example.org"


@dataclass(frozen=True)
class Hostile:
    """A mail, its envelope's sender, and the fate it must meet: TAKEN or a reason of `states.Why`."""

    name: str
    raw: bytes
    fate: str
    mail_from: str = BUYER
    text: str | None = None


def mail(text: str = "Hello there", **headers: str) -> EmailMessage:
    """A plain mail of the buyer."""
    made = EmailMessage()
    made["From"] = headers.pop("From", f"Ada <{BUYER}>")
    made["To"] = "relay@example.com"
    made["Subject"] = "Re: your order"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def raw(body: bytes = b"Hello there\r\n", *headers: bytes, sender: bytes = b"ada@example.org") -> bytes:
    """A mail by hand, for what no library would write."""
    own = (
        b""
        if any(header.lower().startswith(b"from:") for header in headers)
        else b"From: " + sender + b"\r\n"
    )
    return own + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


def encoded(text: str, charset: str, named: str | None = None) -> bytes:
    kind = b"Content-Type: text/plain; charset=" + (named or charset).encode()
    return raw(text.encode(charset), kind, b"Content-Transfer-Encoding: 8bit")


def with_file(content: bytes, name: str, kind: str = "application/octet-stream", count: int = 1) -> bytes:
    made = mail()
    main, sub = kind.split("/")
    for _ in range(count):
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made.as_bytes()


def picture(kind: str = "PNG", size: tuple[int, int] = (20, 20)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, kind)
    return made.getvalue()


def bomb_png(side: int = 15_000) -> bytes:
    """A PNG of a few kB that claims side² pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + crc

    head = side.to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    body = zlib.compress(b"\x00" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def zipped(content: bytes = b"\x00" * 10_000_000) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", content)
    return made.getvalue()


def nested(levels: int) -> bytes:
    """Multiparts within multiparts; a word at the bottom."""
    lines = []
    for level in range(levels):
        lines += [f'Content-Type: multipart/mixed; boundary="b{level}"', "", f"--b{level}"]
    lines += ["Content-Type: text/plain", "", "Hello there"]
    lines += [f"--b{level}--" for level in reversed(range(levels))]
    return b"From: ada@example.org\r\n" + "\r\n".join(lines).encode()


def enclosed(levels: int) -> bytes:
    return (
        b"From: ada@example.org\r\n"
        + b"Content-Type: message/rfc822\r\n\r\n" * levels
        + b"Subject: x\r\n\r\nHello"
    )


def html(markup: str) -> bytes:
    made = mail()
    made.set_content(markup, subtype="html")
    return made.as_bytes()


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R/Size 4>>\n%%EOF\n"
)
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 200


def texts() -> Iterator[Hostile]:
    hanzi, kana = "你好，请问什么时候发货？", "こんにちは、いつ届きますか。"
    yield Hostile("utf-8", encoded(hanzi, "utf-8"), TAKEN, text=hanzi)
    yield Hostile("gb18030", encoded(hanzi, "gb18030"), TAKEN, text=hanzi)
    yield Hostile(
        "gb18030 named gb2312", encoded(hanzi + "㐀", "gb18030", "gb2312"), TAKEN, text=hanzi + "㐀"
    )
    yield Hostile("big5", encoded("請問何時出貨？", "big5"), TAKEN, text="請問何時出貨？")
    yield Hostile("iso-2022-jp", encoded(kana, "iso-2022-jp"), TAKEN, text=kana)
    yield Hostile("iso-2022-jp unnamed", raw(kana.encode("iso-2022-jp")), TAKEN, text=kana)
    yield Hostile("shift_jis", encoded(kana, "shift_jis"), TAKEN, text=kana)
    yield Hostile("euc-kr", encoded("안녕하세요", "euc-kr"), TAKEN, text="안녕하세요")
    yield Hostile(
        "latin-1 unnamed", raw("Où est-il passé ?".encode("latin-1")), TAKEN, text="Où est-il passé ?"
    )
    yield Hostile("gb18030 named utf-8", encoded(hanzi, "gb18030", "utf-8"), TAKEN, text=hanzi)
    yield Hostile("utf-8 named ascii", encoded(hanzi, "utf-8", "us-ascii"), TAKEN, text=hanzi)
    yield Hostile("unknown charset", encoded(hanzi, "utf-8", "x-klingon"), TAKEN, text=hanzi)
    for charset in ("rot13", "zlib", "unicode_escape", "idna", "utf-7", "a" * 5000, '"', "../../etc"):
        yield Hostile(
            f"charset {charset[:20]}", encoded("Hello there", "ascii", charset), TAKEN, text="Hello there"
        )
    yield Hostile("random bytes", raw(bytes(range(1, 256)) * 4), "text")
    yield Hostile("NULs", raw(b"Hel\x00lo\x00 there\x00"), TAKEN, text="Hello there")
    yield Hostile("RTL override", raw("Hello \u202ereht\u202c x".encode()), TAKEN, text="Hello reht x")
    yield Hostile("2,001 characters", raw(b"x" * 2001), "text")
    yield Hostile("2,000 characters", raw(b"x " * 1000), TAKEN)
    yield Hostile("empty", raw(b""), "empty")
    yield Hostile("only a quote", raw(b"> Hello\r\n> there\r\n"), "empty")
    yield Hostile("a link", raw(b"See https://evil.example.com"), "text")
    yield Hostile("an address", raw(b"Write to ada@example.org"), "text")
    yield Hostile("a phone", raw(b"Call +1 206 555 0100"), "text")
    yield Hostile("HTML in plain text", raw(b"<script>alert(1)</script>"), "text")
    yield Hostile("an endless line", raw(b"a" * 5_000_000), "text")


def markups() -> Iterator[Hostile]:
    yield Hostile("HTML", html("<p>Hello <b>there</b></p>"), TAKEN, text="Hello there")
    yield Hostile("HTML with script", html("<p>Hello</p><script>alert(1)</script><p>there</p>"), TAKEN)
    yield Hostile("HTML with style", html("<style>p{}</style><p>Hello there</p>"), TAKEN, text="Hello there")
    tracker = (
        '<p>Hello there</p><img src="http://evil.example.com/x.png"><a href="http://evil.example.com">.</a>'
    )
    yield Hostile("HTML with a tracker", html(tracker), TAKEN)
    yield Hostile("HTML spelling a tag", html("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"), "text")
    yield Hostile("HTML never ended", html("<p>Hello there<" + "div><" * 20_000), TAKEN)
    yield Hostile("HTML of comments", html("<p>Hello there</p>" + "<!--" * 50_000), TAKEN)
    yield Hostile("HTML of CDATA", html("<p>Hello there</p>" + "<![CDATA[" * 20_000), TAKEN)
    yield Hostile("HTML of entities", html("<p>Hello</p>" + "&amp" * 50_000), "text")
    yield Hostile(
        "HTML quoting", html("<p>Yes</p><blockquote>ada@example.org wrote</blockquote>"), TAKEN, text="Yes"
    )
    quote = '<div>Yes</div><div class="gmail_quote">On Monday ada@example.org wrote: no</div>'
    yield Hostile("HTML quoting as Gmail", html(quote), TAKEN, text="Yes")


def files() -> Iterator[Hostile]:
    yield Hostile("a PDF", with_file(PDF, "a.pdf", "application/pdf"), TAKEN)
    yield Hostile("a PNG", with_file(picture(), "a.png", "image/png"), TAKEN)
    yield Hostile("a JPEG named .exe", with_file(picture("JPEG"), "a.exe"), TAKEN)
    yield Hostile("a name with RTL override", with_file(picture(), "a\u202egnp.exe"), TAKEN)
    yield Hostile("a name with a path", with_file(picture(), "../../../etc/passwd.png"), TAKEN)
    yield Hostile("a name of 5,000 letters", with_file(picture(), "n" * 5000 + ".png"), TAKEN)
    yield Hostile("an executable named .pdf", with_file(EXE, "invoice.pdf", "application/pdf"), "files")
    yield Hostile("a zip bomb", with_file(zipped(), "a.zip", "application/zip"), "files")
    yield Hostile("a zip named .txt", with_file(zipped(b"x"), "a.txt"), "files")
    yield Hostile("a PDF that is a zip too", with_file(PDF[:-6] + zipped(b"x") + b"%%EOF", "a.pdf"), "files")
    yield Hostile("a PDF with a script", with_file(PDF.replace(b"/Type", b"/J#61vaScript"), "a.pdf"), "files")
    yield Hostile("a picture of 225 Mpx", with_file(bomb_png(), "a.png"), "files")
    yield Hostile("a picture of 80 Mpx", with_file(bomb_png(8_950), "a.png"), "files")
    yield Hostile("half a PNG", with_file(picture()[:40], "a.png"), "files")
    yield Hostile(
        "a GIF that is a script", with_file(b"GIF89a/*" + b"x" * 50 + b"*/=1;alert(1)", "a.gif"), "files"
    )
    yield Hostile("an SVG", with_file(b"<svg onload='alert(1)'/>", "a.png", "image/svg+xml"), "files")
    yield Hostile("HTML named .txt", with_file(b"words <html><body>x", "a.txt"), "files")
    yield Hostile("a shell script named .txt", with_file(b"#!/bin/sh\nrm -rf /", "a.txt"), "files")
    yield Hostile("a text with a link", with_file(b"see http://evil.example.com", "a.txt"), "files")
    yield Hostile("an empty file", with_file(b"", "a.pdf"), "files")
    yield Hostile("six files", with_file(PDF, "a.pdf", count=6), "files")
    yield Hostile("11 MB of files", with_file(PDF + b"x" * 900, "a.pdf") + b"\0" * 11_000_000, TAKEN)
    broken = b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64"
    body = base64.b64encode(picture())[:31]
    yield Hostile("truncated base64", raw(body, *broken.split(b"\r\n")), "files")
    yield Hostile("a mail within", enclosed(1), "files")


def structures() -> Iterator[Hostile]:
    yield Hostile("30 MB", raw(b"x" * 30_000_000), "too_large")
    yield Hostile("14 MB of line breaks", raw(b"\n" * 14_000_000), "unreadable")
    yield Hostile("14 MB of carriage returns", raw(b"\r" * 14_000_000), "unreadable")
    yield Hostile("nothing", b"", "unreadable")
    yield Hostile("no headers", b"\r\n\r\nHello", "unreadable")
    yield Hostile("no headers, a word", b"Hello there", "unreadable")
    yield Hostile("10,000 headers", raw(b"Hello", *[b"X-A: b"] * 10_000), "unreadable")
    yield Hostile("a header of 1 MB", raw(b"Hello", b"X-A: " + b"b" * 1_000_000), "unreadable")
    yield Hostile("5 levels", nested(5), TAKEN, text="Hello there")
    yield Hostile("30 levels", nested(30), "unreadable")
    yield Hostile("5,000 levels", nested(5_000), "unreadable")
    yield Hostile("5,000 enclosed mails", enclosed(5_000), "unreadable")
    yield Hostile("40 enclosed mails", enclosed(40), "files")
    parts = b"--b\r\n\r\nx\r\n" * 10_000
    yield Hostile("10,000 parts", raw(parts, b"Content-Type: multipart/mixed; boundary=b"), "unreadable")
    yield Hostile("no boundary", raw(b"Hello", b"Content-Type: multipart/mixed"), TAKEN)
    yield Hostile(
        "never ended", raw(b"--b\r\n\r\nHello", b"Content-Type: multipart/mixed; boundary=b"), TAKEN
    )
    yield Hostile("broken type", raw(b"Hello", b'Content-Type: ;;=/"\xff'), TAKEN)
    yield Hostile("broken encoding", raw(b"Hello", b"Content-Transfer-Encoding: x-uuencode"), TAKEN)
    yield Hostile("broken words", raw(b"Hello", b"Subject: =?utf-8?b?////=?= =?x?q?=ZZ?="), TAKEN)
    yield Hostile("a NUL in a header", raw(b"Hello", b"X-A: \x00b"), TAKEN)
    yield Hostile("injected headers", raw(b"Hello", b"Subject: x\rBcc: eve@example.com\r\rmore"), TAKEN)


def senders() -> Iterator[Hostile]:
    other = b"eve@example.com"
    yield Hostile("another sender", raw(sender=other), "forged")
    yield Hostile("two senders", raw(sender=b"ada@example.org, eve@example.com"), "forged")
    yield Hostile(
        "two From headers", raw(b"Hello", b"From: ada@example.org", b"From: eve@example.com"), "forged"
    )
    yield Hostile("no sender", raw(b"Hello", b"From: ", b"To: x@example.com"), "forged")
    yield Hostile("the name is the address", raw(sender=b'"ada@example.org" <eve@example.com>'), "forged")
    yield Hostile("a comment is the address", raw(sender=b"eve@example.com (ada@example.org)"), "forged")
    yield Hostile("a NUL in the sender", raw(sender=b"ada@example.org\x00@example.com"), "forged")
    yield Hostile("a folded sender", raw(sender=b"ada@example.org\r\n ,eve@example.com"), "forged")
    yield Hostile("10,000 senders", raw(sender=b"a@b.c," * 10_000), "forged")
    yield Hostile("large letters", raw(sender=b"ADA@Example.ORG"), TAKEN)
    yield Hostile("a bounce", raw(), "automatic", mail_from="")
    yield Hostile("a bounce in brackets", raw(), "automatic", mail_from="<>")
    for header in (
        b"Auto-Submitted: auto-replied",
        b"Auto-Submitted: auto-generated; x=y",
        b"Precedence: bulk",
        b"X-Auto-Response-Suppress: All",
        b"List-Id: <news.example.com>",
        b"List-Unsubscribe: <mailto:x@example.com>",
    ):
        yield Hostile(header.decode(), raw(b"Away", header), "automatic")
    yield Hostile("a person, and says so", raw(b"Hello", b"Auto-Submitted: no"), TAKEN)
    report = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b"
    yield Hostile("a delivery report", raw(b"--b\r\n\r\nfailed\r\n--b--", report), "automatic")
    yield Hostile("our own mark", raw(b"Hello", b"X-Shipby-Relay: other"), "loop")
    yield Hostile("our own Message-ID", raw(b"Hello", b"Message-ID: <x@relay.testserver>"), "loop")


MAILBOX: list[Callable[[], Iterator[Hostile]]] = [texts, markups, files, structures, senders]
