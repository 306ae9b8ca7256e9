"""The gallery over HTTP, under the headers of the portal."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

from portal.look.gallery import gallery
from portal.look.pages import CONTENT_SECURITY_POLICY
from portal.look.static_files import PREFIX, static_file

#: What a part that asks for itself is answered with in the end.
FRAGMENT = '<p id="live">已完成</p>'


class _Site(http.server.BaseHTTPRequestHandler):
    """Pages and files, and what a browser asked for, with its headers."""

    asked: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("X-CSRF-Token")))
        path, _, query = self.path.partition("?")
        if path.startswith(PREFIX):
            file = static_file(path)
            self._answer(file.content, file.media_type)
        elif path == "/fragment":
            self._answer(FRAGMENT.encode(), "text/html; charset=utf-8")
        elif path == "/gallery":
            page = gallery("en" if "en" in query else "zh", has_errors="errors" in query)
            self._answer(page.encode(), "text/html; charset=utf-8")
        else:
            self.send_error(404)

    def log_message(self, *args: object) -> None:
        """Be quiet."""

    def _answer(self, content: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def site() -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """The address of the site, and the paths asked for, each with its token."""
    handler = type("Site", (_Site,), {"asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
