"""The rules of the domain in plain Python, over whole records; each check yields (rule, record) for what breaks it."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from sandbox.truth import Province
from sandbox.truth.clock import SHANGHAI
from sandbox.truth.credit_code import is_valid
from schemas.code_lists import load_code_lists
from schemas.contract import INSURER_RECORD_TYPES, Contract, Field, load_contracts

Record = dict[str, Any]
Broken = Iterator[tuple[str, Any]]
TYPES = {
    "date": dt.date, "timestamp": dt.datetime, "amount": Decimal, "decimal": Decimal, "ratio": Decimal,
    "count": int, "boolean": bool,
}  # fmt: skip
MAY_LIE_AHEAD = {
    "cover_start_date", "cover_end_date", "termination_date", "effective_date", "work_start_date",
    "window_start_date", "window_end_date", "rectify_deadline_date",
}  # fmt: skip

HALF_A_CENT = Decimal("0.005")


def field_faults(contract: Contract, record: Record) -> Broken:
    """What the contract says of single values."""
    if list(record) != list(contract.by_name):
        yield "fields", record
    for field in contract.fields:
        value = record[field.name]
        if value is None:
            if field.is_required or _is_demanded(field, record):
                yield f"{field.name} missing", record
        elif not _is_well_formed(field, value):
            yield f"{field.name} malformed", value


def _is_demanded(field: Field, record: Record) -> bool:
    if field.required_when is None:
        return False
    return any(_text(record[name]) in accepted for name, accepted in field.required_when.alternatives)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_well_formed(field: Field, value: Any) -> bool:
    kind = TYPES.get(field.kind, str)
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        return False
    if field.kind == "date" and isinstance(value, dt.datetime):
        return False
    if field.kind == "timestamp" and (value.tzinfo is None or value.microsecond):
        return False
    return _fits(field, value)


def _fits(field: Field, value: Any) -> bool:
    text = str(value)
    decimals = -value.as_tuple().exponent if isinstance(value, Decimal) else 0
    if field.semantic_type == "credit_code" and not is_valid(value):
        return False
    return (
        (field.max_length is None or len(text) <= field.max_length)
        and (field.pattern is None or re.search(field.pattern, text) is not None)
        and (field.minimum is None or value >= field.minimum)
        and (field.maximum is None or value <= field.maximum)
        and decimals <= {"amount": 2, "ratio": 6, "decimal": 6}.get(field.kind, 0)
        and (field.code_list is None or text in {entry.code for entry in load_code_lists()[field.code_list].entries})
    )


def time_faults(contract: Contract, record: Record, available_at: dt.datetime) -> Broken:
    """Nothing is known before it happened."""
    if record["source_updated_at"] > available_at:
        yield "updated after it was available", record
    for field in contract.fields:
        value = record[field.name]
        if field.name in MAY_LIE_AHEAD or value is None:
            continue
        if field.kind == "timestamp" and value > record["source_updated_at"]:
            yield f"{field.name} in the future", record
        if field.kind == "date" and value > record["source_updated_at"].astimezone(SHANGHAI).date():
            yield f"{field.name} in the future", record


def _ordered(record: Record, *names: str) -> bool:
    values = [record[name] for name in names if record[name] is not None]
    return all(a <= b for a, b in itertools.pairwise(values))


def policy_faults(r: Record) -> Broken:
    least = 500_000 if r["region_code"].startswith("3702") else 400_000
    checks = {
        "dates": r["issue_date"] <= r["cover_start_date"] <= r["cover_end_date"],
        "termination": _ordered(r, "cover_start_date", "termination_date", "cover_end_date"),
        "R05": r["commission_ratio"] <= Decimal("0.05") and r["commission_amount"] <= r["written_premium_amount"] / 20,
        "commission": abs(r["commission_amount"] - r["commission_ratio"] * r["written_premium_amount"]) <= HALF_A_CENT,
        "R06/R07": r["per_person_limit_amount"] >= least,
        "limits": _ordered(r, "per_person_limit_amount", "per_accident_limit_amount", "aggregate_limit_amount"),
        "persons": r["insured_person_count"] <= r["employee_count"],
        "temporary": r["temporary_person_count"] + r["dispatched_person_count"] <= r["employee_count"],
        "R12": (r["service_fee_ratio"] or 0) <= Decimal("0.21"),
        "status": (r["termination_date"] is None) == (r["policy_status_code"] in ("10", "20", "30")),
    }
    yield from ((rule, r) for rule, holds in checks.items() if not holds)


def claim_faults(r: Record) -> Broken:
    if not _ordered(r, "accident_at", "reported_at", "registered_at", "decided_at", "agreed_at"):
        yield "dates", r
    if r["closed_at"] and not _ordered(r, "reported_at", "closed_at"):
        yield "closed", r
    edition = "1986" if r["accident_at"].astimezone(SHANGHAI).date() < dt.date(2026, 7, 1) else "2025"
    entries = load_code_lists()["CL-ACCIDENT"].entries
    if r["accident_type_edition_code"] != edition or not any(
        e.code == r["accident_type_code"] and e.edition == edition for e in entries
    ):
        yield "R46 edition", r
    is_larger = r["death_count"] >= 3 or r["serious_injury_count"] >= 10
    if r["accident_grade_code"] != ("20" if is_larger else "10"):
        yield "grade", r


def service_faults(r: Record) -> Broken:
    if r["service_end_at"] and r["service_end_at"] <= r["service_start_at"]:
        yield "times", r
    for name in ("insurer_confirmed_at", "insured_confirmed_at", "revisit_at"):
        if r[name] and r[name] < r["service_end_at"]:
            yield name, r
    if (r["item_edition_code"] == "LAW7") != r["service_item_code"].startswith("7"):
        yield "edition", r


def hazard_faults(r: Record) -> Broken:
    if not _ordered(r, "found_at", "notified_at", "rectified_at", "verified_at"):
        yield "dates", r
    if r["rectify_deadline_date"] < r["found_at"].astimezone(SHANGHAI).date():
        yield "deadline", r
    if r["hazard_level_code"] == "20" and r["notified_role_code"] not in ("10", "20"):
        yield "R22", r


def plan_faults(r: Record) -> Broken:
    if not r["window_start_date"] <= r["window_end_date"] or r["plan_date"] > r["window_end_date"]:
        yield "window", r


def payment_faults(r: Record) -> Broken:
    if (r["paid_amount"] < 0) != (r["payment_kind_code"] in ("40", "50")) or r["paid_amount"] == 0:
        yield "sign", r


def receipt_faults(r: Record) -> Broken:
    if (r["received_amount"] < 0) != (r["receipt_type_code"] in ("20", "30")) or r["received_amount"] == 0:
        yield "sign", r


def fee_faults(r: Record) -> Broken:
    if r["paid_date"] and r["budget_year_no"] != str(r["paid_date"].year):
        yield "budget year", r
    if (r["expense_amount"] < 0) != (r["expense_status_code"] == "30") or r["expense_amount"] == 0:
        yield "sign", r
    if not _ordered(r, "accrued_date", "paid_date"):
        yield "dates", r


def endorsement_faults(r: Record) -> Broken:
    if r["insured_person_count"] is not None and r["insured_person_count"] > r["employee_count"]:
        yield "persons", r


OWN_CHECKS = {
    "policy": policy_faults, "endorsement": endorsement_faults, "premium_receipt": receipt_faults, "claim": claim_faults,
    "claim_payment": payment_faults, "service_plan": plan_faults, "service_record": service_faults, "hazard": hazard_faults,
    "fee_expense": fee_faults,
}  # fmt: skip


def record_faults(province: Province) -> Broken:
    """Every check over every version, with the record type in the rule's name."""
    contracts = load_contracts()
    for v in province.versions:
        contract = contracts[v.record_type]
        for check in (
            field_faults(contract, v.record),
            time_faults(contract, v.record, v.available_at),
            OWN_CHECKS[v.record_type](v.record),
        ):
            yield from ((f"{v.record_type}: {rule}", record) for rule, record in check)


