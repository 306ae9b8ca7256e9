"""A front door that really stands open: the portal on a port of its own, over a database of a test, with accounts."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import pathlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import requests
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI

from pipeline.services.installation import NIGHT, PASSWORDS
from pipeline.settings import load_settings
from portal.app import create_app
from portal.door import open_door
from warehouse.database import access, accounts
from warehouse.database.accounts import Account

#: Of everything that a person waits for here.
PATIENCE_SECONDS = 60.0
#: Of the hub's own logins: roles are the whole server's, so that every front of a process has the same.
OWN_PASSWORDS = {name: secrets.token_urlsafe(12) for name in PASSWORDS.values()}


@dataclass
class Front:
    """Where the portal answers, by which settings, and the accounts that can sign in. State: passwords of accounts, sessions opened."""

    address: str
    engine: sa.Engine
    var_folder: pathlib.Path
    app: FastAPI
    environ: dict[str, str]
    passwords: dict[str, str] = field(default_factory=dict)
    _sessions: dict[str, Session] = field(default_factory=dict)

    def account(self, name: str, kind: str, **right: object) -> str:
        """Add an account; returns its login. Names are the whole server's, so that each test module takes its own."""
        self.passwords[name] = accounts.add(self.engine, Account(name, kind, granted_by="test", **right))  # type: ignore[arg-type]
        return name

    def session(self, login: str) -> Session:
        """A browser without pictures, signed in once."""
        if login not in self._sessions:
            session = Session(self.address)
            form = {"login": login, "password": self.passwords[login]}
            answer = session.post("/sign-in", data=form, allow_redirects=False)
            assert answer.status_code == 303, answer.text
            self._sessions[login] = session
        return self._sessions[login]


class Session(requests.Session):
    """Asks one portal: addresses begin with a slash, and whoever asks is taken for a person with a browser."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.headers["Accept"] = "text/html,application/json"

    def request(self, method: str, url: str, *args: object, **more: object) -> requests.Response:  # type: ignore[override]
        more.setdefault("timeout", PATIENCE_SECONDS)
        return super().request(method, self.address + url, *args, **more)  # type: ignore[arg-type]

    @property
    def csrf(self) -> str:
        """The session's secret for forms, as its pages carry it."""
        page = self.get("/").text
        return page.partition('name="csrf-token" content="')[2].partition('"')[0]


@contextlib.contextmanager
def front(database_url: str, folder: pathlib.Path, **environ: str) -> Iterator[Front]:
    """The portal over a database, stopped with everything that it started; roles of accounts are dropped."""
    engine = sa.create_engine(database_url)
    made = _environ(engine, folder) | environ
    try:
        with _served(made) as (address, app):
            opened = Front(address, engine, folder, app, made)
            try:
                yield opened
            finally:
                _drop(engine, opened.passwords)
    finally:
        engine.dispose()


@contextlib.contextmanager
def another(front: Front, **environ: str) -> Iterator[Front]:
    """One more portal of the same installation, with other settings if given; the accounts are the same."""
    with _served(front.environ | environ) as (address, app):
        yield Front(address, front.engine, front.var_folder, app, front.environ, front.passwords)


@contextlib.contextmanager
def _served(environ: dict[str, str]) -> Iterator[tuple[str, FastAPI]]:
    with _listening() as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = create_app(open_door(load_settings({"ANZE_PORTAL_URL": address} | environ)))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            _wait(lambda: server.started)
            yield address, app
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)


def settled(session: Session, batch_id: int) -> dict[str, object]:
    """A delivery once it has its verdict."""
    found: dict[str, object] = {}

    def is_over() -> bool:
        found.update(session.get(f"/api/v1/submissions/{batch_id}").json())
        return found["state"] != "received"

    _wait(is_over)
    return found


def _environ(engine: sa.Engine, folder: pathlib.Path) -> dict[str, str]:
    """Settings as ``anze up`` writes them; the hub's own logins get passwords of this test."""
    passwords = OWN_PASSWORDS
    access.set_passwords(engine, {role: passwords[name] for role, name in PASSWORDS.items()})
    with engine.begin() as connection:
        access.protect_database(connection)
    loader = engine.url.set(username=access.LOADER, password=passwords[PASSWORDS[access.LOADER]])
    offset = NIGHT - dt.datetime.now(dt.UTC)
    (folder / "drop").mkdir(parents=True, exist_ok=True)
    return {
        **os.environ, **passwords, "ANZE_DATABASE_URL": loader.render_as_string(hide_password=False),
        "ANZE_VAR": str(folder), "ANZE_LANDING": str(folder / "landing"), "ANZE_DROP": str(folder / "drop"),
        "ANZE_CLOCK_OFFSET": str(offset.total_seconds()), "ANZE_SANDBOX_URL": "http://127.0.0.1:1",
    }  # fmt: skip


@contextlib.contextmanager
def _listening() -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


def _wait(is_so: object) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def _drop(engine: sa.Engine, names: dict[str, str]) -> None:
    with engine.begin() as connection:
        for name in names:
            connection.exec_driver_sql(f"drop owned by {name}; drop role {name}")
