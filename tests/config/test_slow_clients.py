"""Half-sent requests hold no thread of the web server, and end at their deadline."""

from collections.abc import Iterator

import pytest

from config import gunicorn
from config.gunicorn_worker import BODY_SECONDS, BYTES_A_SECOND, HEAD_SECONDS, LONGEST_KEPT_BODY, Arrival
from tests.config.slow_clients import (
    HALF_CHUNK,
    HALF_FORM,
    HALF_HEAD,
    HALF_UPLOAD,
    NEVER_ENDS,
    NOT_WANTED,
    PATIENT,
    PLAIN,
    WAITS_FOR_A_WORD,
    Server,
    read_all,
    serving,
)

MANY = 50
FORM = b"POST /read HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
EACH = {
    "half a head": HALF_HEAD,
    "half a form": HALF_FORM,
    "half an upload": HALF_UPLOAD,
    "half a chunk": HALF_CHUNK,
    "waits for a word": WAITS_FOR_A_WORD,
    "not wanted": NOT_WANTED,
    "never ends": NEVER_ENDS,
    "silent": b"",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("patient"), PATIENT) as found:
        yield found


@pytest.mark.parametrize("begun", EACH.values(), ids=EACH.keys())
def test_fifty_slow_clients_of_a_kind_stop_nobody(server: Server, begun: bytes) -> None:
    held = [server.connect(begun) for _client in range(MANY)]
    assert server.is_alive()
    assert server.answer(FORM % 5 + b"hello").endswith(b"5 bytes")
    for client in held:
        client.close()


def test_fifty_slow_clients_of_each_kind_at_once_stop_nobody(server: Server) -> None:
    held = [server.connect(begun) for begun in EACH.values() for _client in range(MANY)]
    assert server.is_alive()
    for client in held:
        client.close()


def test_twin_of_plain_threads_stands_still(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("plain"), PLAIN) as plain:
        # Connections are taken in their order: each of the four threads reads one of these, and waits for its rest.
        held = [plain.connect(begun) for begun in (HALF_HEAD, HALF_FORM) * (MANY // 2)]
        assert not plain.is_alive(seconds=1)
        for client in held:
            client.close()


def test_deadlines_end_what_was_half_sent(tmp_path_factory: pytest.TempPathFactory) -> None:
    short_upload = b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\nx"
    with serving(tmp_path_factory.mktemp("hasty"), PATIENT, DEADLINE="0.2") as hasty:
        for begun in (HALF_HEAD, HALF_FORM, b""):
            assert hasty.answer(begun).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        # A thread waits for this one, until the deadline too.
        assert b" 200 OK" not in hasty.answer(short_upload)


@pytest.mark.parametrize("size", [0, 1, LONGEST_KEPT_BODY, LONGEST_KEPT_BODY + 1, 3_000_000])
def test_bodies_of_all_sizes_arrive_whole(server: Server, size: int) -> None:
    assert server.answer(FORM % size + b"x" * size).endswith(b"%d bytes" % size)


def test_request_that_comes_byte_by_byte_is_answered(server: Server) -> None:
    with server.connect() as client:
        for byte in FORM % 3 + b"abc":
            client.sendall(bytes([byte]))
        assert read_all(client).endswith(b"3 bytes")


def test_requests_on_one_connection_are_answered_in_turn(server: Server) -> None:
    kept = b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    sent = kept % 1 + b"a" + kept % 2 + b"bb" + FORM % 3 + b"ccc"
    answer = server.answer(sent)
    assert [answer.count(b"%d bytes" % size) for size in (1, 2, 3)] == [1, 1, 1]


def test_client_that_still_writes_reads_why_it_was_refused(server: Server) -> None:
    size = 9_000_000
    with server.connect(NOT_WANTED[: NOT_WANTED.index(b"--x")]) as client:
        client.sendall(b"x" * size)
        assert b" 200 OK" in client.recv(1000)


def test_endless_head_is_refused(server: Server) -> None:
    head = b"GET / HTTP/1.1\r\n" + b"X-Long: x\r\n" * 7_000
    assert server.answer(head).startswith(b"HTTP/1.1 431 ")


class TestArrival:
    """When a thread gets a request."""

    def arrive(self, *pieces: bytes) -> Arrival:
        arrival = Arrival(began=100.0, deadline=100.0 + HEAD_SECONDS)
        for piece in pieces:
            arrival.add(piece)
        return arrival

    @pytest.mark.parametrize("begun", [b"", HALF_HEAD, HALF_HEAD + b"\r\n", HALF_FORM])
    def test_waits_for_the_rest(self, begun: bytes) -> None:
        assert not self.arrive(begun).is_ready

    @pytest.mark.parametrize("begun", [HALF_HEAD + b"\r\n\r\n", HALF_UPLOAD, HALF_CHUNK, WAITS_FOR_A_WORD])
    def test_goes_to_a_thread(self, begun: bytes) -> None:
        assert self.arrive(begun).is_ready
        assert self.arrive(*(bytes([byte]) for byte in begun)).is_ready

    def test_deadlines(self) -> None:
        assert self.arrive(HALF_HEAD).deadline == 100 + HEAD_SECONDS
        assert self.arrive(HALF_FORM).deadline == 100 + BODY_SECONDS
        assert self.arrive(HALF_UPLOAD).deadline == 100 + BODY_SECONDS + 9_000_000 / BYTES_A_SECOND


def test_portal_is_served_by_this_worker() -> None:
    assert gunicorn.worker_class == PATIENT
    assert gunicorn.threads >= 2