def relation_faults(province: Province, at: dt.datetime) -> Broken:
    """Children against their parents, over what is current at a moment; children of parents not yet there are left out."""
    tables = {t: {(i, *_key(t, r)): r for i, r in province.current(t, at)} for t in INSURER_RECORD_TYPES}
    for child, parent, field, check in RELATIONS:
        for (insurer, *_), record in tables[child].items():
            above = tables[parent].get((insurer, record[field]))
            if above is not None and not check(above, record):
                yield f"{child}: does not fit its {parent}", (record, above)
    yield from _sums(tables)


def _service_fits(policy: Record, r: Record) -> bool:
    return _covers(policy, r["service_start_at"]) and r["insured_credit_code"] == policy["insured_credit_code"]


def _hazard_fits(service: Record, r: Record) -> bool:
    return bool(service["service_start_at"] <= r["found_at"] <= (service["service_end_at"] or r["found_at"]))


def _plan_fits(policy: Record, r: Record) -> bool:
    begin, end = policy["cover_start_date"], policy["cover_end_date"]
    return bool(
        begin <= r["window_start_date"] <= r["window_end_date"] <= end and policy["issue_date"] <= r["plan_date"]
    )


def _covers(policy: Record, moment: dt.datetime) -> bool:
    day, gone = moment.astimezone(SHANGHAI).date(), policy["termination_date"]
    return policy["cover_start_date"] <= day <= policy["cover_end_date"] and (gone is None or day < gone)


