"""The insurers' systems: one HTTP server on loopback that answers for every insurer with an API, in its own dialect.

``python -m sandbox.server --port 8035 --seed 42 --scale 0.01`` serves the seeded province until it is stopped.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import json
import pathlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from sandbox import nesting, wire
from sandbox.accounts import TOKEN_CALLS, Accounts, Asked, credentials
from sandbox.cast import Insurer, cast
from sandbox.dialects import DIALECTS
from sandbox.dialects.speech import Call, Dialect, Reply, Slice, cut, flat_texts
from sandbox.faults import shown
from sandbox.misbehaviour import Misbehaviour, Mischief, distort, distort_document
from sandbox.truth.clock import NIGHT_BEGINS
from sandbox.truth.province import Feeding

__all__ = ["credentials", "serve"]

THROTTLED_CALLS = 3
BODY_BYTES = 10_000


@dataclass
class Systems:
    """All insurers' systems. State: accounts, misbehaviour, calls answered with 429."""

    province: Feeding
    accounts: Accounts
    mischief: Mischief
    throttled: Counter[str] = field(default_factory=Counter)
    insurers: dict[str, Insurer] = field(default_factory=lambda: {i.insurer_id: i for i in cast() if not i.is_drop})

    @functools.cached_property
    def rows(self) -> Callable[..., list[dict[str, Any]]]:
        """The province's feed, kept for the pages of one answer."""
        return functools.lru_cache(maxsize=64)(self._rows)

    def _rows(self, insurer_id: str, record_type: str, since: dt.datetime | None, until: dt.datetime) -> list[Any]:
        return shown(self.province, insurer_id, record_type, since, until)


def answer(systems: Systems, insurer: Insurer, asked: Asked, url: str) -> tuple[Reply, wire.Manner]:
    """The reply to one query for rows, and how it goes over the wire."""
    dialect = DIALECTS[insurer.dialect]
    kind = systems.mischief.next_kind(insurer.insurer_id)
    manner = wire.Manner(dialect, kind, asked.headers.get("accept-encoding", ""))
    problem = systems.accounts.problem(insurer.insurer_id, dialect, asked)
    if problem or kind == "refused":
        return dialect.refuse(401, problem or "account is locked"), manner
    if kind == "echo_secret":
        return dialect.refuse(418, f"denied: {credentials(insurer.insurer_id, systems.accounts.seed)}"), manner
    if asked.method != dialect.method:
        return dialect.refuse(405, "no such method"), manner
    query = asked.form if dialect.method == "POST" else asked.query
    call = Call(url, {name: value for name, value in query.items() if name != dialect.key_name})
    early = wire.early_reply(dialect, kind, call)
    if early:
        return early, manner
    path = asked.path.removeprefix(f"/{insurer.insurer_id}").rstrip("/")
    if path not in dialect.paths:
        return dialect.refuse(404, "no such address"), manner
    return _page(systems, insurer, dialect.paths[path], call, manner), manner


def _page(systems: Systems, insurer: Insurer, record_type: str, call: Call, manner: wire.Manner) -> Reply:
    dialect = manner.dialect
    try:
        since, until = dialect.window(call.query)
        offset, size = dialect.position(call.query)
    except (KeyError, ValueError) as error:
        return dialect.refuse(400, f"bad parameter: {error}")
    if until > NIGHT_BEGINS and (fault := _fault(systems, insurer)):
        return fault
    records = nesting.records(dialect, functools.partial(systems.rows, insurer.insurer_id), record_type, since, until)
    rows = [nesting.row(dialect, record_type, record, n) for n, record in enumerate(records)] if manner.kind else None
    part = _slice(dialect, record_type, records, offset, size)
    reply = dialect.reply(distort(manner.kind, part, rows or []), call)
    document = distort_document(manner.kind, reply.document)
    keys = credentials(insurer.insurer_id, systems.accounts.seed)["extra"]
    sealed = dialect.seal(document, keys) if dialect.seal else document
    return Reply(sealed, reply.status, reply.headers)


def _slice(dialect: Dialect, record_type: str, records: list[dict[str, Any]], offset: int, size: int) -> Slice:
    chosen, following = cut(records, offset, size)
    rows = [nesting.row(dialect, record_type, record, offset + n) for n, record in enumerate(chosen)]
    return Slice(rows, len(records), offset, size, following)


def _fault(systems: Systems, insurer: Insurer) -> Reply | None:
    """What goes wrong in the demo's night: one insurer is down, one sends too fast callers away three times."""
    if insurer.fault == "down":
        return Reply({"error": "service unavailable"}, 503)
    if insurer.fault != "throttling" or systems.throttled[insurer.insurer_id] >= THROTTLED_CALLS:
        return None
    systems.throttled[insurer.insurer_id] += 1
    is_date = systems.throttled[insurer.insurer_id] % 2 == 0
    wait = formatdate(time.time() + 1, usegmt=True) if is_date else "1"
    return Reply({"error": "too many requests"}, 429, {"Retry-After": wait})


