"""A twin: a second database on the same server, filled from one snapshot of the first and dropped when done.

    with twin(engine, "receipts") as pair:      # landing without its loads, for a rebuild
    with twin(engine, "everything") as pair:    # a copy, to try something out

A twin whose maker died is dropped by the next one: each maker holds an advisory lock named after its twin.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import exc

from schemas.errors import SetupError
from warehouse.database import access, locks
from warehouse.database.engine import connect, database_errors
from warehouse.database.statements import statement
from warehouse.history import twin_copying
from warehouse.migrations.migrate import migrate

Content = Literal["receipts", "everything"]
PREFIX = "anze_twin"
NO_PRIVILEGE = "42501"


@dataclass(frozen=True)
class Twin:
    """``engine`` opens the twin; ``source`` reads the snapshot of the first database that the twin was filled from."""

    engine: sa.Engine
    source: sa.Connection


@contextlib.contextmanager
def twin(engine: sa.Engine, content: Content) -> Iterator[Twin]:
    """Make a twin of a database, and drop it at the end.

    ``receipts``: every receipt as it arrived, editions, decisions and reference tables. ``everything``: all tables.
    The snapshot stays open until the end. Raises SetupError for a login that may not create databases.
    """
    keeper = engine.execution_options(isolation_level="AUTOCOMMIT").connect()
    try:
        prefix = f"{PREFIX}_{_source_oid(keeper)}_"
        _drop_leftovers(keeper, prefix)
        name = prefix + secrets.token_hex(6)
        locks.try_session(keeper, name)
        try:
            _create(keeper, name)
            yield from _filled(engine, engine.url.set(database=name), content)
        finally:
            _drop(keeper, name)
    finally:
        # The lock goes with its session: a connection that returns to the pool would keep it.
        keeper.invalidate()
        keeper.close()


def _filled(engine: sa.Engine, url: sa.URL, content: Content) -> Iterator[Twin]:
    address = url.render_as_string(hide_password=False)
    migrate(address)
    made = connect(address)
    try:
        with engine.connect() as source:
            source.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with database_errors("closing a twin"), made.begin() as target:
                access.close_database(target)
            with database_errors("filling a twin"), made.begin() as target:
                twin_copying.fill(source, target, content)
            yield Twin(made, source)
    finally:
        made.dispose()


def _source_oid(keeper: sa.Connection) -> int:
    query = "select oid from pg_catalog.pg_database where datname = current_database()"
    return int(keeper.exec_driver_sql(query).scalar_one())


def _drop_leftovers(keeper: sa.Connection, prefix: str) -> None:
    for name in keeper.execute(statement("history/twin/leftovers"), {"prefix": prefix}).scalars().all():
        if locks.try_session(keeper, name):
            _drop(keeper, name)


def _create(keeper: sa.Connection, name: str) -> None:
    try:
        keeper.exec_driver_sql(f"create database {name}")
    except exc.DBAPIError as error:
        if getattr(error.orig, "pgcode", None) == NO_PRIVILEGE:
            login = keeper.engine.url.username
            raise SetupError(f"{login} may not create databases: run this with a login that may (createdb)") from None
        with database_errors("creating a twin"):
            raise


def _drop(keeper: sa.Connection, name: str) -> None:
    with database_errors("dropping a twin"):
        keeper.exec_driver_sql(f"drop database if exists {name} with (force)")