RELATIONS: tuple[tuple[str, str, str, Callable[[Record, Record], bool]], ...] = (
    ("service_record", "policy", "policy_no", _service_fits),
    ("claim", "policy", "policy_no", lambda policy, r: _covers(policy, r["accident_at"])),
    ("hazard", "service_record", "service_no", _hazard_fits),
    ("endorsement", "policy", "policy_no", lambda policy, r: policy["issue_date"] <= r["issue_date"]),
    ("service_plan", "policy", "policy_no", _plan_fits),
    ("claim_payment", "claim", "report_no", lambda claim, r: claim["reported_at"] <= r["paid_at"]),
    ("fee_expense", "service_record", "service_no", lambda service, r: r["policy_no"] == service["policy_no"]),
)


def _key(record_type: str, record: Record) -> tuple[Any, ...]:
    return tuple(record[name] for name in load_contracts()[record_type].key)


def _sums(tables: dict[str, dict[Any, Record]]) -> Broken:
    cash: dict[Any, Decimal] = defaultdict(Decimal)
    for (insurer, *_), r in tables["premium_receipt"].items():
        cash[insurer, r["policy_no"]] += r["received_amount"]
    yield from (("receipts: refunds above receipts", key) for key, total in cash.items() if total < 0)
    paid: dict[Any, Decimal] = defaultdict(Decimal)
    for (insurer, *_), r in tables["claim_payment"].items():
        paid[insurer, r["report_no"]] += r["paid_amount"]
    for key, total in paid.items():
        claim = tables["claim"].get(key)
        policy = tables["policy"].get((key[0], claim["policy_no"])) if claim else None
        if policy and total > min(policy["per_accident_limit_amount"], claim["claimed_amount"]):
            yield "payments: above limit or claim", (key, total)
    invoices: dict[Any, int] = defaultdict(int)
    for (insurer, *_), r in tables["fee_expense"].items():
        invoices[insurer, r["invoice_no"]] += r["invoice_no"] is not None
    yield from (("fees: invoice used twice", key) for key, n in invoices.items() if n > 1)
