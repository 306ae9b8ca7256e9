"""A database for tests that only read, or that leave it as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import Cluster
from tests.warehouse.building import at, fault, load_rows, policy
from warehouse.database import access


@pytest.fixture(scope="module")
def shared_engine(cluster: Cluster, template: str, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """Engine to one migrated database for all tests of a module."""
    name = f"shared_{request.module.__name__.rpartition('.')[2]}"
    admin = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template {template}")
    engine = sa.create_engine(cluster.url(name))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
    admin.dispose()


@pytest.fixture(scope="module")
def small(shared_engine: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    """Policy P1 in two versions (loaded on the 18th and 19th), P2 held on the 18th and good on the 19th."""
    folder = tmp_path_factory.mktemp("landing")
    span = {"cover_start_date": dt.date(2026, 11, 18), "cover_end_date": dt.date(2027, 11, 17)}
    first = [policy("P1", at(16), **span), policy("P2", at(16), **span)]
    load_rows(shared_engine, folder, "policy", first, at(18), findings=[fault(2)])
    ended = {**span, "termination_date": dt.date(2026, 12, 1), "policy_status_code": "40"}
    load_rows(shared_engine, folder, "policy", [policy("P1", at(17), **ended), policy("P2", at(17), **span)], at(19))
    with shared_engine.begin() as connection:
        access.protect_database(connection)
    return shared_engine
