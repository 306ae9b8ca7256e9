"""Indicators on small worlds: golden figures from records, the testers' traps, and a day-by-day brute force."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from sandbox.oracle.cells import Cell, CellKey
from sandbox.oracle.indicators import CATALOGUE, compute

AS_OF = dt.date(2026, 11, 20)
DEFINITIONS = Path(__file__).parents[3] / "warehouse" / "indicators" / "definitions"


def province(records: dict[str, Any], indicator: str, kind: str, region: str = "370000", insurer: str = "*") -> Cell:
    return compute(records, AS_OF).cells[CellKey(indicator, kind, region, "*", insurer)]  # type: ignore[arg-type]


def shown(cell: Cell) -> tuple[str, str, str]:
    return str(cell.numerator), str(cell.denominator), str(cell.shown)


@pytest.mark.parametrize("path", sorted(DEFINITIONS.glob("*.yml")), ids=lambda p: p.stem)
def test_the_oracle_covers_every_published_indicator_alike(path: Path) -> None:
    spec, ours = yaml.safe_load(path.read_text(encoding="utf-8")), CATALOGUE[path.stem]
    dimensions = spec["dimensions"]
    assert ours.periods == tuple(spec["periods"])
    assert ours.meaning.depth == dimensions["region"]
    assert (ours.meaning.by_domain, ours.meaning.by_insurer) == (dimensions["domain"], dimensions["insurer"])
    assert ours.meaning.unit == spec["unit"]
    assert ours.meaning.is_distinct == spec.get("distinct", False)


def test_nothing_is_covered_that_is_not_published() -> None:
    assert {path.stem for path in DEFINITIONS.glob("*.yml")} == set(CATALOGUE)


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


def test_shaoxing_2019_loss_ratio_from_its_payments(worlds: ModuleType) -> None:
    records = {
        "policy": [worlds.policy("P1", written_premium_amount=Decimal("11163000.00"))],
        "claim": [worlds.sent("claim", report_no="C1", policy_no="P1")],
        "claim_payment": [
            _payment(worlds, "A", "10", "417700.00"),
            _payment(worlds, "B", "20", "1100000.00"),
            _payment(worlds, "C", "40", "-100000.00"),
            _payment(worlds, "D", "30", "999.00"),
        ],
    }
    assert shown(province(records, "loss_ratio_simple", "ytd")) == ("1417700.00", "11163000.00", "12.70")
    assert province(records, "loss_ratio_with_expense", "ytd").numerator == Decimal("1418699.00")
    assert shown(province(records, "advance_payment_share", "ytd")) == ("417700.00", "1517700.00", "27.52")


def _payment(worlds: ModuleType, number: str, kind: str, amount: str) -> tuple[str, dict[str, Any]]:
    return worlds.sent(  # type: ignore[no-any-return]
        "claim_payment",
        payment_no=number,
        report_no="C1",
        payment_kind_code=kind,
        paid_amount=Decimal(amount),
        paid_at=worlds.moment(2026, 1, 1),
    )


def test_a_payment_at_midnight_in_shanghai_belongs_to_the_new_year(worlds: ModuleType) -> None:
    late = dt.datetime(2025, 12, 31, 15, 59, 59, tzinfo=dt.UTC)
    kept = worlds.sent("claim_payment", payment_no="1", report_no="C1", payment_kind_code="20")
    for paid_at, expected in ((late, 0), (late + dt.timedelta(seconds=1), 5)):
        payment = {**kept[1], "paid_amount": Decimal(5), "paid_at": paid_at}
        records = {
            "policy": [worlds.policy("P1")],
            "claim": [worlds.sent("claim", report_no="C1", policy_no="P1")],
            "claim_payment": [("lichun", payment)],
        }
        assert province(records, "loss_ratio_simple", "ytd").numerator == expected


def test_extra_services_do_not_hide_missing_ones(worlds: ModuleType) -> None:
    lines = [
        worlds.sent(
            "service_plan",
            plan_no="L",
            plan_line_no=str(n),
            policy_no="P1",
            plan_status_code="20",
            planned_count=2,
            window_end_date=dt.date(2026, 6, 30),
        )
        for n in (1, 2)
    ]
    services = [
        worlds.sent(
            "service_record",
            service_no=str(n),
            policy_no="P1",
            plan_no="L",
            plan_line_no="1",
            service_status_code=status,
            service_end_at=worlds.moment(2026, 6, 1 + n),
            insured_credit_code="E1",
        )
        for n, status in enumerate(["50", "50", "50", "60", "40"])
    ]
    records = {"policy": [worlds.policy("P1")], "service_plan": lines, "service_record": services}
    assert shown(province(records, "service_completion_ratio", "ytd")) == ("2", "4", "50.00")
    assert shown(province(records, "service_completion_uncapped_ratio", "ytd")) == ("3", "4", "75.00")


def test_nanhai_guided_hazards_and_verified_ones_are_two_figures(worlds: ModuleType) -> None:
    hazards = [
        worlds.sent(
            "hazard",
            hazard_no=str(n),
            service_no="S1",
            hazard_level_code="20" if n < 13 else "10",
            hazard_status_code="20" if n < 77 else "30",
            found_at=worlds.moment(2026, 3, 1),
            rectify_deadline_date=dt.date(2026, 3, 31),
            rectified_at=worlds.moment(2026, 3, 20),
            verified_at=None if n < 77 else worlds.moment(2026, 3, 21, 12),
        )
        for n in range(177)
    ]
    service = worlds.sent("service_record", service_no="S1", policy_no="P1", service_status_code="50")
    records = {"policy": [worlds.policy("P1")], "service_record": [service], "hazard": hazards}
    assert shown(province(records, "guided_rectification_ratio", "ytd")) == ("177", "177", "100.00")
    assert shown(province(records, "hazard_rectification_ratio", "ytd")) == ("100", "177", "56.50")
    assert province(records, "major_hazard_rectification_ratio", "ytd").denominator == 13
    assert province(records, "mean_rectification_days", "ytd").shown == Decimal("20.50")


@pytest.mark.parametrize(("received", "paid", "percent"), [("120", "21.6", "18.00"), ("95", "18.5", "19.47")])
def test_fee_ledger_against_premium_received(worlds: ModuleType, received: str, paid: str, percent: str) -> None:
    day = dt.date(2026, 5, 5)
    records = {
        "policy": [worlds.policy("P1", service_fee_ratio=Decimal("0.200000"))],
        "premium_receipt": [
            worlds.sent(
                "premium_receipt", receipt_no="1", policy_no="P1", receipt_date=day, received_amount=Decimal(received)
            )
        ],
        "fee_expense": [_expense(worlds, "1", "20", paid, day), _expense(worlds, "2", "10", "7", None)],
    }
    assert province(records, "fee_input_ratio", "ytd").shown == Decimal(percent)
    assert province(records, "fee_payment_ratio", "ytd").denominator == Decimal(received) * Decimal("0.2")


def _expense(
    worlds: ModuleType, number: str, status: str, amount: str, day: dt.date | None, **values: Any
) -> tuple[str, dict[str, Any]]:
    return worlds.sent(  # type: ignore[no-any-return]
        "fee_expense",
        **{
            "expense_no": number,
            "policy_no": "P1",
            "is_pooled": False,
            "expense_status_code": status,
            "expense_amount": Decimal(amount),
            "paid_date": day,
            **values,
        },
    )


def test_a_pooled_fee_counts_in_its_city_without_a_policy(worlds: ModuleType) -> None:
    pooled = _expense(worlds, "1", "20", "9", AS_OF, policy_no=None, is_pooled=True, pool_region_code="370200")
    records = {"fee_expense": [pooled]}
    assert province(records, "fee_input_ratio", "ytd", "370200").numerator == 9
    assert province(records, "fee_per_service", "ytd").numerator == 0


def test_orphans_are_left_out_with_their_reason(worlds: ModuleType) -> None:
    hazard = worlds.sent(
        "hazard",
        hazard_no="1",
        service_no="nobody",
        hazard_level_code="10",
        hazard_status_code="10",
        found_at=worlds.moment(2026, 3, 1),
        rectify_deadline_date=AS_OF,
    )
    computed = compute({"hazard": [hazard]}, AS_OF)
    assert computed.cells[CellKey("hazard_rectification_ratio", "ytd", "370000", "*", "*")].denominator == 0
    assert {key.reason for key in computed.exclusions} == {"service_unknown"}


@pytest.mark.parametrize("seed", range(12))
def test_coverage_and_continuity_agree_with_asking_day_by_day(worlds: ModuleType, seed: int) -> None:
    rng = random.Random(seed)
    policies = [_random_policy(worlds, rng, n) for n in range(12)]
    changes = [_random_change(worlds, rng, n) for n in range(14)]
    codes = ["E0", "E1", "E2", "E3"]
    records = {
        "enterprise": [worlds.enterprise(code) for code in codes],
        "policy": policies,
        "endorsement": changes,
    }
    days = [dt.date(2026, 1, 1) + dt.timedelta(n) for n in range((AS_OF - dt.date(2026, 1, 1)).days + 1)]
    covered = {(code, day) for code in codes for day in days if _is_covered(policies, changes, code, day)}
    assert province(records, "coverage_ratio", "as_of").numerator == sum((c, AS_OF) in covered for c in codes)
    assert province(records, "cover_continuity_ratio", "ytd").numerator == len(covered)
    assert province(records, "cover_continuity_ratio", "ytd").denominator == len(days) * len(codes)


def _day(rng: random.Random) -> dt.date:
    return dt.date(2025, 10, 1) + dt.timedelta(rng.randrange(430))


def _random_policy(worlds: ModuleType, rng: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    start = _day(rng)
    return worlds.policy(  # type: ignore[no-any-return]
        f"P{number}",
        f"E{rng.randrange(4)}",
        rng.choice(["lichun", "yushui"]),
        cover_start_date=start,
        cover_end_date=start + dt.timedelta(rng.randrange(1, 200)),
        termination_date=start + dt.timedelta(rng.randrange(90)) if rng.random() < 0.2 else None,
        policy_status_code=rng.choice(["20", "20", "30", "60"]),
        insured_object_code=rng.choice(["10", "10", "10", "20"]),
    )


def _random_change(worlds: ModuleType, rng: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    kind = rng.choice(["10", "40", "50", "60"])
    return worlds.sent(  # type: ignore[no-any-return]
        "endorsement",
        rng.choice(["lichun", "yushui"]),
        endorsement_no=f"N{number}",
        policy_no=f"P{rng.randrange(12)}",
        endorsement_type_code=kind,
        issue_date=AS_OF,
        premium_change_amount=Decimal(0),
        effective_date=_day(rng),
        cover_end_date=_day(rng),
        insured_credit_code=f"E{rng.randrange(4)}",
    )


def _is_covered(policies: list[Any], changes: list[Any], code: str, day: dt.date) -> bool:
    return any(_covers(insurer, policy, changes, code, day) for insurer, policy in policies)


def _covers(insurer: str, policy: dict[str, Any], changes: list[Any], code: str, day: dt.date) -> bool:
    insured, end, ended_on = policy["insured_credit_code"], policy["cover_end_date"], policy["termination_date"]
    own_end = ended_on
    for sender, change in sorted(changes, key=lambda c: (c[1]["effective_date"], c[1]["endorsement_no"])):
        if (sender, change["policy_no"]) != (insurer, policy["policy_no"]) or change["effective_date"] > day:
            continue
        if change["endorsement_type_code"] == "40":
            end = change["cover_end_date"]
        if change["endorsement_type_code"] == "50":
            insured = change["insured_credit_code"]
        if change["endorsement_type_code"] == "60" and own_end is None and ended_on is None:
            ended_on = change["effective_date"]
    is_in_time = policy["cover_start_date"] <= day <= end and (ended_on is None or day < ended_on)
    is_right = policy["insured_object_code"] == "10" and policy["policy_status_code"] != "60"
    return is_in_time and is_right and insured == code
