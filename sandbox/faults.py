"""Planted errors: altered copies of true records, each breaking one rule, with what is expected to be said of them.

The copies carry keys of their own, so the truth and the oracle never see them: a hub that works holds every one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sandbox.cast import cast
from sandbox.truth.clock import NIGHT_BEGINS
from sandbox.truth.province import Feeding, Record
from schemas.contract import load_contracts

BAD_AT = NIGHT_BEGINS + dt.timedelta(hours=6)
"""When the bad rows of the demo night become available."""


@dataclass(frozen=True)
class Violation:
    """One way to break a record; ``spoil`` gives the fields that change, ``suits`` says which records it can break."""

    name: str
    record_type: str
    field: str
    problem: str
    spoil: Callable[[Record], Record]
    suits: Callable[[Record], bool] = lambda _: True


@dataclass(frozen=True)
class BadRow:
    """One bad row with its key as text, the field that is wrong, and the problem in words."""

    violation: str
    record_type: str
    key: tuple[str, ...]
    field: str
    problem: str
    record: Record


def _wrong_check(record: Record) -> Record:
    code = record["insured_credit_code"]
    return {"insured_credit_code": code[:-1] + ("A" if code[-1] != "A" else "B")}


def _premium(text: str) -> Callable[[Record], Record]:
    plain = {"commission_ratio": None, "commission_amount": None, "premium_rate_ratio": None}
    return lambda _: {"written_premium_amount": Decimal(text), **plain}


def _commission(record: Record) -> Record:
    amount = (record["written_premium_amount"] * Decimal("0.08")).quantize(Decimal("0.01"))
    return {"commission_ratio": Decimal("0.08"), "commission_amount": amount}


def _no_region(record: Record) -> Record:
    return {"region_code": f"{record['region_code'][:2]}9999"}


def _fixed(**fields: object) -> Callable[[Record], Record]:
    return lambda _: dict(fields)


def _shifted(field: str, base: str, **span: int) -> Callable[[Record], Record]:
    return lambda record: {field: record[base] + dt.timedelta(**span)}


def _has(field: str, *values: object) -> Callable[[Record], bool]:
    return lambda record: record[field] in values


def _plain_policy(record: Record) -> bool:
    return record["termination_date"] is None and not record["is_coinsured"] and record["insured_object_code"] == "10"


_LOW = Decimal("200000.00")
VIOLATIONS: tuple[Violation, ...] = (
    Violation("check-digit", "policy", "insured_credit_code", "校验码错误", _wrong_check, _plain_policy),
    Violation("missing-key", "policy", "policy_no", "主键缺失", _fixed(policy_no=None), _plain_policy),
    Violation("unknown-code", "policy", "policy_status_code", "代码不在代码表中", _fixed(policy_status_code="77"), _plain_policy),
    Violation("date-order", "policy", "cover_end_date", "止期早于起期", _shifted("cover_end_date", "cover_start_date", days=-30), _plain_policy),
    Violation("commission", "policy", "commission_ratio", "佣金比例高于5%", _commission, _plain_policy),
    Violation("negative-premium", "policy", "written_premium_amount", "保费为负", _premium("-100.00"), _plain_policy),
    Violation("wrong-sender", "policy", "insurer_code", "机构代码不是本机构", _fixed(insurer_code="NOBODY"), _plain_policy),
    Violation("three-decimals", "policy", "written_premium_amount", "金额多于两位小数", _premium("1234.567"), _plain_policy),
    Violation("low-limit", "policy", "per_person_limit_amount", "每人限额低于最低标准", _fixed(per_person_limit_amount=_LOW, per_person_limit_max_amount=_LOW), _plain_policy),
    Violation("unknown-region", "policy", "region_code", "行政区划代码不存在", _no_region, _plain_policy),
    Violation("refund-sign", "premium_receipt", "received_amount", "退还金额应为负", _fixed(receipt_type_code="20"), _has("receipt_type_code", "10")),
    Violation("report-before-accident", "claim", "reported_at", "报案早于出险", _shifted("reported_at", "accident_at", days=-2)),
    Violation("recovery-sign", "claim_payment", "paid_amount", "追偿金额应为负", _fixed(payment_kind_code="40"), _has("payment_kind_code", "20")),
    Violation("window-order", "service_plan", "window_end_date", "计划截止早于起始", _shifted("window_end_date", "window_start_date", days=-3)),
    Violation("service-order", "service_record", "service_end_at", "服务结束早于开始", _shifted("service_end_at", "service_start_at", hours=-2), _has("service_status_code", "50")),
    Violation("rectified-before-found", "hazard", "rectified_at", "整改早于发现", _shifted("rectified_at", "found_at", days=-1), _has("hazard_status_code", "30")),
    Violation("verified-before-rectified", "hazard", "verified_at", "验证早于整改", _shifted("verified_at", "rectified_at", hours=-1), _has("hazard_status_code", "30")),
    Violation("no-invoice", "fee_expense", "invoice_no", "已支付费用缺发票号", _fixed(invoice_no=None), _has("expense_status_code", "20")),
)  # fmt: skip


def spoil(record: Record, violation: Violation, number: int = 1) -> BadRow:
    """An altered copy of one true record, with a key of its own that ends in ``-BAD<number>``."""
    key_fields = load_contracts()[violation.record_type].key
    copy = record | {
        "operation_code": "I",
        "correction_reason_text": None,
        "source_updated_at": BAD_AT,
        "source_record_no": f"{record['source_record_no']}B{number:02d}",
        key_fields[0]: f"{record[key_fields[0]]}-BAD{number:02d}",
    }
    if violation.record_type == "fee_expense":
        copy["invoice_no"] = f"{record['invoice_no']}B{number:02d}"
    if violation.record_type == "service_record":
        copy |= {"report_no": None, "report_hash": None}
    copy |= violation.spoil(copy)
    key = tuple(str(copy[name] or "") for name in key_fields)
    return BadRow(violation.name, violation.record_type, key, violation.field, violation.problem, copy)


def plant(records: list[Record], record_type: str) -> Iterator[BadRow]:
    """One bad row per violation of a record type, from the latest record that suits; for tests of any part."""
    for number, violation in enumerate(VIOLATIONS, 1):
        if violation.record_type != record_type:
            continue
        base = next((r for r in reversed(records) if r["operation_code"] != "D" and violation.suits(r)), None)
        if base is not None:
            yield spoil(base, violation, number)


def shown(
    province: Feeding, insurer_id: str, record_type: str, since: dt.datetime | None, until: dt.datetime
) -> list[Record]:
    """What an insurer's system shows in (since, until]: the truth, and after it the bad rows of one with that fault."""
    records = province.feed(insurer_id, record_type, since, until)
    return records + [row.record for row in bad_rows(province, insurer_id, record_type, since, until)]


def bad_rows(
    province: Feeding, insurer_id: str, record_type: str, since: dt.datetime | None, until: dt.datetime
) -> list[BadRow]:
    """The bad rows of one feed in (since, until]; none unless the insurer's fault is bad_rows."""
    has_fault = any(i.insurer_id == insurer_id and i.fault == "bad_rows" for i in cast())
    if not has_fault or until < BAD_AT or (since is not None and since >= BAD_AT):
        return []
    return list(plant(province.feed(insurer_id, record_type, None, BAD_AT), record_type))
