"""One batch: split, merged, accounted."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from quality.catalogue import load_rules
from quality.messages import refusals
from schemas.contract import load_contract
from schemas.errors import DefinitionError, SetupError, StopFeed, UnreadableFile
from tests.warehouse.building import (
    VERSIONS,
    at,
    fault,
    land_rows,
    load_rows,
    one,
    policy,
    rows_of,
    sql_rule,
    table,
    tell,
)
from warehouse.landing import batches
from warehouse.landing.receipts import read_batch
from warehouse.loading.load import Loading

CURRENT = "select policy_no, written_premium_amount from core.policy_current order by 1"


def test_good_rows_load_and_bad_rows_wait_with_every_reason(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [policy("P1", at(16)), policy("P2", at(16)), policy("P3", at(16))]
    faults = [fault(2, "POL-001"), fault(2, "POL-002"), fault(3, "POL-003", "warning")]
    report = load_rows(engine, tmp_path, "policy", rows, at(18), findings=faults)
    assert (report.state, report.received, report.accepted, report.quarantined) == ("partly_loaded", 3, 2, 1)
    assert report.findings == (("POL-001", "error", 1), ("POL-002", "error", 1), ("POL-003", "warning", 1))
    held = batches.quarantined_rows(engine, report.batch_id)
    assert [(row.row_no, row.place, row.record_key) for row in held] == [(2, "line 3", "P2")]
    assert [reason["rule_id"] for reason in held[0].reasons] == ["POL-001", "POL-002"]
    assert held[0].raw["contact_name"] == "张三"
    view = batches.show_batch(engine, report.batch_id)
    assert "更正" in view.receipt.next_action
    assert batches.report(engine, report.batch_id).findings == report.findings


def test_everything_held_is_rejected_and_the_books_balance(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    report = load_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(18), findings=[fault(1)])
    assert (report.state, report.received, report.quarantined) == ("rejected", 1, 1)
    assert batches.show_batch(engine, report.batch_id).receipt.reason_code == "ROW-ALL"
    assert batches.show_batch(engine, report.batch_id).receipt.reason_text.startswith(
        "全部行被隔离,未入库(涉及规则:POL-001);请"
    )


def test_an_empty_delivery_is_loaded(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    assert load_rows(engine, tmp_path, "policy", [], at(18)).state == "loaded"


def test_null_and_empty_text_stay_apart(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    odd = ['a,"b"\n', "\\N", "NULL", " \\.", "\r\n", "'; drop table core.policy --", "😀𠀀"]
    rows = [policy(f"P{n}", at(16), holder_name=name) for n, name in enumerate(["", None, *odd])]
    load_rows(engine, tmp_path, "policy", rows, at(18))
    assert [row[0] for row in rows_of(engine, "select holder_name from core.policy order by row_no")] == [
        "",
        None,
        *odd,
    ]


def test_text_that_postgresql_cannot_hold_is_held_back_not_lost(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [policy("P1", at(16), holder_name="a\x00b"), policy("P2", at(16))]
    report = load_rows(engine, tmp_path, "policy", rows, at(18))
    assert (report.accepted, report.quarantined) == (1, 1)
    assert report.findings == (("FILE-090", "error", 1),)
    assert batches.quarantined_rows(engine, report.batch_id)[0].raw["holder_name"] == "a␀b"


def test_a_row_without_key_is_held_even_if_no_rule_says_so(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [
        {**policy("P1", at(16)), "policy_no": None},
        policy("P2", at(16), operation_code=None),
        policy("P3", at(16)),
    ]
    report = load_rows(engine, tmp_path, "policy", rows, at(18))
    assert (report.accepted, report.quarantined) == (1, 2)
    assert report.findings == (("BAT-090", "error", 2),)


def test_same_key_with_other_content_in_one_file_holds_all_of_them(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [policy("P1", at(16)), policy("P1", at(17), employee_count=3), policy("P2", at(16)), policy("P2", at(16))]
    report = load_rows(engine, tmp_path, "policy", rows, at(18))
    assert (report.accepted, report.quarantined, report.duplicate) == (1, 2, 1)
    assert report.findings == (("BAT-002", "error", 2),)


def test_over_an_interface_versions_of_a_key_are_taken_in_order(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [policy("P1", at(17), employee_count=2), policy("P1", at(16), employee_count=1)]
    report = load_rows(engine, tmp_path, "policy", rows, at(18), channel="api")
    assert (report.accepted, report.superseded) == (1, 1)
    assert rows_of(engine, "select employee_count from core.policy_current") == [(2,)]


def test_an_older_version_that_comes_late_is_kept_and_overwrites_nothing(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    load_rows(engine, tmp_path, "policy", [policy("P1", at(16), employee_count=2)], at(18))
    report = load_rows(engine, tmp_path, "policy", [policy("P1", at(15), employee_count=1)], at(19))
    assert (report.accepted, report.superseded) == (0, 1)
    assert rows_of(engine, "select employee_count from core.policy_current") == [(2,)]
    assert one(engine, "select count(*) from core.policy where recorded_at = superseded_at") == 1


def test_a_resent_row_is_a_duplicate_and_brings_no_second_finding(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    warning = [fault(1, "POL-003", "warning")]
    load_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(18), findings=warning)
    report = load_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(19), findings=warning)
    assert (report.duplicate, report.findings) == (1, ())
    assert one(engine, "select count(*) from quality.finding") == 1


def test_a_withdrawal_hides_the_record_and_keeps_its_history(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    load_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(18))
    gone = {"policy_no": "P1", "operation_code": "D", "source_updated_at": at(17), "correction_reason_text": "重复"}
    load_rows(engine, tmp_path, "policy", [gone], at(19))
    assert rows_of(engine, CURRENT) == []
    known = "select count(*) from core.policy_known(:known_at)"
    assert (one(engine, known, known_at=at(18, 10)), one(engine, known, known_at=at(20))) == (1, 0)
    assert one(engine, "select count(*) from report.policy") == 0


def test_rules_across_records_hold_rows_warn_and_reject_batches(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [policy("P1", at(16)), policy("P2", at(16))]
    row_rule = sql_rule("select row_no, policy_no, 'P9' from staged where policy_no = 'P2'")
    notice = sql_rule("select cast(null as bigint), count(*), :channel from staged", "POL-101", severity="warning")
    report = load_rows(engine, tmp_path, "policy", rows, at(18), rules=[row_rule, notice])
    assert (report.accepted, report.quarantined) == (1, 1)
    reason = batches.quarantined_rows(engine, report.batch_id)[0].reasons[0]
    assert (reason["value"], reason["expected"], reason["message"]) == ("P2", "P9", "保单号为P2,应为P9。请核对。")
    whole = sql_rule("select cast(null as bigint), 'all', null where :received_at is not null", "POL-102")
    report = load_rows(engine, tmp_path, "policy", [policy("P3", at(16)), policy("P4", at(16))], at(19), rules=[whole])
    assert (report.state, report.quarantined) == ("rejected", 2)
    assert {r.reasons[0]["rule_id"] for r in batches.quarantined_rows(engine, report.batch_id)} == {"POL-102"}


@pytest.mark.parametrize(
    ("select", "told"),
    [
        (
            "select nothing",
            r'POL-100.select: column "nothing" does not exist \(SQLSTATE 42703\); fix: correct the select',
        ),
        ("select row_no from staged where policy_no = :policy", r"POL-100.select: .*'policy'; fix: correct the select"),
        ("select cast(policy_no as integer) from staged", r"POL-100.select: PostgreSQL refuses it \(SQLSTATE 22P02\)"),
    ],
)
def test_a_rule_that_postgresql_refuses_is_named_and_nothing_is_written(
    engine: sa.Engine, tmp_path: pathlib.Path, select: str, told: str
) -> None:
    with pytest.raises(DefinitionError, match=told):
        load_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(18), rules=[sql_rule(select)])
    assert one(engine, "select state from landing.batch") == "received"
    assert one(engine, "select count(*) from core.policy") == 0


def test_a_corrected_row_resolves_its_quarantine_and_findings(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    load_rows(engine, tmp_path, "policy", [policy("P1", at(16), employee_count=-1)], at(18), findings=[fault(1)])
    report = load_rows(engine, tmp_path, "policy", [policy("P1", at(17), employee_count=1)], at(19))
    assert one(engine, "select resolved_by_batch_id from quarantine.row") == report.batch_id
    assert one(engine, "select resolved_by_batch_id from quality.finding") == report.batch_id


def test_an_older_good_version_does_not_resolve_a_newer_held_one(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    load_rows(engine, tmp_path, "policy", [policy("P1", at(17))], at(18), findings=[fault(1)])
    load_rows(engine, tmp_path, "policy", [policy("P1", at(16), employee_count=1)], at(19))
    assert one(engine, "select resolved_at from quarantine.row") is None
    assert one(engine, "select resolved_at from quality.finding") is None


def test_an_orphan_finding_closes_itself_when_the_parent_arrives(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    orphan = sql_rule(
        """select s.row_no, s.policy_no from staged as s where not exists (
            select from core.policy_current as p where p.insurer_id = s.insurer_id and p.policy_no = s.policy_no)""",
        "CLM-050", tier="orphan", severity="warning", parent="policy", record_type="claim",
    )  # fmt: skip
    claim = {"report_no": "R1", "policy_no": "P1", "operation_code": "I", "source_updated_at": at(16)}
    report = load_rows(engine, tmp_path, "claim", [claim], at(18), rules=[orphan])
    assert (report.accepted, report.findings) == (1, (("CLM-050", "warning", 1),))
    load_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(18, 10), insurer_id="other")
    assert one(engine, "select resolved_at from quality.finding") is None
    parent = load_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(18, 11))
    assert one(engine, "select resolved_by_batch_id from quality.finding") == parent.batch_id


def test_a_parent_in_the_same_batch_leaves_no_orphan(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    orphan = sql_rule(
        "select row_no, previous_policy_no from staged where previous_policy_no is not null",
        tier="orphan", severity="warning", parent="policy",
    )  # fmt: skip
    rows = [policy("P2", at(16), previous_policy_no="P1"), policy("P1", at(15))]
    assert load_rows(engine, tmp_path, "policy", rows, at(18), rules=[orphan]).findings == ()


def test_an_unreadable_delivery_is_refused_whole_with_its_place(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    contract = load_contract("policy")
    landed = land_rows(engine, tmp_path, "policy", [], at(18))
    with Loading(engine, read_batch(engine, landed.batch_id), "test", contract, at(18), VERSIONS, tell) as loading:
        loading.stage(table(contract, [policy("P1", at(16))]), [fault(1)])
        report = loading.reject(refusals(load_rules().by_id, UnreadableFile("FILE-012", "第7行")))
    receipt = batches.show_batch(engine, landed.batch_id).receipt
    assert (report.state, receipt.state, receipt.reason_code) == ("rejected", "rejected", "FILE-012")
    assert receipt.reason_text.startswith("第7行: 双引号没有闭合;请")
    assert one(engine, "select count(*) from core.policy") == 0


def test_an_exception_leaves_the_batch_ready_to_load_again(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    contract = load_contract("policy")
    landed = land_rows(engine, tmp_path, "policy", [], at(18))
    with (  # noqa: PT012
        pytest.raises(StopFeed),
        Loading(engine, read_batch(engine, landed.batch_id), "a", contract, at(18), VERSIONS, tell) as loading,
    ):
        loading.stage(table(contract, [policy("P1", at(16))]))
        loading.merge([])
        raise StopFeed("drift")
    assert one(engine, "select count(*) from core.policy") == 0
    with Loading(engine, read_batch(engine, landed.batch_id), "b", contract, at(18), VERSIONS, tell) as loading:
        loading.stage(table(contract, [policy("P1", at(16))]))
        loading.merge([])
    with (
        pytest.raises(StopFeed, match="loaded already"),
        Loading(engine, read_batch(engine, landed.batch_id), "c", contract, at(18), VERSIONS, tell),
    ):
        pass
    assert one(engine, "select count(*) from core.policy") == 1


def test_chunks_of_a_batch_are_one_batch(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    contract = load_contract("policy")
    landed = land_rows(engine, tmp_path, "policy", [], at(18))
    with Loading(engine, read_batch(engine, landed.batch_id), "a", contract, at(18), VERSIONS, tell) as loading:
        loading.stage(table(contract, [policy("P1", at(16)), policy("P2", at(16))]))
        loading.stage(table(contract, [policy("P1", at(16)), policy("P2", at(17))], first_row_no=3), [fault(3)])
        report = loading.merge([])
    assert (report.received, report.accepted, report.quarantined) == (4, 1, 3)
    assert [row.raw["policy_no"] for row in batches.quarantined_rows(engine, landed.batch_id)] == ["P2", "P1", "P2"]


def test_the_database_refuses_books_that_do_not_balance(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    load_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(18))
    for change in ("accepted_count = 0", "received_count = 2", "duplicate_count = null"):
        with pytest.raises(sa.exc.IntegrityError, match="books"), engine.begin() as connection:  # noqa: PT012
            connection.exec_driver_sql("set local session_replication_role = replica")
            connection.exec_driver_sql(f"update landing.batch set {change}")


def test_knowledge_time_moves_forward_even_if_the_clock_was_set_back(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    load_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(18))
    load_rows(engine, tmp_path, "policy", [policy("P1", at(17))], at(17))
    moments = rows_of(engine, "select recorded_at, superseded_at from core.policy order by version_id")
    assert moments[0] == (at(18), at(18) + dt.timedelta(microseconds=1))
    assert moments[1] == (at(18) + dt.timedelta(microseconds=1), None)


def test_a_batch_of_another_type_is_refused(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    landed = land_rows(engine, tmp_path, "policy", [], at(18))
    with pytest.raises(SetupError, match="holds policy"):
        Loading(
            engine, read_batch(engine, landed.batch_id), "a", load_contract("claim"), at(18), VERSIONS, tell
        ).__enter__()
