"""Small worlds for the oracle's tests: records with every field of their contract, few of them filled."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from schemas.contract import load_contracts

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
AS_OF = dt.date(2026, 11, 20)


def record(record_type: str, **values: Any) -> dict[str, Any]:
    """A record of a type; a field that the contract does not have is a mistake of the test."""
    names = load_contracts()[record_type].by_name
    assert set(values) <= set(names), set(values) - set(names)
    envelope = {"operation_code": "I", "source_updated_at": moment(2026, 1, 1)}
    return {**dict.fromkeys(names), **{n: v for n, v in envelope.items() if n in names}, **values}


def enterprise(code: str, **values: Any) -> tuple[str, dict[str, Any]]:
    defaults = {
        "credit_code": code,
        "region_code": "370102",
        "high_risk_domain_code": "20",
        "is_must_insure": True,
        "must_insure_from_date": dt.date(2025, 1, 1),
        "operation_status_code": "10",
        "operation_status_date": dt.date(2025, 1, 1),
        "employee_count": 10,
        "employee_count_date": dt.date(2026, 6, 30),
    }
    return "regulator", record("enterprise", **{**defaults, **values})


def policy(number: str, insured: str = "E1", insurer: str = "lichun", **values: Any) -> tuple[str, dict[str, Any]]:
    defaults = {
        "insurer_code": insurer.upper(),
        "policy_no": number,
        "policy_status_code": "20",
        "insured_credit_code": insured,
        "insured_object_code": "10",
        "region_code": "370102",
        "high_risk_domain_code": "20",
        "issue_date": dt.date(2026, 1, 1),
        "cover_start_date": dt.date(2026, 1, 1),
        "cover_end_date": dt.date(2026, 12, 31),
        "written_premium_amount": Decimal("1000.00"),
        "insured_person_count": 10,
        "employee_count": 10,
        "per_person_limit_amount": Decimal("400000.00"),
        "aggregate_limit_amount": Decimal("4000000.00"),
        "is_coinsured": False,
    }
    return insurer, record("policy", **{**defaults, **values})


def sent(record_type: str, insurer: str = "lichun", **values: Any) -> tuple[str, dict[str, Any]]:
    return insurer, record(record_type, **values)


def moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)
