"""What a regulator asks for both times with psql, and what it does not get that way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from schemas.contract import RECORD_TYPES
from tests.warehouse.building import at, rows_of
from warehouse.database import access
from warehouse.database.ddl import reported_as
from warehouse.database.engine import connect

DAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="module")
def regulator(small: sa.Engine) -> Iterator[sa.Engine]:
    """The regulator, logged in."""
    access.set_passwords(small, {"anze_regulator": "secret"})
    engine = connect(small.url.set(username="anze_regulator", password="secret").render_as_string(False))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("relation", [*map(reported_as, RECORD_TYPES), "insurer"])
def test_a_regulator_asks_for_both_times_and_sees_the_columns_of_the_view(regulator: sa.Engine, relation: str) -> None:
    with regulator.connect() as connection:
        now = connection.exec_driver_sql(f"select * from report.{relation}").keys()
        known = connection.exec_driver_sql(f"select * from report.{relation}_known('2026-11-20T09:00+08')").keys()
        both = connection.exec_driver_sql(f"select * from {relation}_at('2026-11-20', '2026-11-20T09:00+08')").keys()
    assert list(now) == list(known) == list(both)


def test_a_regulator_sees_history_and_policy_states(regulator: sa.Engine) -> None:
    query = "select policy_no, employee_count, termination_date from policy_at(:day, :known_at) order by policy_no"
    assert [row[0] for row in rows_of(regulator, query, day=DAY, known_at=at(18))] == ["P1"]
    assert [row[0] for row in rows_of(regulator, query, day=DAY, known_at=at(19))] == ["P1", "P2"]
    state = "select policy_no, is_in_force from policy_state_at(:day, :known_at) order by policy_no"
    assert rows_of(regulator, state, day=dt.date(2026, 12, 1), known_at=at(19)) == [("P1", False), ("P2", True)]
    assert rows_of(regulator, "select count(*) from indicator_at(:day, :at)", day=DAY, at=at(20)) == [(0,)]


@pytest.mark.parametrize(
    "attempt",
    [
        "select contact_name from report.policy_at('2026-11-20', now())",
        "select (p).contact_name from report.policy_at('2026-11-20', now()) as p",
        "select * from core.policy_at('2026-11-20', now())",
        "select * from core.policy_known(now())",
        "select * from core.policy_state_at('2026-11-20', now())",
        "select * from quarantine.row_open_at(now())",
        "select * from quality.finding_open_at(now())",
        "select * from landing.batch_known(now())",
        "create or replace function report.policy_known(timestamptz) returns int language sql as 'select 1'",
        "alter function report.policy_known set search_path = public",
        "create function pg_temp.timestamptz_le(timestamptz, timestamptz) returns boolean language sql as 'select true'",
    ],
)
def test_a_regulator_gets_no_more_than_that(regulator: sa.Engine, attempt: str) -> None:
    """No such right, no such column, or no writing at all."""
    with pytest.raises(sa.exc.DBAPIError) as refusal, regulator.connect() as connection:
        connection.exec_driver_sql(attempt)
    assert refusal.value.orig.pgcode in ("42501", "42703", "25006")  # type: ignore[union-attr]


def test_a_whole_row_holds_no_hidden_column(regulator: sa.Engine) -> None:
    query = "select jsonb_object_keys(to_jsonb(p)) from report.policy_at('2026-11-20', '2026-11-19T09:00+08') as p"
    names = {name for (name,) in rows_of(regulator, query)}
    assert "policy_no" in names
    assert not names & {"contact_name", "contact_phone"}


def test_a_plan_tells_a_regulator_nothing_of_what_lies_below(regulator: sa.Engine) -> None:
    query = "explain (analyze, verbose, buffers) select * from policy_at('2026-11-20', now()) where employee_count > 0"
    plan = "\n".join(line for (line,) in rows_of(regulator, query))
    assert "Function Scan" in plan
    assert "contact" not in plan
    assert "core." not in plan
    assert "recorded_at <=" not in plan
