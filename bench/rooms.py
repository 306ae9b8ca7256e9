"""Throw-away installations: a PostgreSQL with databases to copy, so that each repetition begins with the same tables."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from bench.files import NOW, VARIANTS, file_of
from pipeline import steps
from pipeline.hub import Hub
from pipeline.services.postgres import Cluster, binaries, free_port
from pipeline.settings import load_settings
from pipeline.setup import prepare
from sandbox import registers, truth
from warehouse.database import access

REGULATOR = "regulator"
YOUNG, SETTLED = "young", "settled"
#: What a settled installation holds of the measured insurer's neighbour, before it is analyzed.
SETTLED_ROWS = 20_000


@dataclass(frozen=True)
class Room:
    """A cluster in a temporary folder, and the clock of everything that is loaded into it."""

    cluster: Cluster
    folder: pathlib.Path
    clock_seconds: float

    def copy(self, name: str, template: str) -> str:
        """A fresh database like another, without what landed under the name before. The cluster is quiet afterwards."""
        shutil.rmtree(self._var(name), ignore_errors=True)
        with self.admin() as connection:
            connection.exec_driver_sql(f"drop database if exists {name} with (force)")
            connection.exec_driver_sql(f"create database {name} template {template} strategy file_copy")
            connection.exec_driver_sql("checkpoint")
        return name

    @contextlib.contextmanager
    def admin(self, database: str = "template1") -> Iterator[sa.Connection]:
        """A superuser's connection, each statement its own transaction."""
        engine = sa.create_engine(self.cluster.url(database), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            yield connection

    def environ(self, database: str) -> dict[str, str]:
        """What makes a command, or a hub, work on one of the databases."""
        password = self.cluster.password
        return {
            **os.environ,
            "ANZE_DATABASE_URL": self.cluster.url(database, access.LOADER, password),
            "ANZE_VAR": str(self._var(database)),
            "ANZE_CLOCK_OFFSET": str(self.clock_seconds),
        }

    def psql(self, database: str, command: str) -> list[str]:
        """The command line of psql for one command."""
        address = self.cluster.url(database).replace("postgresql+psycopg2", "postgresql")
        return [str(binaries() / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", command]

    def _var(self, database: str) -> pathlib.Path:
        return self.folder / "var" / database


@contextlib.contextmanager
def room() -> Iterator[Room]:
    """A cluster as an installation starts it, with a young database; stopped and removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="anze-bench-") as name:
        folder = pathlib.Path(name)
        server = Cluster(folder / "pg", free_port())
        server.start()
        opened = Room(server, folder, (NOW - dt.datetime.now(dt.UTC)).total_seconds())
        try:
            with opened.admin() as connection:
                connection.exec_driver_sql(f"create database {YOUNG}")
            prepare(server.url(YOUNG), NOW - dt.timedelta(days=1))
            with opened.admin(YOUNG) as connection:
                connection.exec_driver_sql(f"alter role {access.LOADER} login password '{server.password}'")
            yield opened
        finally:
            server.stop("immediate")


def settle(
    opened: Room,
    name: str = SETTLED,
    variant: str = "neighbour",
    policies: int = SETTLED_ROWS,
    *,
    has_registers: bool = True,
) -> str:
    """A database with policies, and the registers of a small province, vacuumed and analyzed."""
    opened.copy(name, YOUNG)
    hub = steps.open_hub(load_settings(opened.environ(name)))
    if has_registers:
        for path in registers.write_registers(truth.build(1, 0.02), opened.folder / f"registers-{name}"):
            _load(hub, REGULATOR, path.name.rpartition("_")[0], path)
    _load(hub, VARIANTS[variant].insurer_id, "policy", file_of("policy", policies, variant))
    hub.engine.dispose()
    with opened.admin(name) as connection:
        connection.exec_driver_sql("vacuum analyze")
    return name


def _load(hub: Hub, insurer_id: str, record_type: str, path: pathlib.Path) -> None:
    report = steps.load(hub, steps.submit(hub, insurer_id, record_type, path).batch_id)
    if not report.accepted:
        raise RuntimeError(f"nothing of {path.name} was loaded: {report.findings}")
