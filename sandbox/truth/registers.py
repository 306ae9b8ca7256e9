"""The registers that regulators feed, as canonical rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sandbox.cast import CAST, Insurer
from sandbox.truth import agencies, enterprises, names
from sandbox.truth.chance import stream
from sandbox.truth.clock import SHANGHAI
from sandbox.truth.credit_code import credit_code
from sandbox.truth.enterprises import Enterprise
from sandbox.truth.geography import BY_CITY
from sandbox.truth.province import Record, blank

_ENTERED_AT = dt.datetime(2026, 11, 1, 9, 0, tzinfo=SHANGHAI)
_LAW = "《安全生产责任保险实施办法》应急〔2025〕27号"
_QINGDAO = "《青岛市推动安全生产责任保险服务企业事故预防工作实施办法》(媒体报道)"
_WUXI = "《无锡市高危行业安全生产责任保险事故预防费用管理办法》第3条"
_OURS = "默认口径,可配置"

#: rule_no, version_no, region_code, operator, value, unit, basis, valid from, valid to, severity, source, confidence.
_RULES = (
    ("R05", "1", "*", "<=", "0.05", "ratio", "written_premium", "2025-03-29", None, "error", f"{_LAW} 第14条", "confirmed"),
    ("R06", "1", "*", ">=", "300000", "yuan", "per_person", "2018-01-01", "2025-03-28", "error", "安监总办〔2017〕140号", "confirmed"),
    ("R06", "2", "*", ">=", "400000", "yuan", "per_person", "2025-03-29", None, "error", f"{_LAW} 第15条", "confirmed"),
    ("R07", "1", "3702", ">=", "500000", "yuan", "per_person", "2025-03-29", None, "error", f"{_LAW} 第15条;数值为{_OURS}", "assumption"),
    ("R12", "1", "*", "<=", "0.21", "ratio", "premium_received", "2024-10-22", None, "warning", f"应急厅函〔2024〕322号;{_LAW}", "confirmed"),
    ("R13", "1", "3702", ">=", "0.20", "ratio", "premium_received", "2023-01-01", None, "warning", _QINGDAO, "secondary"),
    ("R14", "1", "320200", "=", "0.20", "ratio", "premium_received", "2023-10-24", None, "warning", _WUXI, "confirmed"),
    ("R20", "1", "*", "<=", "5", "working_day", "service", "9999-01-01", None, "warning", f"AQ 9010-2019 第6章;天数为{_OURS},默认停用", "assumption"),
    ("R21", "1", "*", "<=", "1", "working_day", "hazard", "9999-01-01", None, "warning", f"AQ 9010-2019 第6章;天数为{_OURS},默认停用", "assumption"),
    ("R23", "1", "*", "<=", "3", "working_day", "hazard", "9999-01-01", None, "warning", f"{_LAW}(媒体摘录);天数为{_OURS},默认停用", "assumption"),
    ("R32", "1", "*", "<=", "5", "working_day", "business_event", "2026-11-11", None, "warning", f"全省平台报道(2025-07);起算与截止为{_OURS}", "secondary"),
)  # fmt: skip


def all_rows(seed: int, settled: tuple[Enterprise, ...]) -> dict[str, list[Record]]:
    """Rows by register."""
    return {
        "enterprise": enterprises.register(seed, settled),
        "insurer": insurers(seed),
        "agency": agencies.register(seed),
        "rule_threshold": rule_thresholds(),
    }


def rule_thresholds() -> list[Record]:
    """The rules of domain section 2 that hold a figure; those switched off are valid from 9999."""
    return [_rule(*row) for row in _RULES]


def _rule(*row: str | None) -> Record:
    rule_no, version, region, operator, value, unit, basis, start, end, severity, source, confidence = row
    assert value is not None
    assert start is not None
    return blank("rule_threshold") | {
        "rule_no": rule_no,
        "version_no": version,
        "region_code": region,
        "high_risk_domain_code": "*",
        "operator_code": operator,
        "threshold_value": Decimal(value),
        "unit_code": unit,
        "basis_code": basis,
        "valid_from_date": dt.date.fromisoformat(start),
        "valid_to_date": dt.date.fromisoformat(end) if end else None,
        "severity_code": severity,
        "source_document_text": source,
        "confidence_code": confidence,
        "operation_code": "I",
        "source_updated_at": _ENTERED_AT,
    }


def insurers(seed: int) -> list[Record]:
    """One row per city branch of each insurer."""
    rng = stream(seed, "insurer register")
    contacts = {insurer: (names.person(rng), names.phone(rng)) for insurer in CAST}
    return [_branch(n, insurer, city, contacts[insurer]) for n, insurer in enumerate(CAST) for city in BY_CITY]


def _branch(number: int, insurer: Insurer, city_code: str, contact: tuple[str, str]) -> Record:
    city_name = BY_CITY[city_code][0].city_name
    return blank("insurer") | {
        "insurer_code": insurer.insurer_code,
        "insurer_name": insurer.name_zh,
        "credit_code": credit_code(20_000_000 + number, "370102"),
        "licence_no": f"P{number + 1:05d}AZ",
        "alias_list": insurer.name_zh[:2],
        "feed_mode_code": "30" if insurer.is_drop else "10",
        "branch_code": f"{insurer.insurer_code}{city_code[:4]}",
        "branch_name": f"{insurer.name_zh[:2]}{city_name}中心支公司(模拟)",
        "branch_region_code": BY_CITY[city_code][0].code,
        "data_contact_name": contact[0],
        "data_contact_phone": contact[1],
        "valid_from_date": dt.date(2023, 1, 1),
        "operation_code": "I",
        "source_updated_at": _ENTERED_AT,
    }
