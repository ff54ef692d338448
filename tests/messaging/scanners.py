"""A stand-in for clamd that speaks INSTREAM, and ones that don't."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# In two parts, or scanners would take this file away.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def instream(connection: socket.socket) -> None:
    """Read one file and say whether the test virus is in it."""
    file = connection.makefile("rb")
    assert file.read(10) == b"zINSTREAM\0"
    content = b""
    while size := int.from_bytes(file.read(4), "big"):
        content += file.read(size)
    connection.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


def says(verdict: bytes) -> Callable[[socket.socket], None]:
    """Answer this, whatever comes."""

    def answer(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(verdict)

    return answer


def silent(connection: socket.socket) -> None:
    """Take everything and say nothing."""
    while connection.recv(65536):
        pass


@contextmanager
def scanner(answer: Callable[[socket.socket], None] = instream) -> Iterator[str]:
    """Listen on this machine; give the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                with connection:
                    answer(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
