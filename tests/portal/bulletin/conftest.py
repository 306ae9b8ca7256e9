"""A small province whose September and October are frozen, October is revised; and accounts of it, each logged in with its password."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import Cluster
from portal.bulletin.facts import Bulletin
from portal.bulletin.reading import Wanted, read
from portal.console.scope import Place
from tests.warehouse import building
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import deliver
from warehouse.database import access, accounts
from warehouse.database.engine import connect
from warehouse.indicators.catalogue import load_definitions
from warehouse.publishing import frozen

NAME = "bulletins"
SEPTEMBER, OCTOBER = dt.date(2026, 9, 1), dt.date(2026, 10, 1)
FEED = ("lichun", "policy")
ACCOUNTS = {
    "bulletin_province": {"kind": "province"},
    "bulletin_city": {"kind": "city", "region_codes": ("370200",)},
    "bulletin_company": {"kind": "insurer_reader", "insurer_id": "lichun"},
}
Reading = Callable[..., Bulletin]


@pytest.fixture(scope="session")
def world(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """The database as superuser. A feed was missing at the first freezing; an enterprise more came before the second."""
    admin = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {NAME} template {template}")
    engine = sa.create_engine(cluster.url(NAME))
    hub = Hub(engine, tmp_path_factory.mktemp("landing"), indicators=tuple(load_definitions()))
    deliver(hub)
    hub.now = building.at(10)
    _freeze(hub, SEPTEMBER)
    _freeze(hub, OCTOBER)
    late = {"credit_code": "C-LATE", "region_code": "370202", "high_risk_domain_code": "20", "enterprise_name": "迟到"}
    hub.deliver("enterprise", [late])
    _freeze(hub, OCTOBER)
    with engine.begin() as connection:
        access.protect_database(connection)
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database {NAME} with (force)")
        for name in ACCOUNTS:
            connection.exec_driver_sql(f"drop role if exists {name}")
    admin.dispose()


@pytest.fixture(scope="session")
def bulletin_of(world: sa.Engine) -> Iterator[Reading]:
    """Read a bulletin as one of the accounts."""
    engines = {name: _login(world, name) for name in ACCOUNTS}

    def reading(
        name: str, month: dt.date = OCTOBER, revision_no: int | None = None, place: Place | None = None,
        language: str = "zh",
    ) -> Bulletin:  # fmt: skip
        wanted = Wanted(month, revision_no, place, "https://hub.example")
        with engines[name].begin() as connection:
            return read(connection, wanted, language)

    yield reading
    for engine in engines.values():
        engine.dispose()


def _freeze(hub: Hub, month: dt.date) -> None:
    hub.pass_time(minutes=1)
    with hub.engine.begin() as connection:
        frozen.freeze(connection, month, hub.now, "周敏", expected=[FEED], delivered_since=hub.now)


def _login(world: sa.Engine, name: str) -> sa.Engine:
    password = accounts.add(world, accounts.Account(name, granted_by="test", source="test", **ACCOUNTS[name]))  # type: ignore[arg-type]
    return connect(world.url.set(username=name, password=password).render_as_string(False))
