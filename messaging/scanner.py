"""A virus scanner that looks at each uploaded file: clamd, where CLAMAV_URL names one (docs/operations.md).

It is spoken to by clamd's INSTREAM command: pieces of the file, each after its length, then an empty one.
"""

import socket
import time
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings

SECONDS = 20
"""For one file, from connecting to the verdict."""

PIECE = 64 * 1024
LONGEST_VERDICT = 4096
CLEAN = b"stream: OK"

logger = structlog.get_logger(__name__)


class Infected(Exception):
    """The scanner knows the file as malware."""


class Away(Exception):
    """The scanner can't be reached, or gives no verdict: nobody knows what the file is."""


def check(content: bytes) -> None:
    """Return when the scanner finds nothing in the file, or when no scanner is set.

    Raises: Infected, Away.
    """
    if not settings.CLAMAV_URL:
        return
    try:
        verdict = _ask(content)
    except OSError as error:
        logger.error("scanner_away", error=type(error).__name__)
        raise Away from None
    if verdict == CLEAN:
        return
    if verdict.startswith(b"stream: ") and verdict.endswith(b" FOUND"):
        logger.warning("upload_infected", found=verdict[8:-6].decode("ascii", "replace"))
        raise Infected
    logger.error("scanner_away", answer=verdict[:100].decode("ascii", "replace"))
    raise Away


def _ask(content: bytes) -> bytes:
    """Return the scanner's verdict. Raises: OSError when it takes longer than it may, or breaks off."""
    until = time.monotonic() + SECONDS
    with _connected() as connection:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            connection.settimeout(_left(until))
            connection.sendall(len(piece).to_bytes(4, "big") + piece)
        connection.sendall(bytes(4))
        verdict = b""
        while not verdict.endswith(b"\0") and len(verdict) < LONGEST_VERDICT:
            connection.settimeout(_left(until))
            received = connection.recv(1024)
            if not received:
                break
            verdict += received
    return verdict.rstrip(b"\0\n")


def _connected() -> socket.socket:
    parts = urlsplit(settings.CLAMAV_URL)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(SECONDS)
    try:
        connection.connect(unquote(parts.path))
    except OSError:
        connection.close()
        raise
    return connection


def _left(until: float) -> float:
    """Return the seconds that are left. Raises: TimeoutError when none is."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
