"""A maildir, as an MTA delivers into it: each mail is taken once and moved on, also by one that was killed before.

The mail is taken, then moved. Whoever dies in between leaves it where it was; taken again, it is the same message
by its Message-ID.
"""

from collections.abc import Iterator
from pathlib import Path

from accounts import clock
from messaging import inbound, mail_parts
from messaging.inbound import Taken
from messaging.models import RefusedMail

RECIPIENTS = ("x-original-to", "delivered-to", "envelope-to")
SEEN = ":2,S"


def take(directory: Path) -> Iterator[Taken | RefusedMail]:
    """Take what is in new/, the oldest first, and move each to cur/; gives what became of each."""
    (directory / "cur").mkdir(exist_ok=True)
    for path in sorted((directory / "new").iterdir()):
        if path.is_file() and not path.is_symlink():
            yield _take(path)
            path.rename(directory / "cur" / f"{path.name}{SEEN}")


def read(path: Path) -> bytes:
    """A mail's bytes, or enough of them to see that they are too many."""
    with path.open("rb") as file:
        return file.read(mail_parts.LARGEST + 1)


def envelope(raw: bytes) -> tuple[str, str]:
    """Sender and recipient, as the MTA wrote them above the mail."""
    headers = mail_parts.envelope_headers(raw)
    recipient = next((headers[name] for name in RECIPIENTS if name in headers), "")
    return headers.get("return-path", ""), recipient


def _take(path: Path) -> Taken | RefusedMail:
    raw = read(path)
    mail_from, rcpt_to = envelope(raw)
    return inbound.take(raw, mail_from=mail_from, rcpt_to=rcpt_to, now=clock.now())
