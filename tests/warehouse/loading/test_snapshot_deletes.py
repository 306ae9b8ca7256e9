"""Deliveries that replace: what they do not hold is withdrawn, behind a guard, and comes back when it is sent again."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from schemas.delivery import Replacement
from schemas.errors import NothingToDecide, SetupError, StopFeed
from tests.warehouse.building import at, fault, land_rows, load_batch, load_rows, one, policy, rows_of
from warehouse.landing import batches, decisions
from warehouse.landing.load_report import LoadReport
from warehouse.loading import snapshot_deletes

ALL = Replacement()
OCTOBER = Replacement(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
LIVE = "select policy_no from core.policy_current order by 1"


def policies(numbers: Iterable[int], **changes: Any) -> list[dict[str, Any]]:
    """Policies P001 and so on, unchanged since the 16th."""
    return [policy(f"P{n:03}", at(16), **changes) for n in numbers]


def live(engine: sa.Engine) -> list[str]:
    return [row[0] for row in rows_of(engine, LIVE)]


def books(report: LoadReport) -> tuple[int, ...]:
    return (report.accepted, report.quarantined, report.duplicate, report.superseded, report.withdrawn)


def test_a_full_snapshot_withdraws_what_it_does_not_hold(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    load_rows(engine, tmp_path, "policy", policies(range(100)), at(18))
    load_rows(engine, tmp_path, "policy", policies(range(1)), at(18), insurer_id="hanlu")
    report = load_rows(engine, tmp_path, "policy", policies(range(2, 100)), at(19), replaces=ALL)
    assert (report.state, books(report)) == ("loaded", (0, 0, 98, 0, 2))
    assert live(engine) == ["P000", *(f"P{n:03}" for n in range(2, 100))]
    assert one(engine, "select count(*) from core.policy_known(:moment)", moment=at(18, 10)) == 101
    tombstone = rows_of(
        engine,
        "select batch_id, row_no, operation_code, source_updated_at, correction_reason_text, first_received_at, timeliness"
        " from core.policy where is_withdrawn and policy_no = 'P001'",
    )
    why = f"批次 {report.batch_id} 全量报送中没有该记录"
    assert tombstone == [(report.batch_id, 0, "D", at(16), why, at(18), None)]
    receipt = batches.show_batch(engine, report.batch_id).receipt
    assert (receipt.replaces, receipt.withdrawn_count) == ("all", 2)
    assert batches.report(engine, report.batch_id).withdrawn == 2


def test_a_window_withdraws_only_inside_it(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    october = policies(range(100), issue_date=dt.date(2026, 10, 31))
    november = policies(range(100, 200), issue_date=dt.date(2026, 11, 1))
    load_rows(engine, tmp_path, "policy", october + november, at(18))
    moved = policies([101], issue_date=dt.date(2026, 11, 2))
    report = load_rows(engine, tmp_path, "policy", october[1:] + moved, at(19), replaces=OCTOBER)
    assert (books(report), report.findings) == ((1, 0, 99, 0, 1), (("BAT-022", "warning", 1),))
    assert live(engine) == [f"P{n:03}" for n in range(1, 200)]
    assert "2026-10-01 至 2026-10-31" in one(
        engine, "select correction_reason_text from core.policy where is_withdrawn"
    )


def test_the_window_counts_the_day_in_shanghai(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [
        {
            "report_no": f"C{n}",
            "operation_code": "I",
            "source_updated_at": at(16),
            "reported_at": dt.datetime(2026, 9, 30, 15 + n, 30, tzinfo=dt.UTC),
        }
        for n in range(2)
    ]
    load_rows(engine, tmp_path, "claim", rows, at(18))
    load_rows(engine, tmp_path, "claim", [], at(19), replaces=OCTOBER)
    assert rows_of(engine, "select live_count, missing_count from landing.batch where state = 'awaiting'") == [(1, 1)]


def test_a_withdrawn_record_comes_back_with_the_same_content(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    """Snapshots A, B, A: the third restores exactly, content and current state; the first receipt never moves."""
    everything, fewer = policies(range(100)), policies(range(99))
    columns = "policy_no, content_hash, source_updated_at, first_received_at, holder_name, issue_date"
    state = f"select {columns} from core.policy_current order by 1"
    landed = []
    for day, rows in ((18, everything), (19, fewer), (20, everything), (21, everything)):
        receipt = land_rows(engine, tmp_path, "policy", rows, at(day), replaces=ALL, is_timeless=True)
        landed.append(receipt)
        if receipt.state == "received":
            load_batch(engine, receipt.batch_id, "policy", rows, at(day))
        if day == 18:
            before = rows_of(engine, state)
    assert [receipt.state for receipt in landed] == ["received", "received", "received", "duplicate"]
    assert landed[3].duplicate_of == landed[2].batch_id
    assert rows_of(engine, state) == before
    assert rows_of(engine, "select row_no, is_withdrawn from core.policy where policy_no = 'P099' order by version_id") == [
        (100, False), (0, True), (100, False)
    ]  # fmt: skip


def test_changes_count_anew_after_a_snapshot(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    """The same bytes again are a duplicate only until a delivery that replaces may have undone them."""
    one_more = policies([1])

    def land(replaces: Replacement | None, rows: list[dict[str, Any]], day: int) -> str:
        receipt = land_rows(engine, tmp_path, "policy", rows, at(day), replaces=replaces, is_timeless=True)
        if receipt.state == "received":
            load_batch(engine, receipt.batch_id, "policy", rows, at(day))
        return receipt.state

    everything = policies(range(100))
    assert [land(None, everything, 17), land(None, one_more, 17), land(None, one_more, 18)] == ["received", "received", "duplicate"]  # fmt: skip
    assert land(ALL, [row for row in everything if row not in one_more], 19) == "received"
    assert "P001" not in live(engine)
    assert [land(None, one_more, 20), land(None, one_more, 21)] == ["received", "duplicate"]
    assert "P001" in live(engine)


def test_what_was_received_before_a_snapshot_does_not_come_back(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    """Its newer time of change does not help: the snapshot, received later, did not hold it."""
    load_rows(engine, tmp_path, "policy", policies(range(100)), at(18))
    changed = [policy("P001", at(18), employee_count=3)]
    earlier = land_rows(engine, tmp_path, "policy", changed, at(19))
    load_rows(engine, tmp_path, "policy", policies(n for n in range(100) if n != 1), at(20), replaces=ALL)
    report = load_batch(engine, earlier.batch_id, "policy", changed, at(21))
    assert (books(report), "P001" in live(engine)) == ((0, 0, 0, 1, 0), False)


def test_what_was_received_after_a_snapshot_stays_when_the_snapshot_is_loaded_late(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    old = policies(range(100))
    load_rows(engine, tmp_path, "policy", old, at(18))
    snapshot = land_rows(engine, tmp_path, "policy", old[1:], at(19), replaces=ALL)
    load_rows(engine, tmp_path, "policy", [policy("P000", at(16), employee_count=3)], at(20))
    report = load_batch(engine, snapshot.batch_id, "policy", old[1:], at(21))
    assert (report.withdrawn, "P000" in live(engine)) == (0, True)


def test_a_held_row_counts_as_present_and_a_held_delivery_withdraws_nothing(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    load_rows(engine, tmp_path, "policy", policies(range(100)), at(18))
    changed = policies(range(99), employee_count=2)
    report = load_rows(engine, tmp_path, "policy", changed, at(19), replaces=ALL, findings=[fault(1)])
    assert (books(report), "P000" in live(engine), "P099" in live(engine)) == ((98, 1, 0, 0, 1), True, False)
    report = load_rows(engine, tmp_path, "policy", policies([5]), at(20), replaces=ALL, findings=[fault(1)])
    assert (report.state, report.withdrawn, len(live(engine))) == ("rejected", 0, 99)


def test_a_row_without_readable_key_withdraws_nothing(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    load_rows(engine, tmp_path, "policy", policies(range(100)), at(18))
    rows = [*policies(range(99)), {**policy("P099", at(16)), "policy_no": None}]
    report = load_rows(engine, tmp_path, "policy", rows, at(19), replaces=ALL)
    assert (report.withdrawn, len(live(engine))) == (0, 100)
    assert ("BAT-023", "warning", 1) in report.findings


def test_open_matters_of_a_withdrawn_record_are_resolved(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = policies(range(100))
    load_rows(engine, tmp_path, "policy", rows, at(17), findings=[fault(1, "POL-003", "warning")])
    load_rows(engine, tmp_path, "policy", [policy("P000", at(17), employee_count=-1)], at(18), findings=[fault(1)])
    report = load_rows(engine, tmp_path, "policy", rows[1:], at(19), replaces=ALL)
    for table in ("quality.finding", "quarantine.row"):
        assert rows_of(engine, f"select distinct resolved_by_batch_id from {table}") == [(report.batch_id,)]


@pytest.mark.parametrize(("stored", "kept", "bound"), [(100, 97, "2%"), (3000, 2949, "50 条"), (5, 0, "2%")])
def test_beyond_a_bound_a_person_is_asked_and_nothing_is_written(
    engine: sa.Engine, tmp_path: pathlib.Path, stored: int, kept: int, bound: str
) -> None:
    load_rows(engine, tmp_path, "policy", policies(range(stored)), at(18))
    rows = policies(range(kept), employee_count=7)
    report = load_rows(engine, tmp_path, "policy", rows, at(19), replaces=ALL)
    assert (report.state, report.received, report.withdrawn) == ("awaiting", 0, 0)
    assert rows_of(engine, "select count(*), max(employee_count) from core.policy") == [(stored, None)]
    receipt = batches.show_batch(engine, report.batch_id).receipt
    assert (receipt.live_count, receipt.missing_count, receipt.received_count) == (stored, stored - kept, None)
    assert f"上限 {bound}" in (receipt.reason_text or "")
    assert f"P{kept:03}" in (receipt.reason_text or "")
    assert f"anze batch accept {report.batch_id}" in receipt.next_action
    with pytest.raises(StopFeed, match="awaits a decision"):
        load_batch(engine, report.batch_id, "policy", rows, at(20))


@pytest.fixture
def asked(engine: sa.Engine, tmp_path: pathlib.Path) -> int:
    """A batch of 90 that would withdraw ten of a hundred."""
    load_rows(engine, tmp_path, "policy", policies(range(100)), at(18))
    return load_rows(engine, tmp_path, "policy", policies(range(90)), at(19), replaces=ALL).batch_id


def test_accepted_it_is_loaded_and_says_who_decided(engine: sa.Engine, asked: int) -> None:
    decisions.decide(engine, asked, "accept", "王处", "机构已确认退保", at(20))
    report = load_batch(engine, asked, "policy", policies(range(90)), at(20))
    assert (report.state, books(report), len(live(engine))) == ("loaded", (0, 0, 90, 0, 10), 90)
    (finding,) = batches.show_batch(engine, asked).findings
    assert (finding.rule_id, finding.severity) == ("BAT-020", "warning")
    assert "已由 王处 决定采用:机构已确认退保" in finding.first_message
    assert rows_of(engine, "select decision, live_count, missing_count from landing.decision") == [("accept", 100, 10)]


def test_refused_it_is_rejected_and_changes_nothing(engine: sa.Engine, asked: int) -> None:
    decisions.decide(engine, asked, "refuse", "王处", "文件不全", at(20))
    report = load_batch(engine, asked, "policy", policies(range(90)), at(20))
    assert (report.state, books(report), len(live(engine))) == ("rejected", (0, 0, 0, 0, 0), 100)
    receipt = batches.show_batch(engine, asked).receipt
    assert (receipt.reason_code, receipt.received_count) == ("BAT-021", 0)
    assert "王处" in (receipt.reason_text or "")
    assert "文件不全" in (receipt.reason_text or "")


def test_an_acceptance_covers_no_more_than_was_asked(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    """A batch received before the snapshot and loaded after the question makes more records missing."""
    late = land_rows(engine, tmp_path, "policy", policies(range(100, 105)), at(17))
    load_rows(engine, tmp_path, "policy", policies(range(100)), at(18))
    asked = load_rows(engine, tmp_path, "policy", policies(range(90)), at(19), replaces=ALL).batch_id
    load_batch(engine, late.batch_id, "policy", policies(range(100, 105)), at(19))
    decisions.decide(engine, asked, "accept", "王处", "已确认", at(20))
    report = load_batch(engine, asked, "policy", policies(range(90)), at(20))
    assert (report.state, len(live(engine))) == ("rejected", 105)
    assert batches.show_batch(engine, asked).receipt.reason_code == "BAT-024"


def test_a_question_is_answered_once_with_name_and_reason(engine: sa.Engine, asked: int) -> None:
    with pytest.raises(SetupError, match="name"):
        decisions.decide(engine, asked, "accept", " ", "已确认", at(20))
    with pytest.raises(NothingToDecide, match="nothing is asked"):
        decisions.decide(engine, asked - 1, "accept", "王处", "已确认", at(20))
    assert [waiting.batch_id for waiting in decisions.awaiting(engine)] == [asked]
    decisions.decide(engine, asked, "refuse", "王处", "文件不全", at(20))
    with pytest.raises(NothingToDecide, match="refuse by 王处"):
        decisions.decide(engine, asked, "accept", "李处", "已确认", at(20))
    assert decisions.awaiting(engine) == []


@pytest.mark.parametrize("change", ["update landing.decision set reason = 'x'", "delete from landing.decision", "update landing.batch set replaces = null, replaces_from = null, replaces_to = null where replaces is not null"])  # fmt: skip
def test_decisions_and_what_a_receipt_replaces_are_never_rewritten(engine: sa.Engine, asked: int, change: str) -> None:
    decisions.decide(engine, asked, "refuse", "王处", "文件不全", at(20))
    with pytest.raises(sa.exc.DBAPIError, match="never rewritten"), engine.begin() as connection:
        connection.exec_driver_sql(change)


def test_either_bound_suffices() -> None:
    bounds = snapshot_deletes.Bounds(Decimal("0.02"), 50)
    assert bounds.hit(2500, 50) is None
    assert bounds.hit(2499, 50) == "2%"
    assert bounds.hit(1_000_000, 51) == "50 条"
