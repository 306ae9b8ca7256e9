"""A proxy between a loader and PostgreSQL that knows where messages begin, and strikes at the N-th of them.

Frontend messages are counted over all connections of one loader: a start-up packet (length, content) first, then a type
byte and a length each. Bytes pass unchanged. What a strike does is the caller's; it happens before the message is
passed on, in the middle of it (half of its bytes have left), or after.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

Moment = Literal["before", "torn", "after"]
#: Codes of requests that come before the start-up packet and are answered by one byte: TLS and GSSAPI encryption.
_ASKS = {80877103, 80877104}
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Strike:
    """What happens at which frontend message; ``cuts`` = all connections are closed then."""

    at: int
    moment: Moment
    act: Callable[[], None]
    cuts: bool = True


@dataclass
class Link:
    """One connection through the proxy. State: bytes of a message that is not whole yet, and whether start-up is over."""

    client: socket.socket
    server: socket.socket
    waiting: bytearray = field(default_factory=bytearray)
    is_started: bool = False

    def messages(self, content: bytes) -> Iterator[bytes]:
        """Whole messages, with what came before."""
        self.waiting += content
        while (length := self._length()) and len(self.waiting) >= length:
            message = bytes(self.waiting[:length])
            del self.waiting[:length]
            if not self.is_started:
                self.is_started = struct.unpack("!I", message[4:8])[0] not in _ASKS
            yield message

    def _length(self) -> int:
        start = 1 if self.is_started else 0
        if len(self.waiting) < start + 4:
            return 0
        return start + int(struct.unpack("!I", self.waiting[start : start + 4])[0])


class Proxy:
    """A thread that listens on a port of its own and passes everything to ``target`` on loopback.

    State: the strike to come, and how many frontend messages passed since ``arm``.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._links: list[Link] = []
        self._lock = threading.Lock()
        self._strike: Strike | None = None
        self.count = 0
        self.struck = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True, name="proxy")

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def arm(self, strike: Strike | None = None) -> None:
        """Count from zero again, with or without a strike; connections of before are cut."""
        with self._lock:
            self._cut()
            self.count, self._strike = 0, strike
            self.struck.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._wake.close()
        self._thread.join()
        for each in (self._listener, self._woken):
            each.close()
        self._selector.close()

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._woken:
                    self._cut()
                    return
                with self._lock:
                    if key.fileobj is self._listener:
                        self._accept()
                    elif key.data in self._links:
                        self._pass(key.data, key.fileobj is key.data.client)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            client.close()
            return
        link = Link(client, server)
        self._links.append(link)
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(each, selectors.EVENT_READ, link)

    def _pass(self, link: Link, is_from_client: bool) -> None:
        source = link.client if is_from_client else link.server
        try:
            content = source.recv(_BLOCK)
            if not content:
                self._close(link)
            elif is_from_client:
                for message in link.messages(content):
                    self._pass_message(link, message)
            else:
                link.client.sendall(content)
        except OSError:
            self._close(link)

    def _pass_message(self, link: Link, message: bytes) -> None:
        if link not in self._links:
            return
        self.count += 1
        strike = self._strike if self._strike and self._strike.at == self.count else None
        sent = (
            {"before": 0, "torn": len(message) // 2, "after": len(message)}[strike.moment] if strike else len(message)
        )
        if sent:
            link.server.sendall(message[:sent])
        if strike:
            strike.act()
            self.struck.set()
            if strike.cuts:
                self._cut()
            elif sent < len(message):
                link.server.sendall(message[sent:])

    def _cut(self) -> None:
        for link in list(self._links):
            self._close(link)

    def _close(self, link: Link) -> None:
        if link in self._links:
            self._links.remove(link)
            for each in (link.client, link.server):
                self._selector.unregister(each)
                with contextlib.suppress(OSError):
                    each.close()
