"""Coverage and its variants on small worlds: golden figures from records, and the testers' traps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from oracle.cells import CellKey
from oracle.indicators import CATALOGUE, compute
from tests.oracle.asking import AS_OF, province, shown

DEFINITIONS = Path(__file__).parents[2] / "warehouse" / "indicators" / "definitions"


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_oracle_gives_an_indicator_the_meaning_that_its_definition_says(name: str) -> None:
    spec, ours = yaml.safe_load((DEFINITIONS / f"{name}.yml").read_text(encoding="utf-8")), CATALOGUE[name]
    dimensions = spec["dimensions"]
    assert ours.periods == tuple(spec["periods"])
    assert ours.meaning.depth == dimensions["region"]
    assert (ours.meaning.by_domain, ours.meaning.by_insurer) == (dimensions["domain"], dimensions["insurer"])
    assert ours.meaning.unit == spec["unit"]
    assert ours.meaning.is_distinct == spec.get("distinct", False)


def test_what_is_said_to_be_checked_independently_is() -> None:
    specs = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in DEFINITIONS.glob("*.yml")}
    assert {name for name, spec in specs.items() if spec.get("independent_check") == "oracle"} == set(CATALOGUE)


def test_qingdao_2023_coverage_from_its_enterprises(worlds: ModuleType) -> None:
    codes = [f"E{n}" for n in range(1307)]
    records = {
        "enterprise": [worlds.enterprise(code, region_code="370202") for code in codes],
        "policy": [worlds.policy(f"P{code}", code, region_code="370202") for code in codes[:1304]],
    }
    assert shown(province(records, "coverage_ratio", "as_of")) == ("1304", "1307", "99.77")
    assert province(records, "coverage_ratio", "as_of", "370200").numerator == 1304


def test_two_insurers_of_one_enterprise_count_once_in_all_and_once_each(worlds: ModuleType) -> None:
    records = {
        "enterprise": [worlds.enterprise("E1")],
        "policy": [worlds.policy("P1", "E1", "lichun"), worlds.policy("P1", "E1", "yushui")],
    }
    assert province(records, "insured_enterprise_count", "as_of").numerator == 1
    assert province(records, "insured_enterprise_count", "as_of", insurer="yushui").numerator == 1


@pytest.mark.parametrize(
    "change",
    [
        {"cover_start_date": dt.date(2026, 11, 21)},
        {"cover_end_date": dt.date(2026, 11, 19)},
        {"termination_date": dt.date(2026, 11, 20)},
        {"policy_status_code": "60"},
        {"insured_object_code": "20"},
        {"insured_credit_code": "E2"},
    ],
)
def test_a_policy_that_does_not_cover_the_enterprise_on_the_day_is_none(
    worlds: ModuleType, change: dict[str, Any]
) -> None:
    records = {"enterprise": [worlds.enterprise("E1")], "policy": [worlds.policy("P1", **change)]}
    assert shown(province(records, "coverage_ratio", "as_of")) == ("0", "1", "0.00")


def test_cover_holds_on_its_last_day_and_a_surrender_ends_it_on_its_day(worlds: ModuleType) -> None:
    end = worlds.sent(
        "endorsement",
        endorsement_no="S1",
        policy_no="P1",
        endorsement_type_code="60",
        issue_date=AS_OF,
        effective_date=AS_OF,
        premium_change_amount=Decimal("-100.00"),
    )
    records = {
        "enterprise": [worlds.enterprise("E1")],
        "policy": [worlds.policy("P1", cover_end_date=AS_OF)],
    }
    assert province(records, "coverage_ratio", "as_of").numerator == 1
    assert province({**records, "endorsement": [end]}, "coverage_ratio", "as_of").numerator == 0


def test_a_closed_enterprise_leaves_the_denominator_and_an_empty_one_shows_nothing(worlds: ModuleType) -> None:
    records = {"enterprise": [worlds.enterprise("E1", operation_status_code="40")]}
    cell = province(records, "coverage_ratio", "as_of")
    assert (cell.shown, cell.null_reason) == (None, "zero_denominator")


def test_an_enterprise_whose_status_is_dated_after_the_day_is_listed_whatever_it_became(worlds: ModuleType) -> None:
    later = {"operation_status_code": "40", "operation_status_date": AS_OF + dt.timedelta(days=1)}
    computed = compute({"enterprise": [worlds.enterprise("E1", **later)], "policy": [worlds.policy("P1")]}, AS_OF)
    assert {key.reason for key in computed.exclusions} == {"status_after_as_of"}
    assert {key.indicator for key in computed.exclusions} == {
        "coverage_ratio", "insured_enterprise_count", "full_staff_ratio", "adequate_limit_ratio",
        "compliant_coverage_ratio", "paid_coverage_ratio", "cover_continuity_ratio",
    }  # fmt: skip


def test_persons_of_an_enterprise_are_added_before_they_are_capped(worlds: ModuleType) -> None:
    records = {
        "enterprise": [worlds.enterprise("E1", employee_count=10)],
        "policy": [
            worlds.policy("P1", insured_person_count=4),
            worlds.policy("P2", insurer="yushui", insured_person_count=8),
        ],
    }
    assert shown(province(records, "full_staff_ratio", "as_of")) == ("10", "10", "100.00")


def test_a_coinsured_policy_counts_for_its_leader_and_its_amounts_for_all(worlds: ModuleType) -> None:
    shares = {"is_coinsured": True, "lead_insurer_code": "LICHUN"}
    records = {
        "enterprise": [worlds.enterprise("E1")],
        "policy": [
            worlds.policy("P1", insurer="lichun", written_premium_amount=Decimal("600.00"), **shares),
            worlds.policy("P1", insurer="yushui", written_premium_amount=Decimal("400.00"), **shares),
        ],
    }
    computed = compute(records, AS_OF)
    assert computed.cells[CellKey("loss_ratio_simple", "ytd", "370000", "*", "*")].denominator == 1000
    assert computed.cells[CellKey("full_staff_ratio", "as_of", "370000", "*", "*")].numerator == 10
    left_out = {(key.insurer_id, key.reason) for key in computed.exclusions if key.indicator == "adequate_limit_ratio"}
    assert ("yushui", "not_lead") in left_out
