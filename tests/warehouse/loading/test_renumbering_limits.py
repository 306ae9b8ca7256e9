"""Chains, the opposite renumbering, what is refused, replays, and the history that is told."""

from __future__ import annotations

import datetime as dt
import pathlib
from decimal import Decimal

import pytest
import sqlalchemy as sa

from schemas.delivery import Replacement
from tests.warehouse.building import Row, at, load_rows, one, policy, rows_of
from tests.warehouse.numbers import CLAIMS, POLICIES, Hub, claim, renumbering
from warehouse.history.record_history import history
from warehouse.loading.renumbering import columns_of


@pytest.fixture
def hub(engine: sa.Engine, tmp_path: pathlib.Path) -> Hub:
    return Hub(engine, tmp_path)


def test_a_chain_in_one_delivery_or_in_the_wrong_order_ends_at_the_last_number(hub: Hub) -> None:
    hub.load("policy", policy("A", at(15)), policy("P", at(15)))
    hub.load("claim", claim("C1", "A", at(15)), claim("C2", "P", at(15)))
    hub.load("renumbering", renumbering("A", "B", at(16)), renumbering("B", "C", at(17)))
    hub.load("renumbering", renumbering("Q", "R", at(17)))
    hub.load("renumbering", renumbering("P", "Q", at(16)))
    assert [row[0] for row in rows_of(hub.engine, POLICIES)] == ["C", "R"]
    assert rows_of(hub.engine, CLAIMS) == [("C1", "C"), ("C2", "R")]
    numbers = "select number, is_current from core.key_chain('policy', 'lichun', :n) order by 1"
    assert rows_of(hub.engine, numbers, n="B") == [("A", False), ("B", False), ("C", True)]


def test_the_opposite_renumbering_undoes_and_a_cycle_is_refused(hub: Hub) -> None:
    hub.load("policy", policy("A", at(15)))
    hub.load("claim", claim("C1", "A", at(15)))
    hub.load("renumbering", renumbering("A", "B", at(16)))
    held = hub.load("renumbering", renumbering("B", "A", at(16)))
    assert (held.state, [rule for rule, _, _ in held.findings]) == ("rejected", ["REN-004"])
    hub.load("renumbering", renumbering("B", "A", at(17)))
    assert [row[0] for row in rows_of(hub.engine, POLICIES)] == ["A"]
    assert rows_of(hub.engine, CLAIMS) == [("C1", "A")]
    live = "select old_no, new_no from core.renumbering_current"
    assert rows_of(hub.engine, live) == [("B", "A")]
    assert hub.load("renumbering", renumbering("A", "B", at(16))).duplicate == 1
    hub.load("renumbering", renumbering("A", "B", at(18)))
    assert rows_of(hub.engine, live) == [("A", "B")]
    assert [row[0] for row in rows_of(hub.engine, POLICIES)] == ["B"]
    assert rows_of(hub.engine, CLAIMS) == [("C1", "B")]


@pytest.mark.parametrize(
    ("row", "rule_id"),
    [
        (renumbering("Z", "Z", at(18)), "REN-001"),
        (renumbering("Z", "B", at(18)), "REN-003"),
        (renumbering("Z", "A", at(18)), "REN-004"),
        (renumbering("A", "D", at(18)), "REN-005"),
        (renumbering("A", "B", at(18), operation_code="D"), "REN-006"),
        (renumbering("B", "E", at(15)), "REN-008"),
    ],
)
def test_what_cannot_be_followed_is_held_and_moves_nothing(hub: Hub, row: Row, rule_id: str) -> None:
    hub.load("policy", policy("A", at(15)), policy("Z", at(15)))
    hub.load("renumbering", renumbering("A", "B", at(16)))
    report = hub.load("renumbering", row)
    assert (report.quarantined, [rule for rule, severity, _ in report.findings if severity == "error"]) == (
        1,
        [rule_id],
    )
    assert [key for key, _ in rows_of(hub.engine, POLICIES)] == ["B", "Z"]


def test_a_withdrawal_under_the_old_number_withdraws_nothing(hub: Hub) -> None:
    hub.load("policy", policy("A", at(15)))
    hub.load("renumbering", renumbering("A", "B", at(16)))
    report = hub.load("policy", policy("A", at(17), operation_code="D"))
    assert (report.state, report.findings) == ("rejected", (("REN-011", "error", 1),))
    assert [key for key, _ in rows_of(hub.engine, POLICIES)] == ["B"]
    hub.load("policy", policy("B", at(18), operation_code="D"))
    assert rows_of(hub.engine, POLICIES) == []


