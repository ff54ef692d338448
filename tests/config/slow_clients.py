"""Clients that are slow on purpose, and an application of a few lines for them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from config import gunicorn_worker

HOME = Path(__file__).resolve().parents[2]
PATIENT, PLAIN = "config.gunicorn_worker.PatientWorker", "gthread"
START_SECONDS = 60
# Only a server that stands still takes longer, however busy the machine is.
AMPLE_SECONDS = 30

HALF_HEAD = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
HALF_FORM = b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nlogin="
HALF_UPLOAD = b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n--x"
HALF_CHUNK = b"POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"
WAITS_FOR_A_WORD = (
    b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
)
NOT_WANTED = b"POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n--x"
NEVER_ENDS = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

if seconds := os.environ.get("DEADLINE"):
    gunicorn_worker.HEAD_SECONDS = gunicorn_worker.BODY_SECONDS = float(seconds)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Count the bytes of the body at /read; elsewhere leave it alone."""
    size = 0
    if environ["PATH_INFO"] == "/read":
        while piece := environ["wsgi.input"].read(64 * 1024):
            size += len(piece)
    answer = b"%d bytes" % size
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]


class Server:
    """gunicorn with one worker of four threads at a socket of its own."""

    def __init__(self, address: Path) -> None:
        self.address = str(address)

    def connect(self, request: bytes = b"") -> socket.socket:
        """Send the request, or what there is of it; the answer is not waited for."""
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(AMPLE_SECONDS)
        client.connect(self.address)
        client.sendall(request)
        return client

    def answer(self, request: bytes, seconds: float = AMPLE_SECONDS) -> bytes:
        """Return what comes until the server ends. Raises TimeoutError when it doesn't."""
        with self.connect(request) as client:
            client.settimeout(seconds)
            return read_all(client)

    def is_alive(self, seconds: float = AMPLE_SECONDS) -> bool:
        """Return whether an ordinary request is answered."""
        try:
            return b" 200 OK" in self.answer(NEVER_ENDS, seconds)
        except TimeoutError:
            return False


def read_all(client: socket.socket) -> bytes:
    """Return all that comes until the other side ends."""
    pieces = []
    with suppress(ConnectionResetError):
        while piece := client.recv(64 * 1024):
            pieces.append(piece)
    return b"".join(pieces)


@contextmanager
def serving(folder: Path, worker: str, **environment: str) -> Iterator[Server]:
    """Serve the application; stopped by its id."""
    server = Server(folder / "socket")
    command = [sys.executable, "-m", "gunicorn", "tests.config.slow_clients:application"]
    command += ["--bind", f"unix:{server.address}", "--worker-class", worker, "--threads", "4"]
    command += ["--workers", "1", "--no-control-socket", "--log-level", "critical"]
    process = subprocess.Popen(command, cwd=HOME, env={**os.environ, **environment})
    try:
        _wait_for(server)
        yield server
    finally:
        process.kill()
        process.wait()


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with suppress(OSError):
            if server.is_alive():
                return
        assert time.monotonic() < deadline, "gunicorn does not start"
        time.sleep(0.05)
