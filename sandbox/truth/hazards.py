"""Hazards that services find: notified, rectified, verified, escalated, or still open."""

from __future__ import annotations

import datetime as dt

from sandbox.truth import names
from sandbox.truth.chance import Random, pick, whole
from sandbox.truth.clock import SHANGHAI, at, days
from sandbox.truth.journal import Journal
from sandbox.truth.province import Record, Version
from sandbox.truth.services import Service

MAJOR_SHARE = 0.0922
"""Published share of major hazards in aluminium casting (120 of 1302)."""
AT_ONCE_SHARE = 0.45
"""General hazards that are removed and checked within two days, and sent once."""
LEFT_SHARE = 0.05
UNVERIFIED_SHARE = 0.03
OVERDUE_SHARE = 0.06


def write(journal: Journal, rng: Random, service: Service) -> None:
    """Write the hazards of one service with their later states."""
    for _ in range(service.hazard_count):
        _hazard(journal, rng, service)


def _hazard(journal: Journal, rng: Random, service: Service) -> None:
    is_major = rng.random() < MAJOR_SHARE
    minutes = int((service.end_at - service.start_at).total_seconds()) // 60
    found_at = service.start_at + dt.timedelta(minutes=whole(rng, 1, minutes))
    term = whole(rng, 20, 90) if is_major else whole(rng, 7, 30)
    fields = _fields(journal, rng, service, found_at, is_major) | {
        "rectify_deadline_date": found_at.date() + days(term),
    }
    if not is_major and rng.random() < AT_ONCE_SHARE:
        _at_once(journal, rng, service, fields)
        return
    typo = {"location_text": "待补充"} if rng.random() < 0.008 else None
    version = journal.insert(
        service.cover.sender,
        "hazard",
        fields,
        service.end_at + dt.timedelta(minutes=40),
        parent=service.version,
        typo=typo,
    )
    _follow(journal, rng, version, term, is_major)


def _at_once(journal: Journal, rng: Random, service: Service, fields: Record) -> None:
    rectified_at = service.end_at + dt.timedelta(minutes=whole(rng, 60, 1_500))
    verified_at = rectified_at + dt.timedelta(minutes=whole(rng, 30, 900))
    done = {"hazard_status_code": "30", **_rectified(rng, rectified_at), **_verified(rng, verified_at)}
    version = journal.insert(service.cover.sender, "hazard", fields | done, verified_at, parent=service.version)
    if rng.random() < 0.004:
        journal.withdraw(version, version.available_at, "误报,不构成隐患")


def _follow(journal: Journal, rng: Random, version: Version, term: int, is_major: bool) -> None:
    """Rectified within the term, late, or not at all; verified some days after; overdue major ones are escalated."""
    found_at, draw = version.record["found_at"], rng.random()
    if draw < LEFT_SHARE + OVERDUE_SHARE and is_major:
        overdue_at = at(version.record["rectify_deadline_date"] + days(whole(rng, 1, 3)), 600)
        changes = {"hazard_status_code": "40", "escalated_at": overdue_at, "escalated_to_code": "10"}
        version = journal.revise(version, changes, overdue_at, "重大隐患逾期,已上报")
    if draw < LEFT_SHARE:
        return
    delay = (
        days(term + whole(rng, 4, 20))
        if draw < LEFT_SHARE + OVERDUE_SHARE
        else days(term) * (0.1 + 0.85 * rng.random())
    )
    rectified_at = (found_at + delay + dt.timedelta(days=1)).replace(microsecond=0)
    changes = {"hazard_status_code": "20", **_rectified(rng, rectified_at)}
    version = journal.revise(version, changes, rectified_at, "企业已整改")
    if rng.random() > UNVERIFIED_SHARE:
        verified_at = rectified_at + dt.timedelta(minutes=whole(rng, 600, 12_000))
        changes = {"hazard_status_code": "30", **_verified(rng, verified_at)}
        journal.revise(version, changes, verified_at, "整改已验证")


def _rectified(rng: Random, rectified_at: dt.datetime) -> Record:
    photo = names.digest(rng) if rng.random() < 0.3 else None
    return {"rectified_at": rectified_at, "rectify_measure_text": "已按要求整改到位", "photo_after_hash": photo}


def _verified(rng: Random, verified_at: dt.datetime) -> Record:
    method = pick(rng, ("10", "10", "30", "40"))
    return {"verified_at": verified_at, "verify_method_code": method, "verifier_name": names.person(rng)}


def _fields(journal: Journal, rng: Random, service: Service, found_at: dt.datetime, is_major: bool) -> Record:
    insurer_id = service.cover.insurer.insurer_id
    return {
        "hazard_no": f"YH{service.cover.branch_code}{found_at.astimezone(SHANGHAI):%Y%m%d}{journal.serial(insurer_id + 'YH'):08d}",
        "service_no": service.service_no,
        "insured_credit_code": service.cover.enterprise.credit_code,
        "hazard_level_code": "20" if is_major else "10",
        "criterion_text": names.CRITERION if is_major else None,
        "description_text": pick(rng, names.MAJOR_HAZARDS if is_major else names.HAZARDS),
        "location_text": pick(rng, names.PLACES),
        "found_at": found_at,
        "notified_at": service.end_at + dt.timedelta(minutes=whole(rng, 5, 30)),
        "notified_role_code": pick(rng, ("10", "20")) if is_major else pick(rng, ("10", "30")),
        "notified_name": names.person(rng) if is_major else None,
        "hazard_status_code": "10",
        "photo_before_hash": names.digest(rng) if rng.random() < 0.3 else None,
    }
