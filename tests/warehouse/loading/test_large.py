"""Large batches are joined whole, small ones looked up: what becomes of them is the same. Plans hang on no luck."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from tests.warehouse.building import at, fault, load_rows, one, policy, rows_of
from warehouse.database import statistics
from warehouse.loading import merge

VERDICTS = """
select record_key, event_on, deadline_on, timeliness, first_received_at from quality.milestone
where milestone = 'issue_date' order by 1
"""
PAST = "select record_key, event_on from quality.milestone_past where milestone = 'issue_date' order by 1"


@pytest.fixture(params=[0, merge.LOOKUP_ROWS], ids=["large", "small"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "LOOKUP_ROWS", request.param)


@pytest.mark.usefixtures("_either_way")
def test_first_again_and_changed_deliveries_come_to_the_same(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    first = [policy(f"P{n}", at(16)) for n in range(1, 6)]
    report = load_rows(engine, tmp_path, "policy", first, at(18), findings=[fault(5)])
    assert (report.accepted, report.quarantined) == (4, 1)
    assert load_rows(engine, tmp_path, "policy", first[:4], at(19)).duplicate == 4
    moved = policy("P1", at(17), issue_date=dt.date(2026, 11, 10), correction_reason_text="更正")
    gone = policy("P2", at(17), operation_code="D")
    report = load_rows(engine, tmp_path, "policy", [moved, gone, first[4], policy("P3", at(15))], at(20))
    assert (report.accepted, report.superseded) == (3, 1)
    assert rows_of(engine, "select policy_no from core.policy_current order by 1") == [
        ("P1",), ("P3",), ("P4",), ("P5",)
    ]  # fmt: skip
    verdicts = rows_of(engine, VERDICTS)
    assert [(key, event_on, received) for key, event_on, _, _, received in verdicts] == [
        ("P1", dt.date(2026, 11, 10), at(18)),
        ("P2", dt.date(2026, 11, 16), at(18)),
        ("P3", dt.date(2026, 11, 16), at(18)),
        ("P4", dt.date(2026, 11, 16), at(18)),
        ("P5", dt.date(2026, 11, 16), at(20)),
    ]
    assert rows_of(engine, PAST) == [("P1", dt.date(2026, 11, 16))]
    assert one(engine, "select count(*) from quarantine.row where resolved_at is not null") == 1


@pytest.mark.parametrize(
    ("row_count", "largest_table", "is_whole"),
    [(50_000, 0, False), (100_000, -1, True), (100_000, 900_000, True), (100_000, 30_000_000, False)],
)
def test_a_large_batch_is_looked_up_where_core_is_far_larger(
    row_count: int, largest_table: int, is_whole: bool
) -> None:
    assert merge.is_joined_whole(row_count, largest_table) is is_whole


def test_a_table_that_grew_is_known_to_the_planner_before_the_next_load(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    load_rows(engine, tmp_path, "policy", [policy(f"P{n}", at(16)) for n in range(400)], at(18))
    statistics.keep(engine)
    known = "select reltuples from pg_class where oid = 'core.policy'::regclass"
    assert one(engine, known) == 400
    with engine.connect() as connection:
        assert statistics.largest_table(connection) == 400
    assert one(engine, "select count(*) from pg_stats where schemaname = 'core' and tablename = 'policy'") > 0
    statistics.keep(engine)
    assert one(engine, known) == 400
