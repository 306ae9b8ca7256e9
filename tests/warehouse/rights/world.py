"""A published province, closed to the public, and readers logged in to it over TCP: for every suite that reads as somebody."""

from __future__ import annotations

import contextlib
import datetime as dt
import pathlib
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa

from pipeline.services.postgres import Cluster
from tests.warehouse import building
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import Reader, deliver
from warehouse.database import access, accounts
from warehouse.database.engine import connect
from warehouse.indicators.catalogue import load_definitions
from warehouse.publishing import months


def nothing_more(hub: Hub) -> None:
    """What is told of a province when a suite needs no more than the places."""


@contextlib.contextmanager
def province(
    cluster: Cluster, template: str, folder: pathlib.Path, name: str, tell: Callable[[Hub], None] = nothing_more
) -> Iterator[tuple[sa.Engine, Hub]]:
    """A database as superuser: records of every place and what ``tell`` adds, published as of October, months computed."""
    admin = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template {template}")
    engine = sa.create_engine(cluster.url(name))
    hub = Hub(engine, folder, indicators=tuple(load_definitions()))
    deliver(hub)
    tell(hub)
    hub.now = building.at(10)
    hub.publish(as_of=dt.date(2026, 10, 31))
    loader = connect(engine.url.render_as_string(hide_password=False), role=access.LOADER)
    months.fill(loader, hub.now, month_count=2)
    loader.dispose()
    with engine.begin() as connection:
        access.protect_database(connection)
        connection.exec_driver_sql("analyze")
    yield engine, hub
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
    admin.dispose()


@contextlib.contextmanager
def logged_in(world: sa.Engine, readers: Sequence[Reader]) -> Iterator[dict[str, sa.Engine]]:
    """An engine of each reader, by name; their roles are dropped on leaving."""
    engines = {reader.name: _login(world, reader) for reader in readers}
    yield engines
    for engine in engines.values():
        engine.dispose()
    with world.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for reader in readers:
            connection.exec_driver_sql(f"drop owned by {reader.name}")
            connection.exec_driver_sql(f"drop role {reader.name}")


def _login(world: sa.Engine, reader: Reader) -> sa.Engine:
    account = accounts.Account(reader.name, reader.kind, granted_by="test", source="test", **reader.right)
    password = accounts.add(world, account)
    return connect(world.url.set(username=reader.name, password=password).render_as_string(False))
