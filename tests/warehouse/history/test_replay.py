"""A replay changes what a fix changes, and nothing else."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Sequence
from decimal import Decimal

import pytest
import sqlalchemy as sa

from schemas.contract import load_contract
from schemas.errors import NotFound, StopFeed
from schemas.findings import Finding
from tests.warehouse.building import (
    VERSIONS,
    Row,
    at,
    fault,
    fill_calendar,
    land_rows,
    load_rows,
    policy,
    put_rule_in_force,
    rows_of,
    table,
    tell,
)
from warehouse.history.replays import Wanted, choose
from warehouse.landing.load_report import LoadReport
from warehouse.landing.receipts import read_batch
from warehouse.loading.load import Loading

EVERYTHING = (
    "select t::text from core.policy as t order by version_id",
    "select t::text from quarantine.row as t order by batch_id, row_no",
    "select t::text from quality.finding as t order by finding_id",
    "select t::text from quality.milestone as t order by record_key",
    "select t::text from landing.batch as t order by batch_id",
)
CURRENT = (
    "select policy_no, written_premium_amount, batch_id, row_no, first_received_at, recorded_at"
    " from core.policy_current order by policy_no"
)


def again(
    engine: sa.Engine, batch_id: int, rows: Sequence[Row], recorded_at: dt.datetime, *findings: Finding
) -> LoadReport:
    """Replay a batch whose bytes now say these rows."""
    contract = load_contract("policy")
    with Loading(
        engine, read_batch(engine, batch_id), "test", contract, recorded_at, VERSIONS, tell, kind="replay"
    ) as loading:
        loading.stage(table(contract, rows), findings)
        return loading.merge([])


def everything(engine: sa.Engine) -> list[list[tuple[object, ...]]]:
    return [rows_of(engine, query) for query in EVERYTHING]


def books(report: LoadReport) -> tuple[int, ...]:
    return (report.received, report.accepted, report.quarantined, report.duplicate, report.superseded)


def open_findings(engine: sa.Engine) -> list[tuple[object, ...]]:
    return rows_of(
        engine, "select row_no, rule_id, opened_at from quality.finding where resolved_at is null order by 1"
    )


def test_nothing_changes_where_nothing_was_fixed(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    fill_calendar(engine)
    put_rule_in_force(engine, tmp_path)
    rows = [policy("P1", at(16)), policy("P2", at(16)), policy("P3", at(16)), policy("P4", at(16), operation_code="D")]
    told = (fault(2), fault(3, "POL-050", "warning"), fault(4, "ENV-005", "warning"))
    first = load_rows(engine, tmp_path, "policy", rows, at(17), findings=told)
    load_rows(engine, tmp_path, "policy", [policy("P3", at(18), contact_name="李四")], at(18))
    before = everything(engine)
    report = again(engine, first.batch_id, rows, at(20), fault(2), fault(3, "POL-050", "warning"))
    assert books(report) == (4, 0, 1, 3, 0)
    assert everything(engine) == before
    logged = rows_of(engine, "select kind, recorded_at, received_count from landing.load where batch_id = :b", b=2)
    assert logged == [("first", at(17), 4), ("replay", at(20), 4)]


def test_a_fix_clears_the_rows_that_pass_now_and_no_others(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    fill_calendar(engine)
    put_rule_in_force(engine, tmp_path)
    rows = [policy("P1", at(16)), policy("P2", at(16)), policy("P3", at(16))]
    first = load_rows(engine, tmp_path, "policy", rows, at(17), findings=[fault(1), fault(2), fault(2, "POL-007")])
    receipt = rows_of(engine, EVERYTHING[-1])
    held = "select q::text from quarantine.row as q where row_no = 2"
    before = rows_of(engine, held)
    report = again(engine, first.batch_id, rows, at(27), fault(2, "POL-007"))
    assert (books(report), report.cleared) == ((3, 1, 1, 1, 0), 1)
    assert rows_of(engine, held) == before
    cleared = rows_of(engine, "select row_no, resolved_by_batch_id, resolved_at from quarantine.row where row_no = 1")
    assert cleared == [(1, first.batch_id, at(27))]
    assert open_findings(engine) == [(2, "POL-007", at(17))]
    assert [(row[0], row[3], row[4], row[5]) for row in rows_of(engine, CURRENT)] == [
        ("P1", 1, at(17), at(27)),
        ("P3", 3, at(17), at(17)),
    ]
    verdicts = rows_of(engine, "select record_key, timeliness, first_received_at from quality.milestone order by 1")
    assert verdicts == [("P1", "on_time", at(17)), ("P3", "on_time", at(17))]
    assert rows_of(engine, EVERYTHING[-1]) == receipt


def test_what_was_accepted_stays_and_a_newer_rule_speaks_once(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [policy("P1", at(16)), policy("P2", at(16))]
    first = load_rows(engine, tmp_path, "policy", rows, at(17), findings=[fault(2, "POL-050", "warning")])
    core = rows_of(engine, EVERYTHING[0])
    for day in (20, 21):
        report = again(engine, first.batch_id, rows, at(day), fault(1), fault(2, "POL-050", "warning"))
        assert books(report) == (2, 0, 0, 2, 0)
        assert open_findings(engine) == [(1, "POL-001", at(20)), (2, "POL-050", at(17))]
    again(engine, first.batch_id, rows, at(22))
    assert open_findings(engine) == []
    assert rows_of(engine, EVERYTHING[0]) == core
    assert rows_of(engine, "select * from quarantine.row") == []


def test_a_row_read_anew_replaces_itself_whatever_its_time_and_back(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    wrong, right = policy("P1", at(30)), policy("P1", at(16), written_premium_amount=Decimal("1.00"))
    first = load_rows(engine, tmp_path, "policy", [wrong], at(17))
    amounts = []
    for day, row in ((20, right), (21, wrong), (22, wrong)):
        report = again(engine, first.batch_id, [row], at(day))
        amounts.append((rows_of(engine, CURRENT)[0][1], report.accepted))
    assert amounts == [(Decimal("1.00"), 1), (Decimal("100.00"), 1), (Decimal("100.00"), 0)]
    assert {row[4] for row in rows_of(engine, CURRENT)} == {at(17)}


def test_a_key_read_anew_withdraws_the_old_one(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [policy("X1", at(16)), policy("X2", at(16)), policy("X3", at(16))]
    first = load_rows(engine, tmp_path, "policy", rows, at(17))
    fixed = [policy("Y1", at(16)), policy("Y2", at(16)), policy("X3", at(16))]
    report = again(engine, first.batch_id, fixed, at(20), fault(2))
    assert (books(report), report.withdrawn) == ((3, 1, 1, 1, 0), 1)
    assert [row[0] for row in rows_of(engine, CURRENT)] == ["X2", "X3", "Y1"]
    tombstone = "select policy_no, row_no, batch_id, recorded_at from core.policy where is_withdrawn"
    assert rows_of(engine, tombstone) == [("X1", 0, first.batch_id, at(20))]
    back = again(engine, first.batch_id, rows, at(21))
    assert [row[0] for row in rows_of(engine, CURRENT)] == ["X1", "X2", "X3"]
    assert (back.accepted, back.withdrawn, back.cleared) == (1, 1, 1)


def test_a_correction_sent_since_is_not_overwritten(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    held = [policy("P1", at(16)), policy("P2", at(16))]
    first = load_rows(engine, tmp_path, "policy", held, at(17), findings=[fault(1), fault(2)])
    corrected = policy("P1", at(18), written_premium_amount=Decimal("5.00"))
    second = load_rows(engine, tmp_path, "policy", [corrected, policy("P2", at(16), contact_name="李四")], at(19))
    before = rows_of(engine, "select q::text from quarantine.row as q order by row_no")
    report = again(engine, first.batch_id, held, at(20))
    assert (books(report), report.cleared) == ((2, 0, 0, 0, 2), 0)
    assert {row[2] for row in rows_of(engine, CURRENT)} == {second.batch_id}
    assert rows_of(engine, "select q::text from quarantine.row as q order by row_no") == before


def test_a_rehearsal_tells_and_changes_nothing(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows, contract = [policy("P1", at(16))], load_contract("policy")
    first = load_rows(engine, tmp_path, "policy", rows, at(17), findings=[fault(1)])
    before = [*everything(engine), rows_of(engine, "select l::text from landing.load as l")]
    loading = Loading(
        engine,
        read_batch(engine, first.batch_id),
        "test",
        contract,
        at(20),
        VERSIONS,
        tell,
        kind="replay",
        is_rehearsal=True,
    )
    with loading:
        loading.stage(table(contract, rows))
        report = loading.merge([])
    assert (report.accepted, report.cleared) == (1, 1)
    assert [*everything(engine), rows_of(engine, "select l::text from landing.load as l")] == before


def test_a_replay_is_recorded_after_all_that_its_feed_knew(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [policy("P1", at(16))]
    first = load_rows(engine, tmp_path, "policy", rows, at(17))
    for _ in range(2):
        again(engine, first.batch_id, rows, at(10))
    moments = [row[0] for row in rows_of(engine, "select recorded_at from landing.load order by load_no")]
    assert moments == [at(17) + n * dt.timedelta(microseconds=1) for n in range(3)]


def test_batches_are_chosen_in_the_order_of_loading(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    waiting = land_rows(engine, tmp_path, "policy", [policy("P9", at(9))], at(14)).batch_id
    held = load_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(17), findings=[fault(1, "POL-014")])
    clean = load_rows(engine, tmp_path, "policy", [policy("P2", at(17))], at(18), insurer_id="yushui")
    twice = load_rows_twice(engine, tmp_path)
    with Loading(
        engine, read_batch(engine, waiting), "test", load_contract("policy"), at(19), VERSIONS, tell
    ) as loading:
        loading.stage(table(load_contract("policy"), [policy("P9", at(9))]))
        loading.merge([])
    unread = land_rows(engine, tmp_path, "policy", [policy("P8", at(9))], at(20)).batch_id
    order = [held.batch_id, clean.batch_id, twice[0], waiting]
    assert choose(engine, Wanted()) == order
    assert choose(engine, Wanted(held_by="POL-014")) == [held.batch_id]
    assert choose(engine, Wanted(insurer_ids=("yushui",))) == [clean.batch_id]
    assert choose(engine, Wanted(since=dt.date(2026, 11, 17), until=dt.date(2026, 11, 17))) == [held.batch_id]
    assert choose(engine, Wanted(batch_ids=(waiting, held.batch_id))) == [held.batch_id, waiting]
    assert choose(engine, Wanted(record_types=("claim",))) == []
    for batch_id, told in ((twice[1], f"same as batch {twice[0]}"), (unread, "was not loaded yet")):
        with pytest.raises(StopFeed, match=told):
            choose(engine, Wanted(batch_ids=(batch_id,)))
    with pytest.raises(NotFound, match="there is no batch 999"):
        choose(engine, Wanted(batch_ids=(999,)))


def load_rows_twice(engine: sa.Engine, folder: pathlib.Path) -> tuple[int, int]:
    """A batch, and its duplicate."""
    rows = [policy("P3", at(17))]
    first = load_rows(engine, folder, "policy", rows, at(18, 10))
    return first.batch_id, land_rows(engine, folder, "policy", rows, at(18, 10)).batch_id
