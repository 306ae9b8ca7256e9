"""An end to every exchange: a server that trickles its headers or its body is hung up on."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import requests.adapters
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Deadline(requests.adapters.HTTPAdapter):
    """Carries a session's requests and knows their sockets; the time-outs of the library bound a single read only.

    ``context`` shows a client certificate or trusts one more authority; None = the library's own.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._sockets = weakref.WeakSet[socket.socket]()
        self.is_over = False
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """Make the pools, of connections that tell their socket."""
        super().init_poolmanager(*arguments, **self._with_context(named))
        self.poolmanager.pool_classes_by_scheme = _pools(self._sockets)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        """Make the pools of a proxy in the same way."""
        pools = super().proxy_manager_for(proxy, **self._with_context(named))
        pools.pool_classes_by_scheme = _pools(self._sockets)
        return pools

    def _with_context(self, named: dict[str, Any]) -> dict[str, Any]:
        return {**named, "ssl_context": self._context} if self._context else named

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Hang up on whatever is still under way after ``seconds``; ``is_over`` then says so."""
        self.is_over = False
        timer = threading.Timer(seconds, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        self.is_over = True
        for each in list(self._sockets):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)


def _pools(sockets: weakref.WeakSet[socket.socket]) -> dict[str, type[HTTPConnectionPool]]:
    """Pools by scheme whose connections add their socket to ``sockets``."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            sockets.add(self.sock)

    class Encrypted(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            sockets.add(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}
