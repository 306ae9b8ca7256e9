"""A database for tests that only read, or that leave it as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import Cluster


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
