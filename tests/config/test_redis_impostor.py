"""Celery and /healthz tell the broker's password to nobody who can't prove to be the broker."""

import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config import env, health
from config.celery import app

PASSWORD = "hunter2-of-the-broker"


@dataclass
class Impostor:
    """Something that speaks TLS on the broker's port, with a certificate that nobody vouches for."""

    port: int
    certificate: Path
    heard: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"rediss://:{PASSWORD}@localhost:{self.port}/0"

    def serve(self, listener: socket.socket, context: ssl.SSLContext) -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            connection.settimeout(2)
            try:
                with context.wrap_socket(connection, server_side=True) as session:
                    self.heard.append(session.recv(4096))
            except OSError:
                connection.close()


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[Impostor]:
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("localhost", 0)) as listener:
        found = Impostor(listener.getsockname()[1], certificate)
        thread = threading.Thread(target=found.serve, args=[listener, context], daemon=True)
        thread.start()
        yield found
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


def celery_connects(url: str) -> None:
    """Connect as Celery does to send a task. What listens is no Redis, so it fails in one way or another."""
    with app.connection_for_write(url) as connection, pytest.raises(connection.connection_errors):
        connection.connect()


def read(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("BROKER", url)
    return env.redis("BROKER")


def test_celery_tells_an_impostor_nothing(impostor: Impostor, monkeypatch: pytest.MonkeyPatch) -> None:
    celery_connects(read(impostor.url, monkeypatch))
    assert impostor.heard == []


def test_without_the_verification_celery_tells_the_password(impostor: Impostor) -> None:
    """The twin: kombu checks nothing on its own."""
    celery_connects(impostor.url)
    assert PASSWORD.encode() in b"".join(impostor.heard)


def test_celery_speaks_to_a_server_of_the_operators_own_authority(
    impostor: Impostor, monkeypatch: pytest.MonkeyPatch
) -> None:
    celery_connects(read(f"{impostor.url}?ssl_ca_certs={impostor.certificate}", monkeypatch))
    assert PASSWORD.encode() in b"".join(impostor.heard)


def test_health_tells_an_impostor_nothing(
    impostor: Impostor, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", read(impostor.url, monkeypatch))
    assert health._check(health._redis, "degraded") == "degraded"
    assert impostor.heard == []
