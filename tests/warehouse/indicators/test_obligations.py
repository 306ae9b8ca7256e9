"""Obligations: who is owed what by when, as hand-made tables say; what a part of a window owes; who may see which."""

from __future__ import annotations

import datetime as dt
import pathlib
from decimal import Decimal

import pytest
import sqlalchemy as sa

from oracle.cells import CellKey
from oracle.indicators import compute
from oracle.obligations import last_of_months
from pipeline.setup import prepare
from schemas.contract import RECORD_TYPES, load_contracts
from schemas.errors import DefinitionError
from schemas.obligations import load_obligations
from warehouse.indicators.obligations import Wanted, explain_policy, read_obligations

KNOWN_AT = dt.datetime(2027, 6, 1, tzinfo=dt.UTC)
YEAR_END = dt.date(2026, 12, 31)
#: A city's rule with two checks in each half-year, as a province writes it.
RULE = """
- rule_no: LOCAL-1
  title: {{zh: 本地频次, en: local rhythm}}
  stands: instead_of_plan
  regions: ["370102"]
  valid_from: 2025-01-01
  rounding: {rounding}
  confidence: assumption
  label: "默认口径,可配置"
  source: 本市文件
  duties:
    - {{duty: check, title: {{zh: 检查, en: check}}, items: ["706"], windows: [[0, 6], [6, 12]], count: 2}}
"""


def states(connection: sa.Connection, as_of: dt.date) -> dict[str, str]:
    rows = connection.execute(
        sa.text("select obligation_no, state from report.obligation_at(:d, :k)"), {"d": as_of, "k": KNOWN_AT}
    )
    return {row.obligation_no.partition("/")[2]: row.state for row in rows}


def test_a_year_in_qingdao_owes_nine_services_each_by_its_day(connection: sa.Connection, load) -> None:
    load("policy", [{"policy_no": "P1", "region_code": "370202"}])
    rows = read_obligations(connection, YEAR_END, KNOWN_AT, Wanted(), limit=100).rows
    assert sum(o.required_count for o in rows) == 9
    due = sorted((o.duty_code, o.window_end_date.isoformat()[5:], o.required_count) for o in rows)
    assert due == [
        ("half_year_check", "06-30", 1), ("half_year_check", "12-31", 1),
        ("quarterly_check", "03-31", 1), ("quarterly_check", "06-30", 1), ("quarterly_check", "09-30", 1), ("quarterly_check", "12-31", 1),
        ("risk_assessment", "03-31", 1), ("staff_training", "12-31", 2),
    ]  # fmt: skip


def test_what_is_owed_is_open_due_overdue_or_done(connection: sa.Connection, load) -> None:
    load("policy", [{"policy_no": "P1", "region_code": "370202"}])
    service = {"service_no": "V1", "service_item_code": "706", "service_end_at": "2026-02-01T10:00:00+08:00"}
    load("service_record", [service])
    found = states(connection, dt.date(2026, 4, 1))
    assert found["R17/1/quarterly_check/1"] == "done"
    assert found["R17/1/risk_assessment/1"] == "overdue"
    assert found["R17/1/quarterly_check/2"] == "due"
    assert found["R17/1/quarterly_check/3"] == "open"
    assert states(connection, dt.date(2026, 3, 31))["R17/1/risk_assessment/1"] == "due"
    assert states(connection, dt.date(2026, 1, 31))["R17/1/quarterly_check/1"] == "due"


def test_a_service_that_comes_late_pays_the_oldest_debt_once_its_own_window_is_served(
    connection: sa.Connection, load
) -> None:
    load("policy", [{"policy_no": "P1", "region_code": "370202"}])
    day = "2026-05-{:02}T10:00:00+08:00"
    load(
        "service_record",
        [{"service_no": f"V{n}", "service_item_code": "706", "service_end_at": day.format(n)} for n in range(1, 5)],
    )
    done = {
        o.obligation_no: list(o.service_nos)
        for o in explain_policy(connection, YEAR_END, KNOWN_AT, "P1")
        if o.done_count
    }
    assert done == {
        "P1/R17/1/quarterly_check/2": ["V1"],
        "P1/R17/1/half_year_check/1": ["V2"],
        "P1/R17/1/quarterly_check/1": ["V3"],
    }


