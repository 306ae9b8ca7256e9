"""A portal as a process of its own, to be killed; and clients that do not behave."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import sqlalchemy as sa

from tests.portal.front import PATIENCE_SECONDS, Front

#: The key of ``locks.cut``: who holds it keeps every load in its middle.
CUT = "select pg_advisory_xact_lock(7420003)"


@dataclass(frozen=True)
class Spawned:
    """A portal, and the process that it is."""

    front: Front
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it and everything that it started, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE_SECONDS)


@contextlib.contextmanager
def spawned(front: Front, **environ: str) -> Iterator[Spawned]:
    """One more portal of an installation, killed at the end if it still runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    settings = front.environ | {"ANZE_PORTAL_PORT": str(port), "ANZE_PORTAL_URL": address} | environ
    process = subprocess.Popen([sys.executable, "-m", "portal.server"], env=settings, start_new_session=True)
    made = Spawned(dataclasses.replace(front, address=address, _sessions={}), process)
    try:
        wait(lambda: process.poll() is not None or answers(address))
        yield made
    finally:
        made.kill()


def answers(address: str) -> bool:
    """Whether a portal says that it is well."""
    try:
        return requests.get(f"{address}/healthz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


@contextlib.contextmanager
def held(engine: sa.Engine, statement: str) -> Iterator[None]:
    """Hold what a statement locks."""
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
        yield
        connection.rollback()


def waiting(engine: sa.Engine, said: str = "") -> int:
    """How many sessions of a database wait for a lock in a statement that holds these words."""
    query = (
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' "
        "and query like %(said)s"
    )
    with engine.connect() as connection:
        return int(connection.exec_driver_sql(query, {"said": f"%{said}%"}).scalar_one())


def wait(is_so: Callable[[], object]) -> None:
    """Wait until something is so. Fails when it takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def raw(address: str, head: str, body: Iterator[bytes], *, hangs_up: bool = False) -> bytes:
    """Send a request by hand and return the answer; ``hangs_up``: go away after the body, without listening."""
    found = urlsplit(address)
    with socket.create_connection((found.hostname or "", found.port or 0), timeout=PATIENCE_SECONDS) as wire:
        wire.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for piece in body:
                wire.sendall(piece)
        if hangs_up:
            return b""
        got = b""
        with contextlib.suppress(ConnectionError):
            while piece := wire.recv(1 << 16):
                got += piece
    return got
