"""Policy records: issue, start of cover, expiry, surrender, with corrections."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from sandbox.truth import names
from sandbox.truth.chance import Random, pick
from sandbox.truth.clock import DAY, at, days, yuan
from sandbox.truth.covers import Cover
from sandbox.truth.journal import Journal
from sandbox.truth.province import Record, Version

CORRECTED_SHARE = 0.015
_COMMISSIONS = tuple(Decimal(text) for text in ("0", "0.02", "0.03", "0.04", "0.045", "0.048"))


def write(journal: Journal, rng: Random, cover: Cover) -> Cover:
    """Write all versions of one policy; returns the cover with its first version."""
    issued_at = at(cover.issue, 18 * 60)
    is_future = (cover.start - cover.issue).days > 3
    fields = _fields(rng, cover) | {"policy_status_code": "10" if is_future and issued_at >= journal.opens_at else "20"}
    typo = _typo(rng, fields) if rng.random() < CORRECTED_SHARE else None
    first = journal.insert(cover.sender, "policy", fields, issued_at, typo=typo)
    _live_on(journal, rng, cover, first)
    return replace(cover, version=first)


def _live_on(journal: Journal, rng: Random, cover: Cover, version: Version) -> None:
    """Later states: cover starts, the policy ends early, or it expires."""
    if version.record["policy_status_code"] == "10" and cover.gone_status != "60":
        version = journal.revise(version, {"policy_status_code": "20"}, at(cover.start, 10), "保险责任起期,状态更新")
    if cover.gone_on and cover.gone_status:
        ended = {
            "policy_status_code": cover.gone_status,
            "termination_date": cover.gone_on,
            "termination_reason_code": cover.gone_reason,
        }
        noted = max(cover.gone_on - days(1), cover.issue)
        journal.revise(version, ended, at(noted, 17 * 60), "保险责任提前终止")
        return
    if cover.extended_to:
        agreed_at = at(extension_day(cover), 17 * 60)
        version = journal.revise(version, {"cover_end_date": cover.extended_to}, agreed_at, "批改延长保险期间")
    if rng.random() < 0.5:
        expired_at = at((cover.extended_to or cover.end) + DAY, 10)
        journal.revise(version, {"policy_status_code": "30"}, expired_at, "保单到期,状态更新")


def extension_day(cover: Cover) -> dt.date:
    """The day on which a longer period of cover is agreed."""
    return cover.end - days(12)


def _typo(rng: Random, fields: Record) -> Record:
    wrong: Record = pick(
        rng,
        (
            {"address_text": "待补充"},
            {"contact_phone": names.phone(rng)},
            {"employee_count": fields["employee_count"] + 1},
            {"industry_code": fields["industry_code"][:2]},
        ),
    )
    return wrong


def _fields(rng: Random, cover: Cover) -> Record:
    e = cover.enterprise
    return {
        "policy_no": cover.policy_no,
        "previous_policy_no": cover.previous_no,
        "product_code": f"AZX-{cover.insurer.insurer_code}-{1 if cover.object_code == '10' else 2}",
        "product_name": "安全生产责任保险条款",
        "holder_name": e.name,
        "holder_credit_code": e.credit_code,
        "insured_name": e.name,
        "insured_credit_code": e.credit_code,
        "insured_object_code": cover.object_code,
        "region_code": cover.region_code,
        "address_text": f"{e.county.city_name}{e.county.name}{e.serial % 900 + 1}号",
        "high_risk_domain_code": e.domain_code,
        "industry_code": e.industry_code,
        "risk_level_code": pick(rng, ("10", "20", "20", "30")),
        "issue_date": cover.issue,
        "cover_start_date": cover.start,
        "cover_end_date": cover.end,
        "insured_person_count": cover.person_count,
        "employee_count": cover.employee_count,
        "temporary_person_count": cover.employee_count // 10,
        "dispatched_person_count": cover.employee_count // 20,
        "service_frequency_count": e.county.terms.services_a_year,
        "contact_name": names.person(rng),
        "contact_phone": names.phone(rng),
        **_project(cover),
        **_limits(rng, cover),
        **_money(rng, cover),
    }


def _project(cover: Cover) -> Record:
    if cover.object_code != "20":
        return {}
    number = f"SG{cover.region_code}{cover.issue.year}{cover.policy_no[-6:]}"
    name = f"{cover.enterprise.county.name}{cover.policy_no[-4:]}号工程(模拟)"
    return {"project_no": number, "project_name": name, "work_start_date": cover.start + DAY}


def _limits(rng: Random, cover: Cover) -> Record:
    limit, accident = cover.limit_cents, cover.limit_cents * cover.victims_covered
    highest = 2 if rng.random() < 0.003 else 1
    return {
        "per_person_limit_amount": yuan(limit),
        "per_person_limit_max_amount": yuan(limit * highest),
        "medical_limit_amount": yuan(limit // 10),
        "per_accident_limit_amount": yuan(accident * highest),
        "aggregate_limit_amount": yuan(accident * 2),
        "third_party_limit_amount": yuan(limit),
        "rescue_limit_amount": yuan(limit // 4),
        "legal_limit_amount": yuan(limit // 10),
        "deductible_amount": yuan(0),
    }


def _money(rng: Random, cover: Cover) -> Record:
    premium, commission = yuan(cover.premium_cents), pick(rng, _COMMISSIONS)
    rate = (premium / yuan(cover.limit_cents * cover.victims_covered * 2)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return {
        "written_premium_amount": premium,
        "premium_tax_code": "10",
        "premium_rate_ratio": rate if cover.share is None and rate <= 1 else None,
        "rate_float_ratio": pick(rng, (Decimal("0.9"), Decimal(1), Decimal(1), Decimal("1.1"))),
        "commission_ratio": commission,
        "commission_amount": (premium * commission).quantize(Decimal("0.01"), ROUND_HALF_UP),
        "service_fee_ratio": cover.fee_ratio if rng.random() < 0.97 else None,
        "is_coinsured": cover.share is not None,
        "lead_insurer_code": cover.lead.insurer_code if cover.lead else None,
        "own_share_ratio": cover.share,
    }