def _form(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """The parameters of a body by name; none of one that cannot be read."""
    try:
        if "json" not in headers.get("content-type", ""):
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        document = json.loads(body)
    except ValueError:
        return {}
    return flat_texts(document) if isinstance(document, dict) else {}


def _token(systems: Systems, insurer: Insurer, dialect: Dialect, asked: Asked) -> Reply:
    if dialect.auth == "sign_in":
        token = systems.accounts.sign_in(insurer.insurer_id, asked)
        given = {"code": 0, "msg": "ok", "data": {"ticket": token, "expiresIn": 1800}}
        return Reply(given) if token else dialect.refuse(401, "用户名或密码错误")
    token = systems.accounts.issue_token(insurer.insurer_id, asked, asked.form.get("grant_type"))
    if token is None:
        return Reply({"error": "invalid_client"}, 401)
    return Reply({"access_token": token, "token_type": "Bearer", "expires_in": 3600})


class Handler(BaseHTTPRequestHandler):
    """Reads requests and hands them to ``answer``; bound to its systems by ``serve``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    systems: Systems

    def do_GET(self) -> None:
        """Answer for rows, or that the server is up."""
        asked = self._asked(b"")
        if asked.path == "/health":
            wire.send(self, Reply({"status": "up"}))
        else:
            self._answer(asked)

    def do_POST(self) -> None:
        """Give a token, or answer for rows that are asked for in a body."""
        asked = self._asked(self.rfile.read(min(BODY_BYTES, int(self.headers.get("Content-Length") or 0))))
        insurer = self.systems.insurers.get(asked.path.split("/")[1])
        dialect = DIALECTS[insurer.dialect] if insurer else None
        if insurer and dialect and asked.path == f"/{insurer.insurer_id}{dialect.token_path}":
            wire.send(self, _token(self.systems, insurer, dialect, asked))
        elif dialect and dialect.method == "POST":
            self._answer(asked)
        else:
            wire.send(self, Reply({"error": "no such address"}, 404))

    def _answer(self, asked: Asked) -> None:
        insurer = self.systems.insurers.get(asked.path.split("/")[1])
        if insurer is None:
            wire.send(self, Reply({"error": "no such insurer"}, 404))
        else:
            url = f"http://{self.headers.get('Host', '')}{asked.path}"
            wire.send(self, *answer(self.systems, insurer, asked, url))

    def _asked(self, body: bytes) -> Asked:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return Asked(self.command, parts.path, query, headers, time.time(), body, _form(headers, body))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Say nothing: queries may hold keys."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of callers that hang up."""


@dataclass
class Serving:
    """A server that runs in a thread of its own, until ``stop`` or the end of a with block."""

    listener: ThreadingHTTPServer
    systems: Systems

    @property
    def url(self) -> str:
        """Its address, such as ``http://127.0.0.1:8035``."""
        return f"http://127.0.0.1:{self.listener.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self.listener.shutdown()
        self.listener.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def serve(
    province: Feeding,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    seed: int | None = None,
    misbehaviour: dict[str, Misbehaviour] | None = None,
    token_calls: int = TOKEN_CALLS,
) -> Serving:
    """A started server for all insurers with an API; port 0 takes a free one. Credentials follow from ``seed``."""
    chosen = int(getattr(province, "seed", 0)) if seed is None else seed
    systems = Systems(province, Accounts(chosen, token_calls), Mischief(misbehaviour or {}))
    handler = type("BoundHandler", (Handler,), {"systems": systems})
    serving = Serving(_Listener((host, port), handler), systems)
    serving.start()
    return serving


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the seeded province until interrupted; ``--credentials FILE`` writes all credentials as JSON, mode 0600."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.server", description=main.__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scale", type=float, required=True)
    parser.add_argument("--credentials", type=pathlib.Path)
    options = parser.parse_args(arguments)
    if options.credentials:
        write_credentials(options.credentials, options.seed)
    from sandbox import truth

    with serve(truth.build(options.seed, options.scale), port=options.port, seed=options.seed):
        threading.Event().wait()


def write_credentials(path: pathlib.Path, seed: int) -> None:
    """All insurers' credentials as one JSON object by insurer id, readable by the owner only."""
    path.touch(mode=0o600)
    every = {i.insurer_id: credentials(i.insurer_id, seed) for i in cast() if not i.is_drop}
    path.write_text(json.dumps(every, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