@pytest.mark.parametrize(
    ("rounding", "last_day", "owed"),
    [  # two checks a half-year: 181 days from January, 184 from July
        ("down", "2026-12-31", [2, 2]), ("down", "2026-12-30", [2, 1]), ("down", "2026-04-01", [1]), ("down", "2026-03-31", []),
        ("half_up", "2026-12-30", [2, 2]), ("half_up", "2026-02-15", [1]), ("half_up", "2026-02-14", []),
        ("up", "2026-07-01", [2, 1]), ("up", "2026-01-01", [1]),
    ],
)  # fmt: skip
def test_a_part_of_a_window_owes_what_its_rounding_says(
    own_province: pathlib.Path, engine: sa.Engine, database_url: str, rounding: str, last_day: str, owed: list[int],
) -> None:  # fmt: skip
    (own_province / "obligations.yml").write_text(RULE.format(rounding=rounding), encoding="utf-8")
    own = [rule for rule in load_obligations() if rule.rule_no == "LOCAL-1"]
    assert [rule.rounding for rule in own] == [rounding]
    prepare(database_url)
    with engine.begin() as fresh:
        load_into(fresh, {"policy_no": "P1", "cover_end_date": last_day})
        found = read_obligations(fresh, YEAR_END, KNOWN_AT, Wanted(), limit=9).rows
        assert [o.required_count for o in found] == owed
        assert all(o.window_end_date <= dt.date.fromisoformat(last_day) for o in found)
    record = dict.fromkeys(load_contracts()["policy"].by_name) | {
        "policy_no": "P1", "policy_status_code": "20", "insured_object_code": "10", "insured_credit_code": "E1",
        "region_code": "370102", "high_risk_domain_code": "20", "cover_start_date": dt.date(2026, 1, 1),
        "cover_end_date": dt.date.fromisoformat(last_day), "issue_date": dt.date(2026, 1, 1), "is_coinsured": False,
        "insurer_code": "LICHUN", "written_premium_amount": Decimal(1), "insured_person_count": 1, "employee_count": 1,
    }  # fmt: skip
    world = {name: [] for name in RECORD_TYPES} | {"policy": [("lichun", record)]}
    told = compute(world, YEAR_END).cells[CellKey("obligation_completion_ratio", "ytd", "370000", "*", "*")]
    assert told.denominator == sum(owed)


def load_into(connection: sa.Connection, row: dict[str, str]) -> None:
    """One policy of Jinan from January on."""
    query = (
        "insert into core.policy (insurer_id, insurer_code, operation_code, source_updated_at, policy_no, policy_status_code,"
        " insured_object_code, insured_credit_code, region_code, high_risk_domain_code, cover_start_date, cover_end_date,"
        " issue_date, is_coinsured, batch_id, row_no, content_hash, recorded_at, first_received_at) values ('lichun', 'LICHUN',"
        " 'I', '2025-01-01Z', :policy_no, '20', '10', 'E1', '370102', '20', '2026-01-01', :cover_end_date, '2026-01-01', false,"
        " 1, 1, 'x', '2025-01-01Z', '2025-01-01Z')"
    )
    connection.execute(sa.text(query), row)


def test_months_end_as_the_civil_code_says_in_both_calculations(connection: sa.Connection) -> None:
    days = [dt.date(2023, 10, 1) + dt.timedelta(days=n) for n in range(600)]
    query = sa.text(
        "select d, m, core.last_of_months(d, m) from unnest(cast(:days as date[])) as d, generate_series(0, 24) as m"
    )
    for first, months, last in connection.execute(query, {"days": days}):
        assert last == last_of_months(first, months)
    assert last_of_months(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)
    assert last_of_months(dt.date(2025, 11, 30), 3) == dt.date(2026, 2, 28)
    assert last_of_months(dt.date(2026, 1, 1), 12) == dt.date(2026, 12, 31)


def test_asked_for_some_policies_the_answer_is_the_same(connection: sa.Connection, load) -> None:
    load(
        "policy", [{"policy_no": f"P{n}", "region_code": code} for n, code in enumerate(("370202", "370102", "370203"))]
    )
    load("service_plan", [{"policy_no": "P1", "plan_line_no": "1"}])
    every = "select * from report.obligation_at(:d, :k)"
    some = "select * from report.obligation_of(:d, :k, of_region => :region)"
    bound = {"d": YEAR_END, "k": KNOWN_AT, "region": "370200"}
    whole = sorted(map(str, (r for r in connection.execute(sa.text(every), bound) if r.region_code.startswith("3702"))))
    assert sorted(map(str, connection.execute(sa.text(some), bound))) == whole
    assert {
        o.policy_no
        for o in read_obligations(connection, YEAR_END, KNOWN_AT, Wanted(region_code="370200"), limit=99).rows
    } == {"P0", "P2"}
    assert whole


def test_a_rule_with_a_mistake_is_told_with_its_line(own_province: pathlib.Path) -> None:
    (own_province / "obligations.yml").write_text(
        RULE.format(rounding="down").replace("[6, 12]", "[6, 6]").replace('"706"', '"799"'), encoding="utf-8"
    )
    with pytest.raises(DefinitionError) as told:
        load_obligations()
    assert "obligations.yml" in str(told.value)
    assert "window" in str(told.value)
