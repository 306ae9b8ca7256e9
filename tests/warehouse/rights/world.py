"""A published province, closed to the public, and readers logged in to it over TCP: for every suite that reads as somebody."""

from __future__ import annotations

import contextlib
import datetime as dt
import pathlib
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import sqlalchemy as sa

from pipeline.services.postgres import Cluster
from quality.working_days import load_calendar
from tests.warehouse import building
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import Reader, deliver
from warehouse.alerts import issues
from warehouse.alerts.raising import Look, Policy, look
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
    with loader.begin() as connection:
        raise_alerts(connection, hub.now)
    loader.dispose()
    with engine.begin() as connection:
        access.protect_database(connection)
        connection.exec_driver_sql("analyze")
    yield engine, hub
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
    admin.dispose()


def raise_alerts(connection: sa.Connection, moment: dt.datetime) -> None:
    """Let the clock look twice: alerts of insurers, of cities, and of both insurers together, with a person's word."""
    calendar = load_calendar()
    for n, policy in enumerate((Policy(), Policy(rollup_share=Decimal("0.1"), rollup_least=2))):
        at = moment + n * dt.timedelta(days=1)
        look(connection, Look(at.date(), at, calendar.version, None), policy, 2)
        for alert in issues.alerts(connection, limit=1000):
            issues.acknowledge(connection, alert.alert_no, "王五", f"R000000D00I{alert.insurer_id or 'lichun'}", at)
            for insurer_id in ("lichun", "yushui") if alert.scope == "province" and alert.insurer_count else ():
                issues.acknowledge(
                    connection, alert.alert_no, "赵六", f"R000000D00I{insurer_id}", at, insurer_id=insurer_id
                )


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
