"""A published province and an account of every kind of reader, each logged in over TCP with its password."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import Cluster
from tests.warehouse.rights.places import READERS, Reader
from tests.warehouse.rights.world import logged_in, province


@pytest.fixture(scope="session")
def world(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """The database as superuser: loaded, published, closed to the public."""
    with province(cluster, template, tmp_path_factory.mktemp("landing"), "rights") as (engine, _):
        yield engine


@pytest.fixture(scope="session")
def logins(world: sa.Engine) -> Iterator[dict[str, sa.Engine]]:
    """An engine of each reader, by name."""
    with logged_in(world, READERS) as engines:
        yield engines


@pytest.fixture(params=READERS, ids=lambda reader: reader.name)
def reader(request: pytest.FixtureRequest) -> Reader:
    """Every kind of reader, one after the other."""
    found: Reader = request.param
    return found


@pytest.fixture
def login(reader: Reader, logins: dict[str, sa.Engine]) -> sa.Engine:
    """The reader, logged in."""
    return logins[reader.name]
