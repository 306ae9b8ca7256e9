"""Parallel workers know who asks: what a worker shows is what one process alone shows."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.warehouse.building import rows_of
from tests.warehouse.rights.places import Reader
from tests.warehouse.rights.test_rows import COUNTED
from warehouse.database.access import READER_SETTINGS

pytestmark = pytest.mark.usefixtures("logins")


def asked_of_a_worker(engine: sa.Engine, query: str, role: str | None = None) -> list[tuple[object, ...]]:
    """What a query answers when a worker reads, as its login or as a role that the session has set."""
    with engine.begin() as connection:
        if role:
            connection.exec_driver_sql(f"set local role {role}")
        connection.exec_driver_sql(f"set local TimeZone = '{READER_SETTINGS['TimeZone']}'")
        version = connection.dialect.server_version_info
        name = "debug_parallel_query" if version >= (16,) else "force_parallel_mode"
        connection.exec_driver_sql(f"set local {name} = on")
        plan = "\n".join(connection.exec_driver_sql(f"explain (analyze, costs off) {query}").scalars())
        if "Workers" not in plan and version < (17,):
            pytest.skip("before PostgreSQL 17 no worker runs a query with an InitPlan, and who asks is one")
        assert "Workers Launched: 1" in plan
        return [tuple(row) for row in connection.exec_driver_sql(query)]


@pytest.mark.parametrize("name", COUNTED)
def test_a_worker_shows_what_one_process_shows(world: sa.Engine, reader: Reader, login: sa.Engine, name: str) -> None:
    query = f"select cast(v as text) from report.{name} as v order by 1"
    alone = rows_of(login, query)
    assert asked_of_a_worker(login, query) == alone
    # The superuser's own session sees everything: so would a worker that did not know the role that was set.
    assert asked_of_a_worker(world, query, role=reader.name) == alone
