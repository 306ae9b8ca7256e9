"""``/metrics``: how the hub stands, for a Prometheus that shows the token of ANZE_METRICS_TOKEN; without one, nothing is there."""

from __future__ import annotations

import hmac
import threading
import time

from fastapi import Request, Response

from pipeline.hub import Hub
from pipeline.watching import CONTENT_TYPE, metrics
from portal.asking import door
from portal.problems import Problem

PATH = "/metrics"
#: However often it is asked, the database is looked at once in so many seconds.
KEPT_SECONDS = 15.0


class Watch:
    """The last look at a hub, kept for a while; who asks during a look waits for it."""

    def __init__(self, hub: Hub) -> None:
        self._hub, self._lock = hub, threading.Lock()
        self._found, self._until = b"", 0.0

    def look(self) -> bytes:
        """The metrics, a look at most so old. Raises as ``metrics``."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._found, self._until = metrics(self._hub), time.monotonic() + KEPT_SECONDS
            return self._found


def answer(request: Request) -> Response:
    """The metrics as OpenMetrics. Raises Problem NOT-FOUND without a token in the settings, SIGN-IN-NEEDED with another."""
    token = door(request).hub.settings.environ.get("ANZE_METRICS_TOKEN", "")
    if not token:
        raise Problem("NOT-FOUND")
    shown = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(shown.encode(), token.encode()):
        raise Problem("SIGN-IN-NEEDED")
    watch: Watch = request.app.state.watch
    return Response(watch.look(), media_type=CONTENT_TYPE)
