"""A record's number is given up for another: its history goes on, what refers to it follows, nothing is counted twice."""

from __future__ import annotations

import datetime as dt
import pathlib
from decimal import Decimal

import pytest
import sqlalchemy as sa

from tests.warehouse.building import at, fill_calendar, one, policy, put_rule_in_force, rows_of
from tests.warehouse.numbers import CLAIMS, OPEN, POLICIES, Hub, claim, renumbering


@pytest.fixture
def hub(engine: sa.Engine, tmp_path: pathlib.Path) -> Hub:
    return Hub(engine, tmp_path)


def test_record_and_references_move_and_history_stays(hub: Hub) -> None:
    hub.load("policy", policy("A", at(16)), policy("Z", at(16), previous_policy_no="A"))
    hub.load("claim", claim("C1", "A", at(17)), claim("C2", "Z", at(17)))
    known_before = hub.moment
    report = hub.load("renumbering", renumbering("A", "B", at(19)))
    assert (report.state, report.accepted) == ("loaded", 1)
    assert rows_of(hub.engine, POLICIES) == [("B", Decimal("100.00")), ("Z", Decimal("100.00"))]
    assert rows_of(hub.engine, CLAIMS) == [("C1", "B"), ("C2", "Z")]
    assert one(hub.engine, "select previous_policy_no from core.policy_current where policy_no = 'Z'") == "B"
    known = "select policy_no from core.policy_known(:k) order by 1"
    assert rows_of(hub.engine, known, k=known_before) == [("A",), ("Z",)]
    written = rows_of(
        hub.engine,
        """select policy_no, operation_code, is_withdrawn, batch_id, row_no, correction_reason_text from core.policy
        where batch_id = :b order by 1""",
        b=report.batch_id,
    )
    assert written == [
        ("A", "D", True, report.batch_id, 1, "业务号变更为 B:系统切换"),
        ("B", "U", False, report.batch_id, 1, "保单号A变更为B:系统切换"),
        ("Z", "U", False, report.batch_id, 1, "上期保单号A变更为B:系统切换"),
    ]
    assert rows_of(hub.engine, OPEN) == []


def test_what_a_renumbering_writes_names_the_row_that_says_its_content(hub: Hub) -> None:
    """Through two renumberings; a tombstone that closes a number has no content, hence no hash."""
    sent = hub.load("policy", policy("X", at(16)), policy("A", at(16)))
    hub.load("renumbering", renumbering("A", "B", at(18)))
    hub.load("renumbering", renumbering("B", "C", at(19)))
    versions = """select policy_no, is_withdrawn, content_hash, origin_batch_id, origin_row_no from core.policy
        where policy_no <> 'X' order by version_id"""
    said, *written = rows_of(hub.engine, versions)
    assert said[3:] == (None, None)
    content = (said[2], sent.batch_id, 2)
    assert written == [
        ("A", True, None, None, None),
        ("B", False, *content),
        ("B", True, None, None, None),
        ("C", False, *content),
    ]


def test_renumbering_twice_and_replaying_its_rows_changes_nothing(hub: Hub) -> None:
    hub.load("policy", policy("A", at(16)))
    hub.load("renumbering", renumbering("A", "B", at(19)))
    before = rows_of(hub.engine, "select * from core.policy order by version_id")
    again = hub.load("renumbering", renumbering("A", "B", at(19)))
    assert (again.duplicate, again.accepted) == (1, 0)
    assert hub.load("policy", policy("A", at(16))).duplicate == 1
    assert rows_of(hub.engine, "select * from core.policy order by version_id") == before


def test_rows_that_still_say_the_old_number_are_taken_under_the_new_one(hub: Hub) -> None:
    hub.load("policy", policy("A", at(16)))
    hub.load("renumbering", renumbering("A", "B", at(18)))
    report = hub.load("policy", policy("A", at(19), written_premium_amount=Decimal(120)))
    assert report.accepted == 1
    assert ("REN-010", "warning", 1) in report.findings
    hub.load("claim", claim("C1", "A", at(19)))
    assert rows_of(hub.engine, POLICIES) == [("B", Decimal("120.00"))]
    assert rows_of(hub.engine, CLAIMS) == [("C1", "B")]
    assert rows_of(hub.engine, OPEN) == [("REN-010", "policy_no", "A", "B"), ("REN-010", "policy_no", "A", "B")]


def test_an_older_row_that_comes_late_is_kept_and_does_not_win(hub: Hub) -> None:
    hub.load("policy", policy("A", at(16)))
    hub.load("claim", claim("C1", "A", at(16, 12), description_text="newer"))
    hub.load("renumbering", renumbering("A", "B", at(18)))
    assert hub.load("policy", policy("A", at(15), written_premium_amount=Decimal(90))).superseded == 1
    assert hub.load("claim", claim("C1", "A", at(16, 11), description_text="older")).superseded == 1
    assert rows_of(hub.engine, POLICIES) == [("B", Decimal("100.00"))]
    assert one(hub.engine, "select description_text from core.claim_current") == "newer"


