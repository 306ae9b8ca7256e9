"""Endorsement records: changes of persons, limits, period, insured, place, and surrender; with what they cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.truth.chance import Random, pick, whole
from sandbox.truth.clock import at, days, yuan
from sandbox.truth.covers import Cover
from sandbox.truth.geography import geography
from sandbox.truth.journal import Journal
from sandbox.truth.policies import extension_day
from sandbox.truth.province import Record, Version

_SHARES = {"10": 0.08, "20": 0.05, "30": 0.02, "50": 0.008, "70": 0.008, "90": 0.012}
"""How often a policy gets an endorsement of a type; 40 and 60 follow from the cover."""
NEW_LIMIT_FACTOR = 2


@dataclass(frozen=True)
class Change:
    """One endorsement as written: the premium it moves, in cents, and the record's version."""

    endorsement_no: str
    issue: dt.date
    cents: int
    version: Version


def write(journal: Journal, rng: Random, cover: Cover) -> list[Change]:
    """Write the endorsements of one policy, oldest first. Coinsured policies have none."""
    if cover.share is not None or cover.gone_status == "60":
        return []
    drafts = [d for d in _drafts(rng, cover) if d["issue_date"] >= journal.first_day and d["issue_date"] >= cover.issue]
    return [_insert(journal, cover, d) for d in sorted(drafts, key=lambda d: d["issue_date"])]


def _insert(journal: Journal, cover: Cover, draft: Record) -> Change:
    number = f"{cover.policy_no}P{journal.serial(cover.policy_no):02d}"
    cents = draft.pop("cents")
    fields = draft | {
        "endorsement_no": number,
        "policy_no": cover.policy_no,
        "premium_change_amount": yuan(cents),
    }
    happened_at = at(draft["issue_date"], 17 * 60)
    version = journal.insert(cover.sender, "endorsement", fields, happened_at, parent=cover.arrived)
    return Change(number, draft["issue_date"], cents, version)


def _drafts(rng: Random, cover: Cover) -> Iterator[Record]:
    for kind, share in _SHARES.items():
        if rng.random() < share:
            yield from _change(rng, cover, kind)
    if cover.gone_status == "40" and cover.gone_on:
        yield _surrender(cover, cover.gone_on)
    if cover.extended_to:
        issue = extension_day(cover)
        cents = cover.premium_cents // 8
        yield _draft("40", issue, issue, cents, "延长保险期间") | {"cover_end_date": cover.extended_to}


def _draft(kind: str, issue: dt.date, effective: dt.date, cents: int, text: str) -> Record:
    return {
        "endorsement_type_code": kind,
        "issue_date": issue,
        "effective_date": effective,
        "cents": cents,
        "description_text": text,
    }


def _surrender(cover: Cover, gone_on: dt.date) -> Record:
    left = max(0, (cover.end - gone_on).days)
    cents = -(cover.premium_cents * left // (cover.end - cover.start).days * 9 // 10)
    issue = max(gone_on - days(1), cover.issue)
    return _draft("60", issue, gone_on, cents, "退保") | {"termination_reason_code": cover.gone_reason}


def _change(rng: Random, cover: Cover, kind: str) -> Iterator[Record]:
    span = (cover.last_day - cover.start).days
    if span < 40:
        return
    effective = cover.start + days(whole(rng, 5, span - 20))
    issue = max(cover.issue, effective - days(whole(rng, 0, 5)))
    step, persons = whole(rng, 1, 3), cover.person_count
    a_head = cover.premium_cents // persons * (cover.last_day - effective).days // 365
    if kind == "10":
        now = {"insured_person_count": persons + step, "employee_count": cover.employee_count + step}
        yield _draft("10", issue, effective, a_head * step, f"增加{step}人") | now
    elif kind == "20" and persons > 10:
        now = {"insured_person_count": persons - step, "employee_count": cover.employee_count - step}
        yield _draft("20", issue, effective, -a_head * step, f"减少{step}人") | now
    elif kind == "30":
        limit = cover.limit_cents * NEW_LIMIT_FACTOR
        yield _draft("30", issue, effective, cover.premium_cents // 4, "提高每人责任限额") | {
            "per_person_limit_amount": yuan(limit),
            "aggregate_limit_amount": yuan(limit * cover.victims_covered * 2),
        }
    elif kind == "50":
        yield _draft("50", issue, effective, 0, "被保险人更名") | {"insured_credit_code": cover.enterprise.credit_code}
    elif kind == "70":
        yield _draft("70", issue, effective, -(cover.premium_cents // 20), "安全生产标准化达标,退还部分保费")
    elif kind == "90":
        yield _draft("90", issue, effective, 0, "风险地址变更") | {
            "region_code": pick(rng, geography().by_city[cover.enterprise.county.city_code]).code
        }
