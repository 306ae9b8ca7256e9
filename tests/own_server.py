"""The suite on a server of the user's own, in place of a cluster from the wheel: its DBA starts it, tests reach it by address.

    ANZE_TEST_DATABASE_URL=postgresql+psycopg2://postgres:...@127.0.0.1:5432/postgres pytest -n 0 tests/warehouse

The login is a superuser's: tests read every row, fill tables of all owners and kill sessions. Databases and roles are made
and dropped there, and passwords of the hub's roles set: it is a server for tests alone, used by one session at a time.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import Cluster

VARIABLE = "ANZE_TEST_DATABASE_URL"
#: Databases that tests make: what a killed session left behind is dropped by the next.
LEFTOVERS = r"""
    select quote_ident(datname) from pg_database
    where datname ~ '^(anze_template|bulletins|console|console_months|read_from_a_standby|rights|stand|(test|shared|side|anze_twin)_.*)$'
"""


@dataclass(frozen=True, kw_only=True)
class OwnServer(Cluster):
    """A server that was there before; ``address`` is a superuser's, of the database from which others are made."""

    address: sa.URL

    def url(self, database: str, user: str = "postgres", password: str | None = None) -> str:
        """SQLAlchemy address of one database; ``postgres`` stands for the one of ``address``."""
        name = self.address.database if database == "postgres" else database
        given = {} if password is None else {"username": user, "password": password}
        return self.address.set(database=name, **given).render_as_string(hide_password=False)

    @property
    def pgdata(self) -> pathlib.Path:
        """Nothing that tests may look into."""
        _skip()

    def start(self, **settings: str) -> None:
        """Is no test's to do."""
        _skip()


def _skip() -> NoReturn:
    pytest.skip(f"needs the server's own files and process, not those of {VARIABLE}")


def refuse_workers(config: pytest.Config) -> None:
    """Raise UsageError for several workers on one server: roles and their passwords are the server's."""
    if VARIABLE in os.environ and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError(f"{VARIABLE} names one server, whose roles tests change: run with -n 0")


@contextlib.contextmanager
def own_server() -> Iterator[Cluster]:
    """Take the server of ANZE_TEST_DATABASE_URL, rid of what an earlier session left."""
    address = sa.make_url(os.environ[VARIABLE])
    admin = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        if connection.exec_driver_sql("show is_superuser").scalar_one() != "on":
            pytest.exit(f"{VARIABLE} names {address.username}, who is no superuser", returncode=4)
        _drop_leftovers(connection)
        yield OwnServer(folder=pathlib.Path("/nowhere"), port=address.port or 5432, address=address)
        _drop_leftovers(connection)
    admin.dispose()


def _drop_leftovers(connection: sa.Connection) -> None:
    for name in connection.exec_driver_sql(LEFTOVERS).scalars().all():
        connection.exec_driver_sql(f"drop database {name} with (force)")