def test_a_change_made_before_the_renumbering_and_received_after_it_still_counts(hub: Hub) -> None:
    hub.load("policy", policy("A", at(15)))
    hub.load("claim", claim("C1", "A", at(15)))
    hub.load("renumbering", renumbering("A", "B", at(18)))
    assert hub.load("policy", policy("B", at(17), written_premium_amount=Decimal(130))).accepted == 1
    assert hub.load("claim", claim("C1", "A", at(17), description_text="newer")).accepted == 1
    assert rows_of(hub.engine, POLICIES) == [("B", Decimal("130.00"))]
    assert rows_of(hub.engine, "select policy_no, description_text from core.claim_current") == [("B", "newer")]


def test_a_record_sent_under_its_new_number_already_stands_and_the_old_one_closes(hub: Hub) -> None:
    fill_calendar(hub.engine)
    put_rule_in_force(hub.engine, hub.folder)
    hub.moment = at(19)
    hub.load("policy", policy("A", at(17), issue_date=dt.date(2026, 11, 16)))
    hub.moment = at(26)
    hub.load("policy", policy("B", at(25), written_premium_amount=Decimal(150), issue_date=dt.date(2026, 11, 16)))
    hub.load("claim", claim("C1", "A", at(25)))
    verdict = "select timeliness from core.policy_current where policy_no = 'B'"
    assert one(hub.engine, verdict) == "late"
    report = hub.load("renumbering", renumbering("A", "B", at(25)))
    assert ("REN-007", "warning", 1) in report.findings
    assert rows_of(hub.engine, POLICIES) == [("B", Decimal("150.00"))]
    assert rows_of(hub.engine, CLAIMS) == [("C1", "B")]
    assert one(hub.engine, verdict) == "on_time"
    held = (
        "select timeliness, first_received_at from quality.milestone where record_key = 'B' and record_type = 'policy'"
    )
    assert rows_of(hub.engine, held) == [("on_time", at(19, 10))]


def test_of_a_record_under_both_numbers_the_later_change_stands(hub: Hub) -> None:
    hub.load("policy", policy("A", at(17)), policy("B", at(16), written_premium_amount=Decimal(90)))
    hub.load("policy", policy("P", at(16)), policy("Q", at(17), operation_code="D"), with_rules=False)
    hub.load("renumbering", renumbering("A", "B", at(18)), renumbering("P", "Q", at(18)))
    assert rows_of(hub.engine, POLICIES) == [("B", Decimal("100.00"))]


def test_a_withdrawn_record_stays_withdrawn_under_its_new_number(hub: Hub) -> None:
    hub.load("policy", policy("A", at(15)), with_rules=False)
    hub.load("policy", policy("A", at(17), operation_code="D"), with_rules=False)
    hub.load("renumbering", renumbering("A", "B", at(18)), renumbering("B", "C", at(19)))
    assert hub.load("policy", policy("C", at(16), written_premium_amount=Decimal(90))).superseded == 1
    assert rows_of(hub.engine, POLICIES) == []


def test_verdicts_and_first_receipt_go_with_the_record(hub: Hub) -> None:
    fill_calendar(hub.engine)
    put_rule_in_force(hub.engine, hub.folder)
    hub.load("policy", policy("A", at(16), issue_date=dt.date(2026, 11, 17)))
    receipt = "select first_received_at, deadline_on, timeliness from core.policy_current"
    before = rows_of(hub.engine, receipt)
    hub.moment = at(28)
    hub.load("renumbering", renumbering("A", "B", at(27)))
    assert rows_of(hub.engine, receipt) == before == [(at(20, 10), dt.date(2026, 11, 24), "on_time")]
    hub.load("policy", policy("B", at(28), issue_date=dt.date(2026, 11, 17), written_premium_amount=Decimal(101)))
    assert rows_of(hub.engine, receipt) == before


def test_a_record_that_arrives_after_its_renumbering_is_followed(hub: Hub) -> None:
    hub.load("claim", claim("C1", "A", at(17)))
    assert rows_of(hub.engine, OPEN) == [("CLM-001", "policy_no", "A", None)]
    report = hub.load("renumbering", renumbering("A", "B", at(18)))
    assert ("REN-002", "warning", 1) in report.findings
    assert rows_of(hub.engine, CLAIMS) == [("C1", "B")]
    assert [row[0] for row in rows_of(hub.engine, OPEN)] == ["CLM-001", "REN-002"]
    hub.load("policy", policy("A", at(16)))
    assert rows_of(hub.engine, POLICIES) == [("B", Decimal("100.00"))]
    assert [row[0] for row in rows_of(hub.engine, OPEN)] == ["REN-010"]
