"""The files of reports on disk: a draft that grows part by part, and what becomes of it.

They lie in the default storage, which is a folder that all web servers and workers share, under names that nobody
can guess. While a report is made, its row names the draft that `offset` counts in; each worker writes to a draft of
its own, so that one which was frozen and wakes up writes to nobody's file.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.core.files.storage import default_storage

from reports.models import Report

FOLDER = "reports"
DRAFT = ".draft"
# As the storage makes them: for the portal's own account alone.
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


def new_name(report: Report, ending: str) -> str:
    """A name in the storage that nobody can guess."""
    return f"{FOLDER}/{report.seller_id}/{secrets.token_urlsafe(24)}.{ending}"


def path(name: str) -> Path:
    """Where the storage keeps it."""
    return Path(default_storage.path(name))


def begin(name: str, before: str, offset: int) -> bool:
    """The draft holds the first bytes of the one before it; False where that has not got them any more."""
    draft, source = path(name), path(before) if before else None
    for folder in reversed(draft.parents[:3]):
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    is_there = source is not None and source.is_file() and source.stat().st_size >= offset
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE), "wb") as out:
        if offset and source and is_there:
            with source.open("rb") as done:
                shutil.copyfileobj(done, out, 1024 * 1024)
            out.truncate(offset)
    return is_there or not offset


def append(name: str, text: bytes) -> int:
    """Add to the draft; returns how long it is now."""
    with path(name).open("ab") as draft:
        draft.write(text)
        return draft.tell()


def finish(draft: Path, name: str) -> int:
    """The draft is on the disk for good, under its last name; returns its size."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
        size = os.fstat(file.fileno()).st_size
    final = path(name)
    draft.replace(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return size


def lines(name: str) -> Iterator[list[str]]:
    """The cells of a tab-delimited draft, line by line, without its header."""
    with path(name).open(encoding="utf-8", newline="\n") as draft:
        next(draft, "")
        for line in draft:
            yield line.rstrip("\n").split("\t")


def remove(name: str) -> None:
    """It is gone; one that was gone before stays so."""
    if name:
        path(name).unlink(missing_ok=True)


def left_over(before: datetime) -> Iterator[str]:
    """Names of files last written before a moment: workers that were killed leave some that no report names."""
    folder = path(FOLDER)
    for file in folder.glob("*/*") if folder.is_dir() else ():
        if file.stat().st_mtime < before.timestamp():
            yield f"{FOLDER}/{file.parent.name}/{file.name}"
