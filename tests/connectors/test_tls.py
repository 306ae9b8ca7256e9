"""A server that cannot prove who it is gets no request of ours."""

from __future__ import annotations

import dataclasses
import datetime as dt
import http.server
import ipaddress
import logging
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
from schemas.errors import AuthRefused, HubError, StopFeed
from tests.connectors.speaking import Said, System, collected, defined, policies

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


def pem(key: ec.EllipticCurvePrivateKey, phrase: bytes | None = None) -> str:
    sealed = serialization.BestAvailableEncryption(phrase) if phrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed).decode()


@pytest.fixture
def mutual(tmp_path: pathlib.Path) -> Iterator[tuple[System, str]]:
    """A TLS system of an authority of its own that answers only who shows a certificate, and that authority's PEM."""
    server = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(server)
    system = System(lambda _asked, _number: Said({"rows": policies(1), "total": 1}), context)
    yield system, server.read_text(encoding="utf-8")
    system.stop()


VENDOR = """
tls: {certificate: client_certificate, authority: own_authority}
paging: {kind: single}
response: {items: rows, total: total}
records: {policy: {path: /policies}}
"""


@pytest.mark.parametrize("how", ["text", "files", "a phrase"])
def test_a_client_certificate_opens_a_system_that_asks_for_one(
    mutual: tuple[System, str], tmp_path: pathlib.Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    system, both = mutual
    chain = both[both.index("-----BEGIN CERTIFICATE") :]
    key = serialization.load_pem_private_key(both.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    extra = {"client_certificate": chain, "client_key": pem(key), "own_authority": chain}
    if how == "a phrase":
        extra |= {"client_key": pem(key, b"phrase-of-the-key"), "client_key_password": "phrase-of-the-key"}
    if how == "files":
        for name, text in extra.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        extra = {name: str(tmp_path / name) for name in extra}
    definition = defined(tmp_path, VENDOR, system.url)
    assert len(collected(definition, **extra).payloads) == 1
    assert "PRIVATE KEY" not in caplog.text
    assert extra["client_key"] not in caplog.text


def test_without_its_certificate_nothing_is_asked_and_a_bad_one_is_told(
    mutual: tuple[System, str], tmp_path: pathlib.Path
) -> None:
    system, both = mutual
    chain = both[both.index("-----BEGIN CERTIFICATE") :]
    definition = defined(tmp_path, VENDOR, system.url)
    good = {"client_certificate": chain, "client_key": both, "own_authority": chain}
    for spoilt, told in (
        ({"client_key": ""}, r"give extra\.client_key"),
        ({"client_key": both.replace("MI", "XX", 1)}, "no private key that opens"),
        ({"client_key": pem(ec.generate_private_key(ec.SECP256R1()))}, "no PEM that fits"),
        ({"own_authority": "/nowhere.pem"}, "neither PEM text nor a file"),
    ):
        with pytest.raises(AuthRefused, match=told) as caught:
            collected(definition, **{**good, **spoilt})
        assert "BEGIN" not in str(caught.value)
    with pytest.raises(StopFeed, match="certificate cannot be verified"):
        collected(defined(tmp_path, VENDOR.replace(", authority: own_authority", ""), system.url), **good)
    with pytest.raises(HubError):
        collected(defined(tmp_path, VENDOR.replace("certificate: client_certificate, ", ""), system.url), **good)
    assert system.asked == []


def test_nothing_in_the_connectors_can_switch_verification_off() -> None:
    sources = pathlib.Path(__file__).parents[2].joinpath("connectors").rglob("*.py")
    assert not [p for p in sources if "verify=" in p.read_text(encoding="utf-8").replace(" ", "")]
