"""How insurers correct themselves (feature F16), from files through every rule into core, and back again exactly."""

from __future__ import annotations

import datetime as dt
import itertools
import pathlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline import steps
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from sandbox import drops
from sandbox.truth import Record, build
from sandbox.truth.province import Province
from schemas.contract import load_contract
from tests.pipeline.telling import hub_at, rows_of
from warehouse.landing.load_report import LoadReport

SENDER = "lichun"
Send = Callable[..., LoadReport]


@pytest.fixture(scope="module")
def province() -> Province:
    return build(5, 0.01)


@pytest.fixture
def send(engine: sa.Engine, tmp_path: pathlib.Path) -> Send:
    """Hand in rows of a record type as a file, and load it."""
    hub = hub_at(NIGHT, engine, tmp_path, {}, [SENDER])
    count = itertools.count(1)

    def act(record_type: str, rows: list[Record], replaces: str | None = None) -> LoadReport:
        folder = tmp_path / f"delivery-{next(count)}"
        folder.mkdir()
        file = drops.write_file("csv_utf8", folder, record_type, rows, NIGHT.date())
        return steps.load(hub, steps.submit(hub, SENDER, record_type, file, steps.Beside(replaces)).batch_id)

    return act


@pytest.fixture
def policies(province: Province) -> list[Record]:
    """Policies that hang on no other record."""
    rows = province.feed(SENDER, "policy", None, FIRST_NIGHT)
    recent = [row for row in rows if row["issue_date"].year == NIGHT.year and row["operation_code"] != "D"]
    return [row for row in recent if row["previous_policy_no"] is None][:8]


def later(row: Record, hours: int, **changes: Any) -> Record:
    """The record as its sender changed it some hours later."""
    return {**row, "operation_code": "U", "source_updated_at": row["source_updated_at"] + dt.timedelta(hours=hours), **changes}  # fmt: skip


def record(record_type: str, policy: Record, **values: Any) -> Record:
    """A record of a policy with nothing but what is given and the envelope."""
    empty: Record = dict.fromkeys(load_contract(record_type).by_name)
    envelope = {
        n: policy[n] for n in ("insurer_code", "branch_code", "source_record_no", "source_updated_at", "policy_no")
    }
    return empty | envelope | {"operation_code": "I"} | values


def state(engine: sa.Engine, record_type: str = "policy") -> list[tuple[Any, ...]]:
    """The current state with all contract fields, and since when it was known of."""
    names = ", ".join(load_contract(record_type).by_name)
    query = f"select {names}, first_received_at from core.{record_type}_current order by {load_contract(record_type).key[0]}"
    return [tuple(row) for row in rows_of(engine, query)]


def history(engine: sa.Engine, policy_no: str) -> list[tuple[Any, ...]]:
    query = (
        "select contact_name, superseded_at is null as is_current, correction_reason_text from core.policy"
        " where policy_no = :n order by version_id"
    )
    return [tuple(row) for row in rows_of(engine, query, n=policy_no)]


def test_a_changed_record_replaces_the_old_one_and_keeps_its_reason(engine: sa.Engine, send: Send, policies: list[Record]) -> None:  # fmt: skip
    first = policies[0]
    send("policy", [first])
    report = send("policy", [later(first, 1, contact_name="李新", correction_reason_text="联系人变更")])
    assert (report.state, report.accepted) == ("loaded", 1)
    assert history(engine, first["policy_no"]) == [
        (first["contact_name"], False, first["correction_reason_text"]),
        ("李新", True, "联系人变更"),
    ]


def test_an_older_version_that_is_received_later_is_kept_and_overwrites_nothing(engine: sa.Engine, send: Send, policies: list[Record]) -> None:  # fmt: skip
    first = policies[0]
    send("policy", [later(first, 2, contact_name="第三版")])
    report = send("policy", [later(first, 1, contact_name="第二版")])
    assert (report.accepted, report.superseded) == (0, 1)
    assert [version[:2] for version in history(engine, first["policy_no"])] == [("第三版", True), ("第二版", False)]


def test_the_previous_version_is_in_force_until_a_correction_is_accepted(engine: sa.Engine, send: Send, policies: list[Record]) -> None:  # fmt: skip
    first = policies[0]
    send("policy", [first])
    before = state(engine)
    held = send("policy", [later(first, 1, contact_name="李新", region_code="000000")])
    assert (held.state, held.quarantined, state(engine)) == ("rejected", 1, before)
    send("policy", [later(first, 2, contact_name="李新")])
    assert [version[:2] for version in history(engine, first["policy_no"])] == [(first["contact_name"], False), ("李新", True)]  # fmt: skip
    assert rows_of(engine, "select 1 from quarantine.row where resolved_at is null") == []


