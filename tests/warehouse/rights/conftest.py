"""A published province and an account of every kind of reader, each logged in over TCP with its password."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import Cluster
from tests.warehouse import building
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import READERS, Reader, deliver
from warehouse.database import access, accounts
from warehouse.database.engine import connect
from warehouse.indicators.catalogue import load_definitions
from warehouse.publishing import months

NAME = "rights"


@pytest.fixture(scope="session")
def world(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """The database as superuser: loaded, published twice, frozen, closed to the public."""
    admin = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {NAME} template {template}")
    engine = sa.create_engine(cluster.url(NAME))
    hub = Hub(engine, tmp_path_factory.mktemp("landing"), indicators=tuple(load_definitions()))
    deliver(hub)
    hub.now = building.at(10)
    hub.publish(as_of=dt.date(2026, 10, 31))
    loader = connect(engine.url.render_as_string(hide_password=False), role=access.LOADER)
    months.fill(loader, hub.now, month_count=2)
    loader.dispose()
    with engine.begin() as connection:
        access.protect_database(connection)
        connection.exec_driver_sql("analyze")
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database {NAME} with (force)")
        for reader in READERS:
            connection.exec_driver_sql(f"drop role if exists {reader.name}")
    admin.dispose()


@pytest.fixture(scope="session")
def logins(world: sa.Engine) -> Iterator[dict[str, sa.Engine]]:
    """An engine of each reader, by name."""
    engines = {reader.name: _login(world, reader) for reader in READERS}
    yield engines
    for engine in engines.values():
        engine.dispose()


@pytest.fixture(params=READERS, ids=lambda reader: reader.name)
def reader(request: pytest.FixtureRequest) -> Reader:
    """Every kind of reader, one after the other."""
    found: Reader = request.param
    return found


@pytest.fixture
def login(reader: Reader, logins: dict[str, sa.Engine]) -> sa.Engine:
    """The reader, logged in."""
    return logins[reader.name]


def _login(world: sa.Engine, reader: Reader) -> sa.Engine:
    account = accounts.Account(reader.name, reader.kind, granted_by="test", source="test", **reader.right)
    password = accounts.add(world, account)
    return connect(world.url.set(username=reader.name, password=password).render_as_string(False))
