"""gunicorn's threaded worker, with patience for slow clients: they wait at the poller, and no thread waits for them.

A thread of gthread reads head and body itself, so a few half-sent requests stop it. Here a thread gets a request
when its head is complete, and its body too if that is short. A longer body is read by a thread, until its deadline,
by half of the threads at most. What a client still sends after its answer is read and dropped, at the poller as well.
"""

import re
import socket
import struct
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from config import limits

HEAD_SECONDS = 10.0
# For a body. One that a thread reads gets a second more for each of these bytes.
BODY_SECONDS = 20.0
BYTES_A_SECOND = 100_000
# For each piece of an answer that a client takes.
SEND_SECONDS = 20
# After its answer a client may finish what it writes; else it would miss the answer.
LEAVE_SECONDS = 5.0
# When the worker stops.
STOP_SECONDS = 2.0
LONGEST_HEAD = 64 * 1024
LONGEST_KEPT_BODY = limits.STRANGER
PIECE = 64 * 1024

LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
# The client waits for a word before it sends its body, or does not say how long that is.
NOT_SENT_YET = re.compile(rb"\r\n(?:expect|transfer-encoding):", re.IGNORECASE)


@dataclass
class Arrival:
    """What came of a request so far. Times are of the monotonic clock."""

    began: float
    deadline: float
    data: bytearray = field(default_factory=bytearray)
    # Bytes of head and body; 0 while the head is incomplete.
    size: int = 0
    is_upload: bool = False

    def add(self, piece: bytes) -> None:
        """Take a piece, and judge the head when it is complete."""
        searched = max(len(self.data) - 3, 0)
        self.data += piece
        if self.size == 0 and (end := self.data.find(b"\r\n\r\n", searched)) >= 0:
            head = bytes(self.data[: end + 2])
            found = LENGTH.search(head)
            length = int(found[1]) if found else 0
            self.size = end + 4 + length
            self.is_upload = length > LONGEST_KEPT_BODY or NOT_SENT_YET.search(head) is not None
            self.deadline = self.began + BODY_SECONDS + (length / BYTES_A_SECOND if self.is_upload else 0)

    @property
    def is_ready(self) -> bool:
        """Return whether a thread can work on it."""
        return self.size > 0 and (self.is_upload or len(self.data) >= self.size)


class DeadlineUnreader(SocketUnreader):
    """Reads what the poller took, then the socket, until the deadline. Raises TimeoutError past it."""

    deadline = 0.0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next piece; empty at the end."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("The body took too long.")
        before = self.sock.gettimeout()
        self.sock.settimeout(min(left, before or left))
        try:
            piece: bytes = super().chunk(size_hint)
            return piece
        finally:
            self.sock.settimeout(before)


class PatientWorker(ThreadWorker):
    """Everything but `handle` runs on the main thread, so nothing here is locked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arriving: dict[TConn, Arrival] = {}
        self.most_uploads = max(self.cfg.threads // 2, 1)
        self.uploads: set[TConn] = set()
        self.waiting: deque[TConn] = deque()
        self.leaving: dict[TConn, float] = {}

    def enqueue_req(self, conn: TConn) -> None:
        """Begin to receive a request; gthread calls this for each new one."""
        now = time.monotonic()
        conn.sock.setblocking(False)
        arrival = self.arriving[conn] = Arrival(began=now, deadline=now + HEAD_SECONDS)
        self.poller.register(conn.sock, EVENT_READ, partial(self._receive, conn))
        if conn.initialized:
            arrival.add(conn.parser.unreader.take_buffered())
        self._receive(conn)

    def _receive(self, conn: TConn, _sock: object = None) -> None:
        """Take what is there; hand the request on when a thread can work on it."""
        arrival = self.arriving[conn]
        try:
            piece = conn.sock.recv(PIECE)
        except BlockingIOError:
            piece = None
        except OSError:
            piece = b""
        if piece:
            arrival.add(piece)
        if arrival.is_ready:
            self.poller.unregister(conn.sock)
            self._hand_on(conn)
        elif piece == b"":
            self._drop(conn)
        elif len(arrival.data) > LONGEST_HEAD and not arrival.size:
            self._refuse(conn, b"431 Request Header Fields Too Large")

    def _hand_on(self, conn: TConn) -> None:
        """Give the request to a thread, or let it wait for one of those that read uploads."""
        arrival = self.arriving[conn]
        if arrival.is_upload:
            if len(self.uploads) >= self.most_uploads:
                self.waiting.append(conn)
                return
            self.uploads.add(conn)
        del self.arriving[conn]
        if not conn.initialized:
            seconds = struct.pack("ll", SEND_SECONDS, 0)
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, seconds)
            conn.init()
            conn.parser.unreader = DeadlineUnreader(conn.sock)
        conn.parser.unreader.deadline = arrival.deadline
        conn.parser.unreader.unread(bytes(arrival.data))
        super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: "Future[bool]") -> None:
        """Keep the connection for its next request, or let the client leave."""
        self.uploads.discard(conn)
        if fs.cancelled() or fs.exception() or not fs.result():
            self._leave(conn)
        else:
            super().finish_request(conn, fs)
        if self.waiting and len(self.uploads) < self.most_uploads:
            self._hand_on(self.waiting.popleft())

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """Return whether the connection may be kept. No thread waits for a body that nobody wanted to read."""
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + 0.05))

    def murder_pending(self) -> None:
        """End what is past its deadline; gthread calls this each second at least."""
        super().murder_pending()
        now = time.monotonic()
        for conn, arrival in list(self.arriving.items()):
            if now > arrival.deadline or (not self.alive and now > arrival.began + STOP_SECONDS):
                self._refuse(conn, b"408 Request Timeout")
        for conn, deadline in list(self.leaving.items()):
            if now > deadline:
                self._close(conn)

    def _refuse(self, conn: TConn, status: bytes) -> None:
        """Answer without a thread, and end the connection."""
        with suppress(OSError):
            conn.sock.send(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        self._drop(conn)

    def _drop(self, conn: TConn) -> None:
        """Forget a request that did not arrive."""
        del self.arriving[conn]
        if conn in self.waiting:
            self.waiting.remove(conn)
        else:
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def _leave(self, conn: TConn) -> None:
        """Say that nothing more comes, and wait a while for the client to end. gthread waits on its main thread."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError):
            self.nr_conns -= 1
            conn.close()
        else:
            self.leaving[conn] = time.monotonic() + LEAVE_SECONDS

    def _drain(self, conn: TConn, _sock: object) -> None:
        """Drop what still comes, until the client ends."""
        try:
            is_over = conn.sock.recv(PIECE) == b""
        except BlockingIOError:
            return
        except OSError:
            is_over = True
        if is_over:
            self._close(conn)

    def _close(self, conn: TConn) -> None:
        del self.leaving[conn]
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()
