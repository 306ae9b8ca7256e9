"""What a request is called in every line of the log, in its answer and on the page that tells of a fault."""

from __future__ import annotations

import re
import uuid

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline import logs

HEADER = "X-Request-ID"
#: A name that a proxy in front may give; whatever else is sent is no name, and goes into no log.
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Named:
    """Middleware, above all others: a request keeps the name that it came with, else it gets one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = Headers(scope=scope).get(HEADER, "")
            logs.from_here(request_id=given if _NAME.fullmatch(given) else uuid.uuid4().hex)
        await self._app(scope, receive, send)


def request_id() -> str:
    """The name of the request at hand."""
    return str(logs.known().get("request_id", ""))
