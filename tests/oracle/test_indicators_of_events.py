"""Payments, services, hazards and fees on small worlds: golden figures from records, and the testers' traps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from oracle.cells import CellKey
from oracle.indicators import compute
from tests.oracle.asking import AS_OF, province, shown


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
