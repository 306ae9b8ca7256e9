"""Receivers of messages on this machine: HTTP that answers as robots do, SMTP that answers as servers do, wrong answers too."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Robot:
    """An HTTP receiver: what it got, and the answers that it gives next; then it takes everything."""

    port: int = 0
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[Any, ...]] = field(default_factory=list)
    """(status, body) or (status, body, headers); ("reset",) hangs up; ("slow", seconds) answers too late."""
    good: bytes = b'{"errcode": 0, "errmsg": "ok", "code": 0}'

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.got]


@contextlib.contextmanager
def robot() -> Iterator[Robot]:
    """A robot that listens."""
    made = Robot()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = made.answers.pop(0) if made.answers else (200, made.good)
            if answer[0] == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            if answer[0] == "slow":
                time.sleep(answer[1])
                answer = (200, made.good)
            else:
                made.got.append((self.path, dict(self.headers), body))
            with contextlib.suppress(OSError):
                self.send_response(answer[0])
                for name, value in (answer[2] if len(answer) > 2 else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer[1])))
                self.end_headers()
                self.wfile.write(answer[1])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield made
        server.shutdown()


@dataclass
class Post:
    """A mail server: the mails that it took, and what it answers to the next DATA or RCPT."""

    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    to_data: list[str] = field(default_factory=list)
    to_recipient: list[str] = field(default_factory=list)


@contextlib.contextmanager
def post_office() -> Iterator[Post]:  # noqa: C901 - a server's class stands in it
    """A mail server that listens."""
    made = Post()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            for line in iter(self.rfile.readline, b""):
                word = line[:4].upper()
                if word == b"DATA":
                    self._data()
                elif word == b"RCPT":
                    self._say(made.to_recipient.pop(0) if made.to_recipient else "250 ok")
                elif word == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

        def _data(self) -> None:
            self._say("354 go on")
            lines = []
            for line in iter(self.rfile.readline, b".\r\n"):
                if not line:
                    return
                lines.append(line)
            answer = made.to_data.pop(0) if made.to_data else "250 taken"
            if answer.startswith("250"):
                made.mails.append(b"".join(lines))
            self._say(answer)

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        made.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()
