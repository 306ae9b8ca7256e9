"""A scripted system over real HTTP for tests of how insurers speak: each definition is YAML, as in production."""

from __future__ import annotations

import dataclasses
import http.server
import json
import pathlib
import ssl
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.definition import load_definition
from connectors.fetch import Fetched, fetch
from connectors.model import InsurerDefinition
from schemas.delivery import Credentials
from tests.connectors.asking import HISTORY

SECRET = "canary+/9c4e=7secret"  # to be looked for


@dataclasses.dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclasses.dataclass(frozen=True)
class Said:
    """One answer: a document, or bytes."""

    document: Any = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes | None = None


Script = Callable[[Asked, int], Said]
"""The answer to the n-th request, n from 0."""


class System:
    """A server that answers by a script and remembers what it was asked; with a context, over TLS."""

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        system = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                asked = Asked(self.command, parts.path, query, headers, body)
                system.asked.append(asked)
                said = script(asked, len(system.asked) - 1)
                content = said.raw if said.raw is not None else json.dumps(said.document).encode()
                self.send_response(said.status)
                for name, value in said.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET  # noqa: N815  # the base class calls it so

            def log_message(self, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if context else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


VENDOR = """
vendor: spoken
channel: api
naming: snake
limits: {requests_per_second: 10000, attempts: 2, backoff_seconds: 0.01}
"""
OWN = """
insurer: speaker
extends: spoken
name: 测试财产保险
insurer_code: SPEAKER
feed_mode: "10"
base_url: https://speaker.example/api
schedule: "30 1 * * *"
contact: it@speaker.example
"""


def defined(folder: pathlib.Path, vendor: str, url: str = "") -> InsurerDefinition:
    """The definition that a vendor's YAML makes, at an address. Raises DefinitionError."""
    for name, text in (("vendors/spoken.yml", VENDOR + vendor), ("insurers/speaker.yml", OWN)):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = load_definition("speaker", folder, {})
    return dataclasses.replace(found, base_url=f"{url}/api") if url else found


def collected(definition: InsurerDefinition, record_type: str = "policy", **extra: str) -> Fetched:
    """A fetch with login, secret and further entries of the credentials."""
    return fetch(definition, record_type, HISTORY, Credentials("hub", SECRET, extra), sleep=lambda _: None)


def policies(*numbers: int) -> list[dict[str, Any]]:
    return [{"policy_no": f"P{n}", "source_updated_at": "2026-11-01T00:00:00+08:00"} for n in numbers]


Speak = Callable[..., tuple[Any, System]]
"""A definition out of YAML and the scripted system that it asks: ``speak(script, yaml)``."""
BASE = """
paging: {kind: page, page_param: page, size_param: size, size: 2}
window: {since_param: since, until_param: until, lookback: 1d}
response: {items: rows, total: total}
records: {policy: {path: /policies}}
"""


def paged(*numbers: int, page_of: Callable[[Asked], int]) -> Script:
    def script(asked: Asked, _number: int) -> Said:
        at = (page_of(asked) - 1) * 2
        return Said({"rows": policies(*numbers)[at : at + 2], "total": len(numbers)})

    return script
