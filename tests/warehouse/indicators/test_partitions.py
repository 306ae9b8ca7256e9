"""Cells of each publication stand apart, and old ones leave as a whole; nothing that a month shows can leave."""

from __future__ import annotations

import datetime as dt
import pathlib
import shutil

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, ProgrammingError

from pipeline.services.postgres import Cluster
from tests.conftest import fresh_database
from tests.warehouse.indicators.story import Hub
from warehouse.database import access
from warehouse.migrations.migrate import SCRIPTS, migrate
from warehouse.publishing.detaching import detach, detachable, detached_table

CELLS = "select count(*) from report.indicator where publication_id = :publication_id"
LATER = dt.date(2030, 1, 1)
SHOWN = "select publication_id, indicator, numerator, shown_text, mark_text from report.indicator order by 1, 2"
PUBLISHED = """
insert into mart.publication (
    publication_id, as_of, known_at, published_at, is_provisional, missing_insurers, missing_feeds, expected_count, delivered_count
) overriding system value values ({number}, '2026-10-0{number}', now(), now(), false, '{{}}', '{{}}', 0, 0);
insert into mart.indicator_value values (
    {number}, 'coverage_ratio', 1, 'as_of', '2026-10-01', '2026-10-01', '370000', '*', '*', {number}, 3, 0.5, 50, 50, null, 1, false
);
"""


@pytest.fixture
def hub(engine: sa.Engine, tmp_path: pathlib.Path) -> Hub:
    """Three publications: of two days of a month, and of a day of the next."""
    hub = Hub(engine, tmp_path)
    hub.deliver("enterprise", [{"credit_code": "E1"}])
    hub.deliver("policy", [{"policy_no": "P1", "insured_credit_code": "E1"}])
    for day in (dt.date(2026, 10, 1), dt.date(2026, 10, 2), dt.date(2026, 11, 2)):
        hub.pass_time(minutes=1)
        hub.publish(day)
    return hub


def counted(connection: sa.Connection, publication_id: int) -> int:
    return int(connection.execute(sa.text(CELLS), {"publication_id": publication_id}).scalar_one())


def test_a_reader_of_one_publication_looks_into_no_other(hub: Hub) -> None:
    first = hub.publications[0].publication_id
    with hub.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"explain select * from report.indicator where publication_id = {first}")
        read = {word for (line,) in plan for word in line.split() if word.startswith("indicator_value_")}
    assert read
    assert all(name.startswith(f"indicator_value_{first}") for name in read)


def test_what_no_month_shows_leaves_with_its_cells(hub: Hub) -> None:
    first, second, newest = (publication.publication_id for publication in hub.publications)
    with hub.engine.begin() as connection:
        before = counted(connection, first)
        assert [each.publication_id for each in detachable(connection, LATER)] == [first]
        assert [each.publication_id for each in detach(connection, dt.date(2026, 10, 1))] == []
        (old,) = detach(connection, LATER)
    with hub.engine.connect() as connection:
        assert before
        assert counted(connection, first) == 0
        assert counted(connection, second) == counted(connection, newest) == before
        assert detached_table(connection, first) == old.table
        assert detached_table(connection, second) is None
        assert connection.exec_driver_sql(f"select count(*) from {old.table}").scalar_one() == before
        told = connection.exec_driver_sql("select publication_id, row_count from mart.publication_detached").all()
        assert told == [(first, before)]
        assert detachable(connection, LATER) == []


def test_a_month_and_the_newest_cannot_be_detached_by_name(hub: Hub) -> None:
    for publication in hub.publications[1:]:
        with pytest.raises(IntegrityError, match="cannot leave"), hub.engine.begin() as connection:
            connection.execute(sa.text("call mart.detach(:one)"), {"one": publication.publication_id})


@pytest.mark.parametrize("role", [access.LOADER, access.REGULATOR])
def test_only_the_owner_detaches_and_nobody_else_reads_a_partition(hub: Hub, role: str) -> None:
    first = hub.publications[0].publication_id
    with hub.engine.connect() as connection:
        connection.exec_driver_sql(f"set role {role}")
        for attempt in (f"call mart.detach({first})", f"select * from mart.indicator_value_{first}"):
            with pytest.raises(ProgrammingError, match="permission denied"), connection.begin_nested():
                connection.exec_driver_sql(attempt)


@pytest.mark.parametrize("attempt", ["update {} set numerator = 1", "delete from {}", "truncate {}"])
def test_a_partition_is_as_protected_as_the_whole(hub: Hub, attempt: str) -> None:
    table = f"mart.indicator_value_{hub.publications[0].publication_id}"
    with pytest.raises(IntegrityError), hub.engine.begin() as connection:
        connection.exec_driver_sql(attempt.format(table))


def test_cells_of_before_are_split_and_stay(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    older = tmp_path / "migrations"
    shutil.copytree(SCRIPTS, older, ignore=shutil.ignore_patterns("__pycache__", "v1_0018_*"))
    with fresh_database(cluster) as url:
        migrate(url, older)
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            for number in (1, 2):
                connection.exec_driver_sql(PUBLISHED.format(number=number))
            before = connection.exec_driver_sql(SHOWN).all()
        migrate(url)
        with engine.connect() as connection:
            assert connection.exec_driver_sql(SHOWN).all() == before
            assert len(before) == 2
            for number in (1, 2):
                kept = connection.exec_driver_sql(f"select publication_id from mart.indicator_value_{number}")
                assert kept.scalars().all() == [number]
        engine.dispose()
