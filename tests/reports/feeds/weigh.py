"""Open hostile and huge files one after another, in a process of its own: what each costs (reliability's I1, I2)."""

import gzip
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import django

MB = 1024 * 1024
HEADER = b"order-id\torder-item-id\tship-date\tcarrier-code\n"
ROW = b"701-1234567-7654321\t\t2026-11-20\tUPS\n"
OPEN = b"<AmazonEnvelope><MessageType>Inventory</MessageType><Message>"


def repeated(start: bytes, piece: bytes, times: int, end: bytes = b"") -> Callable[[], Iterator[bytes]]:
    """A file in pieces, so that making it weighs nothing."""

    def pieces() -> Iterator[bytes]:
        yield start
        block = max(1, MB // len(piece))
        for left in range(times, 0, -block):
            yield piece * min(block, left)
        yield end

    return pieces


FILES: dict[str, Callable[[], Iterator[bytes]]] = {
    "a row of 50 MB": repeated(HEADER, b"x", 49 * MB),
    "100,001 rows": repeated(HEADER, ROW, 100_001),
    "60 MB": repeated(HEADER, ROW, 60 * MB // len(ROW)),
    "10,000 columns": repeated(b"order-id", b"\tx", 10_000),
    "blank lines": repeated(b"", b"\n", 49 * MB),
    "NULs": repeated(HEADER, b"\0", 49 * MB),
    "a NUL at the end": repeated(HEADER, b"y", 20 * MB, b"\0"),
    "random": lambda: iter([os.urandom(20 * MB)]),
    "an attribute of 20 MB": repeated(b'<AmazonEnvelope a="', b"x", 20 * MB),
    "a name of 20 MB": repeated(b"<", b"x", 20 * MB),
    "a comment of 20 MB": repeated(b"<AmazonEnvelope><!--", b"x", 20 * MB),
    "a text of 20 MB": repeated(OPEN, b"x", 20 * MB),
    "attributes": repeated(b"<AmazonEnvelope ", b'a="1" ', 3 * MB),
    "depth": repeated(b"", b"<AmazonEnvelope>", MB),
    "elements": repeated(OPEN, b"<a/>", 5 * MB),
    "100,001 messages": repeated(OPEN[:-9], b"<Message/>", 100_001, b"</AmazonEnvelope>"),
    "a gzip bomb": lambda: iter([gzip.compress(b"\0" * MB) * 50]),
}
SOUND = {
    "50,000 rows": repeated(HEADER, ROW, 50_000),
    "10,000 messages": repeated(
        OPEN[:-9],
        b"<Message><MessageID>1</MessageID><Inventory><SKU>A</SKU><Quantity>1</Quantity></Inventory></Message>",
        10_000,
        b"</AmazonEnvelope>",
    ),
}


def weigh(path: Path) -> list[object]:
    """The code of the refusal or the number of rows, and the seconds of the processor."""
    from reports.feeds.files import checks, reading
    from reports.feeds.files.cells import Terms
    from reports.feeds.files.rows import Unreadable

    began = time.process_time()
    try:
        feed = reading.open(path)
    except Unreadable as refusal:
        return [refusal.code, time.process_time() - began]
    terms = Terms("USD", "UTC")
    good = sum(not isinstance(checks.check(feed.kind, row, terms), list) for row in feed.rows())
    return [good, time.process_time() - began]


def peak() -> int:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(folder: Path) -> None:
    django.setup()
    found: dict[str, object] = {}
    path = folder / "warm"
    path.write_bytes(HEADER + ROW)
    weigh(path)
    before = peak()
    for name, pieces in {**FILES, **SOUND}.items():
        with path.open("wb") as file:
            for piece in pieces():
                file.write(piece)
        found[name] = weigh(path)
    print(json.dumps({"files": found, "rise": peak() - before}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
