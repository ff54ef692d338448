"""Files are for the portal's own account alone; a new secret key breaks no link while the old one is kept."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signing import Signer
from django.test import Client

from orders import buyer_links
from reports import files
from tests.factories import ListingFactory
from tests.helpers import authorised


@pytest.fixture
def kept(settings: object, tmp_path: Path) -> Iterator[Path]:
    """An empty folder for files, under the umask that servers have."""
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]
    before = os.umask(0o022)
    yield tmp_path / "files"
    os.umask(before)


def modes(folder: Path) -> dict[str, set[int]]:
    found = [folder, *folder.rglob("*")]
    return {
        "folders": {each.stat().st_mode & 0o777 for each in found if each.is_dir()},
        "files": {each.stat().st_mode & 0o777 for each in found if each.is_file()},
    }


def test_attachment_is_read_by_nobody_else(kept: Path) -> None:
    default_storage.save("messages/2026/invoice.pdf", ContentFile(b"Ada Buyer, 1 Main Street"))
    assert modes(kept) == {"folders": {0o700}, "files": {0o600}}


def test_report_is_read_by_nobody_else(kept: Path) -> None:
    files.begin("reports/1/first.draft", "", 0)
    files.append("reports/1/first.draft", b"Ada Buyer\t1 Main Street\n")
    files.begin("reports/1/second.draft", "reports/1/first.draft", 4)
    files.finish(files.path("reports/1/second.draft"), "reports/1/done.txt")
    assert modes(kept) == {"folders": {0o700}, "files": {0o600}}


@pytest.mark.django_db
def test_buyers_link_outlives_a_new_secret_key_while_the_old_one_is_kept(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = buyer_links.path_for(authorised((ListingFactory(), 1)))
    new = "a-new-key-" + "0123456789" * 5
    for fallbacks, status in (([], 404), ([settings.SECRET_KEY], 200)):  # type: ignore[attr-defined]
        fresh = Signer(salt=buyer_links.SIGNER.salt, sep=".", key=new, fallback_keys=fallbacks)
        monkeypatch.setattr(buyer_links, "SIGNER", fresh)
        assert Client().get(link).status_code == status