def test_a_service_plan_moves_with_all_its_lines(hub: Hub) -> None:
    lines = [
        {
            "insurer_code": "LICHUN", "operation_code": "I", "source_updated_at": at(15), "plan_no": "S1",
            "plan_line_no": n, "plan_date": dt.date(2026, 11, 12),
        }
        for n in ("1", "2")
    ]  # fmt: skip
    hub.load("service_plan", *lines)
    hub.load("renumbering", renumbering("S1", "S2", at(16), "service_plan"))
    kept = rows_of(hub.engine, "select plan_no, plan_line_no from core.service_plan_current order by 2")
    assert kept == [("S2", "1"), ("S2", "2")]
    assert {v.record_key for v in history(hub.engine, "service_plan", "lichun", "S1|2")} == {"S1|2", "S2|2"}
    assert len(history(hub.engine, "service_plan", "lichun", "S2")) == 6


def test_the_history_of_a_record_is_told_under_any_of_its_numbers(hub: Hub) -> None:
    first = hub.load("policy", policy("A", at(15)))
    moved = hub.load("renumbering", renumbering("A", "B", at(16)))
    changed = hub.load("policy", policy("B", at(17), written_premium_amount=Decimal(120)))
    told = [history(hub.engine, "policy", "lichun", number) for number in "AB"]
    assert told[0] == told[1]
    spoken = [(v.record_key, v.batch_id, v.operation_code, v.superseded_at is None) for v in told[0]]
    assert spoken == [
        ("B", changed.batch_id, "I", True),
        ("A", moved.batch_id, "D", True),
        ("B", moved.batch_id, "U", False),
        ("A", first.batch_id, "I", False),
    ]
    assert {v.delivered_as for v in told[0]} == {"policy", "renumbering"}


def test_a_replay_of_what_moved_changes_nothing_and_one_with_other_content_corrects_it(hub: Hub) -> None:
    first = hub.load("policy", policy("A", at(15)))
    moved = hub.load("claim", claim("C1", "A", at(15)))
    last = hub.load("renumbering", renumbering("A", "B", at(16)))
    before = rows_of(hub.engine, "select * from core.policy order by version_id")
    replays = ((first, policy("A", at(15))), (last, renumbering("A", "B", at(16))), (moved, claim("C1", "A", at(15))))
    for report, row in replays:
        assert hub.replay(report, row).duplicate == 1
    assert rows_of(hub.engine, "select * from core.policy order by version_id") == before
    assert hub.replay(first, policy("A", at(15), written_premium_amount=Decimal(77))).accepted == 1
    assert hub.replay(moved, claim("C1", "A", at(15), description_text="mapped anew")).accepted == 1
    assert rows_of(hub.engine, POLICIES) == [("B", Decimal("77.00"))]
    assert rows_of(hub.engine, "select policy_no, description_text from core.claim_current") == [("B", "mapped anew")]


def test_a_full_delivery_of_renumberings_withdraws_none(hub: Hub) -> None:
    hub.load("policy", policy("A", at(15)), policy("P", at(15)))
    hub.load("renumbering", renumbering("A", "B", at(16)))
    rows = [renumbering("P", "Q", at(16))]
    load_rows(hub.engine, hub.folder, "renumbering", rows, at(22), replaces=Replacement())
    assert rows_of(hub.engine, "select old_no from core.renumbering_current order by 1") == [("A",), ("P",)]


def test_a_full_delivery_under_the_new_numbers_withdraws_none(hub: Hub) -> None:
    hub.load("policy", policy("A", at(15)))
    hub.load("renumbering", renumbering("A", "B", at(16)))
    for number in "AB":
        rows = [policy(number, at(17), employee_count=ord(number))]
        report = load_rows(hub.engine, hub.folder, "policy", rows, at(22), replaces=Replacement())
        assert (report.accepted, report.withdrawn) == (1, 0)
    assert [key for key, _ in rows_of(hub.engine, POLICIES)] == ["B"]


def test_other_insurers_are_not_touched(hub: Hub) -> None:
    hub.load("policy", policy("A", at(15)))
    load_rows(hub.engine, hub.folder, "policy", [policy("A", at(15))], at(16), insurer_id="yushui")
    hub.load("renumbering", renumbering("A", "B", at(16)))
    kept = rows_of(hub.engine, "select insurer_id, policy_no from core.policy_current order by 1")
    assert kept == [("lichun", "B"), ("yushui", "A")]


def test_loads_of_one_insurer_know_in_the_order_in_which_they_write(hub: Hub) -> None:
    hub.moment = at(21)
    hub.load("policy", policy("A", at(15)))
    hub.moment = at(20)
    hub.load("renumbering", renumbering("A", "B", at(16)))
    hub.moment = at(19)
    hub.load("policy", policy("B", at(17), written_premium_amount=Decimal(120)))
    assert rows_of(hub.engine, POLICIES) == [("B", Decimal("120.00"))]
    assert one(hub.engine, "select count(*) from core.policy where superseded_at < recorded_at") == 0


def test_numbers_are_found_wherever_a_contract_refers_to_them() -> None:
    assert [column.name for column in columns_of("premium_receipt")] == ["receipt_no", "policy_no", "endorsement_no"]
    assert [column.name for column in columns_of("service_record")] == ["service_no", "policy_no", "plan_no"]
    assert [column.name for column in columns_of("policy")] == ["policy_no", "previous_policy_no"]
