"""Replies as bytes: plain, chunked or gzipped, and cut short where a test asks for it."""

from __future__ import annotations

import gzip
import hashlib
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlencode, urlsplit

from sandbox.dialects.speech import Call, Dialect, Reply, dumps
from sandbox.misbehaviour import Kind, distort_text

SLOW_SECONDS = 3.0
_CHUNK = 8192


@dataclass(frozen=True)
class Manner:
    """How a reply goes over the wire: the dialect's way, what goes wrong with it, and what the caller accepts."""

    dialect: Dialect
    kind: Kind | None
    accept_encoding: str


def early_reply(dialect: Dialect, kind: Kind | None, call: Call) -> Reply | None:
    """The reply of a system that fails before it looks at any row, or None."""
    path, query = urlsplit(call.url).path, urlencode(call.query)
    early = {
        "storm_429": Reply({"error": "too many requests"}, 429, {"Retry-After": "1"}),
        "storm_500": Reply({"error": "internal error"}, 500),
        "error_in_200": dialect.refuse(503, "系统繁忙"),
        "unknown_error_in_200": dialect.refuse(418, "未知错误"),
        "redirect_elsewhere": Reply({}, 302, {"Location": f"https://elsewhere.example{path}"}),
        "redirect_here": Reply({}, 302, {"Location": f"{path}/?{query}"}),
    }
    if kind == "timeout":
        time.sleep(SLOW_SECONDS)
    return early.get(kind) if kind else None


def send(handler: BaseHTTPRequestHandler, reply: Reply, manner: Manner | None = None) -> None:
    """Write the reply; without a manner plainly."""
    kind = manner.kind if manner else None
    body = distort_text(kind, dumps(reply.document))
    headers = {"Content-Type": "application/json", **reply.headers}
    dialect = manner.dialect if manner and reply.status == 200 else None
    if dialect and dialect.body_digest_header:
        wrong = b"x" if kind == "wrong_checksum" else b""
        headers[dialect.body_digest_header] = hashlib.sha256(body + wrong).hexdigest()
    if kind == "cut_gzip" or (manner and dialect and dialect.is_gzipped and "gzip" in manner.accept_encoding):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, mtime=0)
    is_chunked = kind == "cut_chunked" or bool(dialect and dialect.is_chunked)
    _write(handler, reply.status, headers, body, kind, is_chunked)


def _write(
    handler: BaseHTTPRequestHandler,
    status: int,
    headers: dict[str, str],
    body: bytes,
    kind: Kind | None,
    is_chunked: bool,
) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    is_cut = kind in ("truncated_body", "cut_chunked", "cut_gzip")
    if is_cut:
        handler.send_header("Connection", "close")
        handler.close_connection = True
    if kind != "cut_gzip":
        length = ("Transfer-Encoding", "chunked") if is_chunked else ("Content-Length", str(len(body)))
        handler.send_header(*length)
    handler.end_headers()
    sent = body[: len(body) // 2] if is_cut else body
    handler.wfile.write(_chunks(sent, whole=not is_cut) if is_chunked and kind != "cut_gzip" else sent)


def _chunks(body: bytes, whole: bool) -> bytes:
    """The body in HTTP chunks; the closing chunk is left out unless it is ``whole``."""
    pieces = (body[at : at + _CHUNK] for at in range(0, len(body), _CHUNK))
    framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return framed + (b"0\r\n\r\n" if whole else b"")
