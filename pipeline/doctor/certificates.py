"""Certificates that the installation's connections hang on, and how long each is good: insurers', our own to them, the database's."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import sqlalchemy as sa
from cryptography import x509

from connectors.definition import find_definitions
from connectors.fetch.keys import pem
from connectors.model import InsurerDefinition
from pipeline.doctor.finding import Finding, good, graded, warning
from pipeline.settings import Settings
from schemas.errors import AuthRefused
from warehouse.database.engine import database_errors, driver

CERTIFICATES, OF_DATABASE = "证书 certificates", "数据库证书 database's certificate"
#: From so many days left on it is a warning; on the last day it is bad.
WARNING_DAYS, BAD_DAYS = 30, 1
CONNECT_SECONDS = 5.0
#: How many servers are asked at once.
AT_ONCE = 64
#: Length and code of PostgreSQL's SSLRequest; S says yes.
ASKS_FOR_TLS = bytes.fromhex("0000000804d2162f")


def of_insurers(settings: Settings) -> Iterator[Finding]:
    """The certificate of each server that is asked over HTTPS, once, and the client certificates that this process has."""
    definitions = find_definitions(environ=settings.environ).usable
    servers = {address: each.insurer_id for each in definitions.values() if (address := _https(each.base_url))}
    if not servers:
        yield good(CERTIFICATES, "没有以 HTTPS 访问的机构 no insurer is asked over HTTPS")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(_of_server, servers, servers.values())
    for definition in definitions.values():
        if definition.tls.certificate:
            yield _our_own(definition, definition.tls.certificate, settings)


def of_database(engine: sa.Engine) -> Iterator[Finding]:
    """The certificate of the database's server, where the session is encrypted. Raises WarehouseUnreachable."""
    with database_errors("looking at the session"), engine.connect() as connection:
        about = driver(connection).info
        host, port, is_encrypted = about.host or "", about.port, about.ssl_in_use
    if not is_encrypted:
        return
    try:
        with socket.create_connection((host, port), CONNECT_SECONDS) as plain:
            plain.sendall(ASKS_FOR_TLS)
            if plain.recv(1) == b"S":
                yield _days_left(OF_DATABASE, f"{host}:{port}", _shown_by(plain, host))
    except OSError as error:
        yield warning(OF_DATABASE, f"{host}:{port}: {_reason(error)}", "再试 look again")


def _https(address: str) -> tuple[str, int] | None:
    parts = urlsplit(address)
    return (parts.hostname, parts.port or 443) if parts.scheme == "https" and parts.hostname else None


def _of_server(server: tuple[str, int], insurer_id: str) -> Finding:
    who = f"{insurer_id} {server[0]}:{server[1]}"
    try:
        with socket.create_connection(server, CONNECT_SECONDS) as plain:
            return _days_left(CERTIFICATES, who, _shown_by(plain, server[0]))
    except OSError as error:
        return warning(CERTIFICATES, f"{who}: {_reason(error)}", "对方系统或网络 their system, or the network")


def _shown_by(plain: socket.socket, host: str) -> bytes:
    """The certificate that a server shows. It is read, not trusted: whether it may be is what a collect decides."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(plain, server_hostname=host) as encrypted:
        return encrypted.getpeercert(binary_form=True) or b""


def _our_own(definition: InsurerDefinition, entry: str, settings: Settings) -> Finding:
    who = f"{definition.insurer_id} 客户端证书 client certificate"
    try:
        text = pem(settings.credentials(definition.insurer_id), entry, definition.insurer_id)
        until = x509.load_pem_x509_certificate(text).not_valid_after_utc
    except AuthRefused:
        return good(CERTIFICATES, f"{who}: 凭据不在本机 its credentials are not here (Airflow)")
    except ValueError:
        return warning(CERTIFICATES, f"{who}: 不是证书 no PEM certificate", "更换凭据 replace it in the credentials")
    return _until(CERTIFICATES, who, until)


def _days_left(part: str, who: str, shown: bytes) -> Finding:
    try:
        return _until(part, who, x509.load_der_x509_certificate(shown).not_valid_after_utc)
    except ValueError:
        return warning(part, f"{who}: 证书无法读取 its certificate cannot be read", "对方系统 their system")


def _until(part: str, who: str, until: dt.datetime) -> Finding:
    days = (until - dt.datetime.now(dt.UTC)).days
    told = "已过期 expired" if days < 0 else f"剩 {days} 天 days left"
    return graded(
        part, -days, (-WARNING_DAYS + 1, -BAD_DAYS + 1), f"{who}: {until:%Y-%m-%d}, {told}", "更换证书 renew it"
    )


def _reason(error: OSError) -> str:
    return "没有应答 no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
