"""A server that cannot prove who it is gets no request of ours."""

from __future__ import annotations

import dataclasses
import datetime as dt
import http.server
import ipaddress
import pathlib
import ssl
import threading
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.definition import load_definition
from connectors.fetch import fetch
from schemas.delivery import Credentials, Window
from schemas.errors import StopFeed

seen: list[str] = []


class Listening(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        seen.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def certificate(folder: pathlib.Path) -> pathlib.Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "server.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def address(tmp_path: pathlib.Path) -> Iterator[str]:
    """Address of a TLS server on loopback with a self-signed certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_self_signed_certificate_is_refused_at_once(address: str) -> None:
    definition = dataclasses.replace(load_definition("lichun", environ={}), base_url=address)
    window = Window(None, dt.datetime(2026, 11, 18, tzinfo=dt.UTC))
    with pytest.raises(StopFeed, match="certificate cannot be verified"):
        fetch(definition, "policy", window, Credentials(secret="abcdefgh"), sleep=lambda _: pytest.fail("retried"))
    assert seen == []


def test_nothing_in_the_connectors_can_switch_verification_off() -> None:
    sources = pathlib.Path(__file__).parents[2].joinpath("connectors").rglob("*.py")
    assert not [p for p in sources if "verify=" in p.read_text(encoding="utf-8").replace(" ", "")]
