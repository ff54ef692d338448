"""Files are what their bytes say, drawn anew or as they came, and nothing else besides (C5, I1)."""

import io

import pytest
from PIL import Image

from messaging import attachments, pictures
from messaging.attachments import Upload
from messaging.refusals import FilesRefused
from tests.messaging import hostile
from tests.messaging.hostile import EXE, PDF, picture


def kept(content: bytes, name: str = "a.bin"):
    (file,) = attachments.check([Upload(name, content)])
    return file


@pytest.mark.parametrize(
    ("content", "content_type", "name"),
    [
        (PDF, "application/pdf", "a.pdf"),
        (picture(), "image/png", "a.png"),
        (picture("JPEG"), "image/jpeg", "a.jpg"),
        (picture("GIF"), "image/png", "a.png"),
        (b"plain words", "text/plain", "a.txt"),
        ("你好".encode("gb18030"), "text/plain", "a.txt"),
    ],
)
def test_the_type_is_that_of_the_bytes_whatever_the_name(content, content_type, name):
    file = kept(content, "a.exe")
    assert (file.content_type, file.name) == (content_type, name)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        EXE,
        b"\x7fELF\x02\x01\x01",
        hostile.zipped(b"x"),
        b"\x1f\x8b\x08\x00rest",
        b"Rar!\x1a\x07\x00",
        b"7z\xbc\xaf\x27\x1c",
        b"<html>",
        b"<!DOCTYPE html><p>",
        b"words <script>",
        b"<?xml version='1.0'?><svg/>",
        b"<?php system('x');",
        b"#!/bin/sh",
        b"%!PS-Adobe",
        b"{\\rtf1",
        b"MIME-Version: 1.0",
        b"words\x00more",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0words",
        b"GIF89a",
        b"%PDF-1.4 words",
        b"%PDF-1.4 words\n%%EOF",
        PDF.replace(b"/Type", b"/J#61vaScript"),
        PDF + b"x" * 2000,
        PDF + hostile.zipped(b"x"),
        b"%PDF-1.4 <html><script>alert(1)</script>" + PDF,
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"BM" + b"\x00" * 60,
        b"x" * (attachments.LONGEST_TEXT + 1),
    ],
)
def test_what_is_none_of_the_four_kinds_is_refused(content):
    with pytest.raises(FilesRefused, match=r"a\.pdf"):
        kept(content, "a.pdf")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\note.txt", "note.txt"),
        ("a\u202etxt.exe", "atxt.txt"),
        ("note\x00.txt", "note.txt"),
        ("a\r\nBcc: x.txt", "a Bcc_ x.txt"),
        ('a"b<c>.txt', "a_b_c.txt"),
        (".htaccess", "htaccess.txt"),
        ("", "file.txt"),
        ("...", "file.txt"),
        ("发票.doc", "发票.txt"),
        ("n" * 500 + ".txt", "n" * 80 + ".txt"),
    ],
)
def test_names_are_cleaned(name, shown):
    assert kept(b"plain words", name).name == shown


def test_a_picture_keeps_its_pixels_and_nothing_else():
    made = io.BytesIO()
    source = Image.new("RGB", (40, 20), "teal")
    exif = source.getexif()
    exif[0x0112] = 6  # turned
    exif[0x010E] = "a secret place"
    source.save(made, "JPEG", exif=exif, comment=b"another secret")
    content = made.getvalue() + b"<script>alert(1)</script>" + hostile.zipped(b"x")
    file = kept(content)
    drawn = Image.open(io.BytesIO(file.content))
    assert drawn.size == (20, 40)
    assert not set(drawn.getexif()) - {0x0112}
    for word in (b"secret", b"script", b"PK\x03\x04"):
        assert word in content
        assert word not in file.content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_pictures_of_all_modes_are_drawn(mode):
    made = io.BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (10, 10)).save(made, kind)
    assert Image.open(io.BytesIO(kept(made.getvalue()).content)).size == (10, 10)


def test_large_pictures_become_smaller_ones():
    assert max(Image.open(io.BytesIO(kept(picture(size=(4000, 100))).content)).size) <= pictures.LONGEST_SIDE


def test_the_pixels_are_counted_before_any_is_drawn():
    side = 5001
    with pytest.raises(FilesRefused, match="too many pixels"):
        kept(hostile.bomb_png(side))
