"""PostgreSQL servers of a drill: a primary as a hub needs it, and standbys that stream from it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import subprocess
import time
from collections.abc import Iterator

import sqlalchemy as sa

from pipeline.services.postgres import Cluster, free_port

#: Of a server that lives for one drill or test: small.
SMALL = {"shared_buffers": "64MB", "max_wal_size": "256MB"}
LONGEST_WAIT_SECONDS = 60


@contextlib.contextmanager
def running(folder: pathlib.Path, programs: pathlib.Path | None = None, **settings: str) -> Iterator[Cluster]:
    """A server in a folder of its own, by the wheel's or other ``programs``, stopped at the end."""
    server = Cluster(folder, free_port(), programs)
    try:
        server.start(**{**SMALL, **settings})
        yield server
    finally:
        server.stop("immediate")


@contextlib.contextmanager
def standby(primary: Cluster, folder: pathlib.Path, **settings: str) -> Iterator[Cluster]:
    """A hot standby named after its folder, copied from a running primary; it answers already, and streams."""
    folder.mkdir(parents=True)
    shutil.copy(primary.folder / "password", folder)
    source = f"host=127.0.0.1 port={primary.port} user=postgres application_name={folder.name}"
    options = ["-D", str(folder / "pgdata"), "-d", source, "-R", "-X", "stream", "-c", "fast"]
    subprocess.run(
        [str(primary.binaries / "pg_basebackup"), *options],
        env={**os.environ, "PGPASSWORD": primary.password},
        check=True,
        capture_output=True,
    )
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, primary.pgdata.owner(), primary.pgdata.group())
    server = Cluster(folder, free_port(), primary.programs)
    try:
        server.start(**{**SMALL, **settings})
        yield server
    finally:
        server.stop("immediate")


def ask(server: Cluster, query: str, database: str = "postgres") -> object:
    """One value, as superuser, in a transaction of its own."""
    engine = sa.create_engine(server.url(database), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            return connection.exec_driver_sql(query.replace("%", "%%")).scalar()
    finally:
        engine.dispose()


def set_quorum(*servers: Cluster) -> None:
    """Let every commit wait until any one other server has it on disk, whichever of them is the primary."""
    names = ", ".join(server.folder.name for server in servers)
    for server in servers:
        run(server, f"alter system set synchronous_standby_names = 'ANY 1 ({names})'", "select pg_reload_conf()")


def run(server: Cluster, *statements: str) -> None:
    """Execute statements as superuser, each in a transaction of its own."""
    engine = sa.create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for each in statements:
                connection.exec_driver_sql(each)
    finally:
        engine.dispose()


def wait_for(server: Cluster, query: str, seconds: float = LONGEST_WAIT_SECONDS) -> None:
    """Wait until a query answers true. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not ask(server, query):
        if time.monotonic() > end:
            raise TimeoutError(f"after {seconds:g} s still not true: {query}")
        time.sleep(0.05)


def received(server: Cluster) -> int:
    """How far a standby has received its primary's log, in bytes."""
    return int(str(ask(server, "select pg_last_wal_receive_lsn() - '0/0'")))


def promote(server: Cluster) -> None:
    """Make a standby the primary; it takes writes when this returns. Raises TimeoutError."""
    run(server, "select pg_promote(wait => true)")
    wait_for(server, "select not pg_is_in_recovery()")


def follow(server: Cluster, primary: Cluster) -> None:
    """Let a standby stream from another primary than before."""
    source = f"host=127.0.0.1 port={primary.port} user=postgres password={primary.password}"
    _stream_from(server, f"{source} application_name={server.folder.name}")


def cut_off(server: Cluster) -> None:
    """Let a standby receive nothing more."""
    _stream_from(server, "")


def _stream_from(server: Cluster, source: str) -> None:
    run(server, f"alter system set primary_conninfo = '{source}'", "select pg_reload_conf()")