def test_a_surrender_with_its_refund(engine: sa.Engine, send: Send, policies: list[Record]) -> None:
    """退保: the policy ends, an endorsement 60 and one 70 lower the premium, a negative receipt pays it back."""
    first = policies[0]
    paid, back = first["written_premium_amount"], -first["written_premium_amount"] / 2
    day = first["source_updated_at"].date()
    send("policy", [first])
    send("premium_receipt", [record("premium_receipt", first, receipt_no="R1", receipt_type_code="10", receipt_date=day, received_amount=paid)])  # fmt: skip
    common = {"issue_date": day, "effective_date": day, "description_text": "企业关闭", "termination_reason_code": "10"}
    endorsements = [
        record("endorsement", first, endorsement_no="E60", endorsement_type_code="60", premium_change_amount=back, **common),
        record("endorsement", first, endorsement_no="E70", endorsement_type_code="70", premium_change_amount=Decimal("-0.01"), **common),
    ]  # fmt: skip
    ended = later(first, 1, policy_status_code="30", termination_date=day, termination_reason_code="10")
    refund = record("premium_receipt", first, receipt_no="R2", receipt_type_code="20", receipt_date=day, received_amount=back, endorsement_no="E60")  # fmt: skip
    reports = [send("endorsement", endorsements), send("policy", [ended]), send("premium_receipt", [refund])]
    assert [(r.accepted, r.quarantined) for r in reports] == [(2, 0), (1, 0), (1, 0)], reports
    assert rows_of(engine, "select policy_status_code from core.policy_current")[0].policy_status_code == "30"
    sums = rows_of(
        engine,
        "select (select sum(received_amount) from core.premium_receipt_current) as cash,"
        " (select sum(premium_change_amount) from core.endorsement_current) as changed",
    )[0]
    assert (sums.cash, sums.changed) == (paid + back, back - Decimal("0.01"))


def test_a_withdrawal_names_its_key_and_a_revert_restores_exactly(engine: sa.Engine, send: Send, policies: list[Record]) -> None:  # fmt: skip
    first, other = policies[:2]
    send("policy", [first, other])
    before = state(engine)
    gone = later(first, 1, operation_code="D", correction_reason_text="重复录入")
    assert send("policy", [gone]).accepted == 1
    assert [row[0] for row in rows_of(engine, "select policy_no from core.policy_current")] == [other["policy_no"]]
    tombstone = rows_of(engine, "select policy_no, correction_reason_text from core.policy where is_withdrawn")
    assert tombstone == [(first["policy_no"], "重复录入")]
    assert send("policy", [later(first, 2)]).accepted == 1
    ignored = {"operation_code", "source_updated_at"}
    places = [
        n for n, name in enumerate([*load_contract("policy").by_name, "first_received_at"]) if name not in ignored
    ]
    assert [[row[n] for n in places] for row in state(engine)] == [[row[n] for n in places] for row in before]


def test_a_window_is_replaced_as_a_whole(engine: sa.Engine, send: Send, policies: list[Record]) -> None:
    """Changed, unchanged, new and missing records of the days replaced; other days stay as they are."""
    days = sorted({row["issue_date"] for row in policies})
    until = days[len(days) // 2]
    inside = [row for row in policies if row["issue_date"] <= until]
    outside = [row for row in policies if row["issue_date"] > until]
    send("policy", [*inside[:-1], *outside])
    changed, *same = inside
    delivery = [later(changed, 1, contact_name="李新"), *same]
    report = send("policy", delivery, f"{days[0]}..{until}")
    assert (report.state, report.accepted, report.duplicate, report.withdrawn) == ("loaded", 2, len(same) - 1, 0)
    assert len(state(engine)) == len(policies)
    assert send("policy", delivery[1:], f"{days[0]}..{until}").state == "awaiting"


def test_a_correction_taken_back_restores_exactly(engine: sa.Engine, send: Send, policies: list[Record]) -> None:
    """The first content again, dated later: content and current state are those before, with the history between."""
    first = policies[0]
    send("policy", [first])
    send("policy", [later(first, 1, written_premium_amount=first["written_premium_amount"] + 1)])
    send("policy", [later(first, 2)])
    premiums = rows_of(engine, "select written_premium_amount as p from core.policy order by version_id")
    paid = first["written_premium_amount"]
    assert [row.p for row in premiums] == [paid, paid + 1, paid]
    assert rows_of(engine, "select written_premium_amount as p from core.policy_current")[0].p == paid
