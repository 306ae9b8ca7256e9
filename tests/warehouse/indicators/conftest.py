"""Rows straight into core tables, for figures that must not depend on how rows get there."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from schemas.contract import load_contract

LOADED_AT = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
Row = Mapping[str, Any]
Load = Callable[[str, Iterable[Row]], None]

DEFAULTS: dict[str, dict[str, Any]] = {
    "enterprise": {
        "region_code": "370102",
        "high_risk_domain_code": "20",
        "is_must_insure": True,
        "must_insure_from_date": "2025-01-01",
        "operation_status_code": "10",
        "operation_status_date": "2025-01-01",
        "employee_count": 10,
        "employee_count_date": "2026-06-30",
    },
    "policy": {
        "policy_status_code": "20",
        "insured_object_code": "10",
        "insured_credit_code": "E1",
        "region_code": "370102",
        "high_risk_domain_code": "20",
        "issue_date": "2026-01-01",
        "cover_start_date": "2026-01-01",
        "cover_end_date": "2026-12-31",
        "written_premium_amount": "1000.00",
        "insured_person_count": 10,
        "employee_count": 10,
        "per_person_limit_amount": "500000.00",
        "aggregate_limit_amount": "5000000.00",
        "is_coinsured": False,
    },
    "endorsement": {"endorsement_type_code": "90", "premium_change_amount": "0.00", "policy_no": "P1"},
    "premium_receipt": {"receipt_type_code": "10", "receipt_date": "2026-01-05", "policy_no": "P1"},
    "claim": {
        "policy_no": "P1",
        "claim_status_code": "20",
        "is_reopened": False,
        "accident_at": "2026-03-01T08:00:00+08:00",
        "reported_at": "2026-03-01T09:00:00+08:00",
    },
    "claim_payment": {"report_no": "C1", "payment_kind_code": "20", "paid_at": "2026-04-01T10:00:00+08:00"},
    "service_plan": {
        "plan_no": "S1",
        "policy_no": "P1",
        "plan_status_code": "20",
        "planned_count": 1,
        "window_start_date": "2026-01-01",
        "window_end_date": "2026-06-30",
    },
    "service_record": {
        "policy_no": "P1",
        "insured_credit_code": "E1",
        "service_status_code": "50",
        "service_end_at": "2026-06-01T12:00:00+08:00",
    },
    "hazard": {
        "service_no": "V1",
        "hazard_level_code": "10",
        "hazard_status_code": "10",
        "found_at": "2026-06-01T12:00:00+08:00",
        "rectify_deadline_date": "2026-06-15",
    },
    "fee_expense": {
        "is_pooled": False,
        "policy_no": "P1",
        "expense_status_code": "20",
        "paid_date": "2026-06-20",
        "fee_category_code": "20",
    },
    "rule_threshold": {
        "version_no": "1",
        "region_code": "*",
        "high_risk_domain_code": "*",
        "operator_code": ">=",
        "valid_from_date": "2025-03-29",
    },
}


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction on a fresh migrated database."""
    with engine.begin() as opened:
        yield opened


@pytest.fixture
def load(connection: sa.Connection) -> Load:
    """Puts rows of a record type into core: given columns over defaults, insurer ``lichun`` unless given."""
    return loader(connection)


def loader(connection: sa.Connection) -> Load:
    """What ``load`` is, for a connection of one's own."""
    row_no = itertools.count(1)

    def insert(record_type: str, rows: Iterable[Row]) -> None:
        complete = [_complete(record_type, row, next(row_no)) for row in rows]
        for columns, group in itertools.groupby(complete, key=lambda row: tuple(row)):
            names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
            connection.execute(sa.text(f"insert into core.{record_type} ({names}) values ({values})"), list(group))

    return insert


def _complete(record_type: str, row: Row, row_no: int) -> dict[str, Any]:
    contract = load_contract(record_type)
    given = {name: value for name, value in row.items() if value not in (None, "")}
    insurer_id = "regulator" if contract.is_register else given.get("insurer_id", "lichun")
    envelope: dict[str, Any] = {} if contract.is_register else {"insurer_code": insurer_id.upper()}
    hub = {
        "insurer_id": insurer_id,
        "operation_code": "I",
        "source_updated_at": LOADED_AT,
        "batch_id": 1,
        "row_no": row_no,
        "content_hash": f"{record_type}-{row_no}",
        "recorded_at": LOADED_AT,
        "first_received_at": LOADED_AT,
    }
    return {**envelope, **hub, **DEFAULTS.get(record_type, {}), **given}
