"""Bodies of requests, under the same bounds wherever they are read: how large, how slow."""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.bounds import Bounds
from portal.problems import Problem

#: Where files arrive. Every other body is a small form: a new place for files is refused them until it stands here.
UPLOADS = ("/submissions", "/evidence", "/api/v1/submissions", "/api/v1/checks", "/api/v1/evidence")
#: Of the form around files.
AROUND_BYTES = 1 << 20


class Bounded:
    """Middleware: whoever reads a body past its bounds gets Problem TOO-LARGE or TOO-SLOW."""

    def __init__(self, app: ASGIApp, bounds: Bounds) -> None:
        self._app, self._bounds = app, bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            receive = _bounded(receive, self._bounds, most_bytes(scope["path"], self._bounds))
        await self._app(scope, receive, send)


def most_bytes(path: str, bounds: Bounds) -> int:
    """How large a body at this address may be."""
    return bounds.max_bytes + AROUND_BYTES if path in UPLOADS else bounds.form_bytes


def too_large(path: str, bounds: Bounds) -> Problem:
    """What is said of a body over the limit."""
    if path not in UPLOADS:
        return Problem("TOO-LARGE", f"表单不超过 {bounds.form_bytes >> 10} KB at most {bounds.form_bytes >> 10} KB")
    megabytes = bounds.max_bytes >> 20
    return Problem(
        "TOO-LARGE", f"上限 {megabytes} MB,请分成几个文件报送 at most {megabytes} MB a file",
        limit_bytes=bounds.max_bytes,
    )  # fmt: skip


def _too_slow() -> Problem:
    """Nothing more is read: a client that goes on dripping would keep its connection for ever."""
    return Problem("TOO-SLOW", headers={"Connection": "close"})


def _bounded(receive: Receive, bounds: Bounds, limit: int) -> Receive:
    begun, size, is_over = time.monotonic(), 0, False

    async def bounded() -> Message:
        nonlocal size, is_over
        if is_over:  # what is waited for then is that the client goes
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), bounds.patience_seconds)
        except TimeoutError:
            raise _too_slow() from None
        size += len(message.get("body", b""))
        is_over = not message.get("more_body", False)
        if size > limit:
            raise too_large("/submissions" if limit > bounds.form_bytes else "", bounds)
        waited = time.monotonic() - begun - bounds.patience_seconds
        if not is_over and waited > 0 and size < waited * bounds.least_bytes_per_second:
            raise _too_slow()
        return message

    return bounded
