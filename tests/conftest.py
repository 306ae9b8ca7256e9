"""Real parts for tests: one PostgreSQL cluster a session, a database cloned from a migrated template for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import Cluster, free_port

TEMPLATE = "anze_template"
_names = (f"test_{n}" for n in itertools.count())


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A throw-away PostgreSQL cluster that does not fsync."""
    server = Cluster(tmp_path_factory.mktemp("postgres"), free_port())
    server.start(fsync="off", full_page_writes="off", synchronous_commit="off", shared_buffers="128MB")
    yield server
    server.stop("immediate")


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """Name of a migrated database with reference tables filled, to clone from."""
    from pipeline.setup import prepare  # noqa: PLC0415 - heavy, and only for tests that need a database

    _admin(cluster, f"create database {TEMPLATE}")
    prepare(cluster.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database_url(cluster: Cluster, template: str) -> Iterator[str]:
    """SQLAlchemy address of a fresh migrated database, dropped after the test."""
    name = next(_names)
    _admin(cluster, f"create database {name} template {template}")
    yield cluster.url(name)
    _admin(cluster, f"drop database {name} with (force)")


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """Engine to a fresh migrated database, as superuser."""
    made = sa.create_engine(database_url)
    yield made
    made.dispose()


def _admin(cluster: Cluster, statement: str) -> None:
    admin = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(statement))
    admin.dispose()
