"""The gallery over HTTP, under the headers of the portal."""

from __future__ import annotations

import contextlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal.look.gallery import frame, gallery
from portal.look.pages import CONTENT_SECURITY_POLICY, render
from portal.look.static_files import PREFIX, static_file

#: What a part that asks for itself is answered with in the end.
FRAGMENT = '<p id="live">已完成</p>'


def sign_in() -> str:
    """The page before all others, after a wrong password."""
    alone = replace(frame(has_errors=True), viewer=None, menu=(), crumbs=())
    return render(
        "sign_in.html", "zh", frame=alone, action="/sign-in", errors=["账号或密码不正确"], login="tianji",
        next_path="/submissions", asks_code=True, has_provider=True,
    )  # fmt: skip


def message() -> str:
    """A page of an error."""
    return render(
        "message.html", "zh", frame=frame(has_errors=True), heading="没有权限", what="该企业不在您的范围内。",
        todo=["请联系平台管理员"], links=[("回到首页", "/")], reference="R-20261120-1",
    )  # fmt: skip


PAGES = {"/sign-in": sign_in, "/message": message}


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
        elif path in PAGES:
            self._answer(PAGES[path]().encode(), "text/html; charset=utf-8")
        elif path == "/gallery":
            page = gallery("en" if "en" in query else "zh", has_errors="errors" in query)
            self._answer(page.encode(), "text/html; charset=utf-8")
        else:
            self.send_error(404)

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # a page was closed while it still asked
            super().handle()

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
