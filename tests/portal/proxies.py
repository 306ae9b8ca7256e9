"""Proxies that end TLS in front of a portal: nginx by the configuration of ``docs/proxy.md``, and a small one in Python."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import http.server
import ipaddress
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipeline.services.postgres import free_port
from tests.portal.front import PATIENCE_SECONDS

HOST = "portal.example"
DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "proxy.md"
#: Of a connection, not of what is said over it.
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "x-forwarded-for", "x-forwarded-proto"}


@dataclass(frozen=True)
class Certificate:
    """A certificate for ``HOST``, signed by itself, and its key, as PEM files."""

    certificate: pathlib.Path
    key: pathlib.Path


def certificate(folder: pathlib.Path) -> Certificate:
    """Make a certificate that is good for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(hours=1)).add_extension(names, critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    files = Certificate(folder / "portal.pem", folder / "portal.key")
    files.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@contextlib.contextmanager
def nginx(folder: pathlib.Path, upstream: int, files: Certificate) -> Iterator[int]:
    """The port of nginx with the document's own configuration; only ports and files differ."""
    port, plain = free_port(), free_port()
    (server,) = re.findall(r"```nginx\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    for said, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"), ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("http://127.0.0.1:8060", f"http://127.0.0.1:{upstream}"),
        ("/etc/ssl/portal.example.pem", str(files.certificate)), ("/etc/ssl/private/portal.example.key", str(files.key)),
    ):  # fmt: skip
        assert said in server, f"docs/proxy.md no longer says {said}"
        server = server.replace(said, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder / kind};" for kind in kinds)
    main = f"daemon off; pid {folder / 'pid'}; error_log {folder / 'error.log'}; events {{}} http {{ access_log off; {places}\n{server} }}"
    (folder / "nginx.conf").write_text(main, encoding="utf-8")
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        _wait_for(port, lambda: process.poll() is None)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


@contextlib.contextmanager
def small_proxy(folder: pathlib.Path, upstream: int, files: Certificate) -> Iterator[int]:
    """The port of a proxy that does what the document asks of one, in this process."""
    del folder
    handler = type("Handler", (_Handler,), {"upstream": upstream})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


PROXIES = {"nginx": nginx, "python": small_proxy}
HAS_NGINX = shutil.which("nginx") is not None


class _Handler(http.server.BaseHTTPRequestHandler):
    """Hands a request on with the address that it came from and the scheme that people see."""

    protocol_version = "HTTP/1.1"
    upstream: int

    def do_GET(self) -> None:
        self._hand_on()

    def do_POST(self) -> None:
        self._hand_on()

    def log_message(self, *args: object) -> None:
        """Be quiet."""

    def _hand_on(self) -> None:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        headers |= {"X-Forwarded-For": self.client_address[0], "X-Forwarded-Proto": "https"}
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        upstream = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=PATIENCE_SECONDS)
        with contextlib.closing(upstream):
            upstream.request(self.command, self.path, body, headers)
            answer = upstream.getresponse()
            content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _wait_for(port: int, is_alive: object) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert is_alive(), "the proxy did not start"  # type: ignore[operator]
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)
