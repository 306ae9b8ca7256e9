"""Services: planned ones and extra ones, from dispatch to confirmation by both sides, or cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.truth import names
from sandbox.truth.agencies import Agency
from sandbox.truth.chance import Random, Weighted, pick, whole
from sandbox.truth.clock import at, days, is_day_off, visit_day
from sandbox.truth.covers import Cover
from sandbox.truth.journal import Journal
from sandbox.truth.plans import Line
from sandbox.truth.province import Record, Version

MISSED_SHARE = 0.07
"""Planned services that never take place."""
LATE_SHARE = 0.05
EXTRA_A_YEAR = 0.05
REPORT_SHARE = 0.19
_FATES = Weighted.of([("both", 57.0), ("later", 37.0), ("unconfirmed", 3.0), ("cancelled", 2.0), ("open", 1.0)])
_CHECKS = frozenset({"706", "906", "703", "903"})


@dataclass(frozen=True)
class Service:
    """One service that took place, for hazards and fees."""

    cover: Cover
    service_no: str
    item_code: str
    form_code: str
    agency: Agency | None
    experts: tuple[str, ...]
    start_at: dt.datetime
    end_at: dt.datetime
    hazard_count: int
    unit_cents: int
    version: Version


@dataclass(frozen=True)
class Visit:
    """One service to write: where it belongs, what, who and when."""

    cover: Cover
    line: Line | None
    item_code: str
    edition: str
    form_code: str
    agency: Agency | None
    day: dt.date
    unit_cents: int


def write(
    journal: Journal, rng: Random, cover: Cover, lines: list[Line], experts: tuple[str, ...]
) -> Iterator[Service]:
    """Write the services of one policy; yields those that took place."""
    for line in lines:
        for _ in range(line.planned):
            day = _day(journal, rng, line)
            if day is not None:
                visit = Visit(
                    cover, line, line.item_code, line.edition, line.form_code, line.agency, day, line.unit_cents
                )
                yield from _serve(journal, rng, visit, experts)
    first, last = max(cover.start, journal.first_day), min(cover.last_day, journal.last_day)
    if cover.is_lead and last - first > days(10) and rng.random() < EXTRA_A_YEAR * (last - first).days / 365:
        day = visit_day(first + days(whole(rng, 0, (last - first).days)), last)
        if not is_day_off(day):
            yield from _serve(journal, rng, Visit(cover, None, "706", "LAW7", "10", None, day, 0), experts)


def _day(journal: Journal, rng: Random, line: Line) -> dt.date | None:
    """The day of one planned service, inside the cover and the province's days; None when it does not take place."""
    if rng.random() < MISSED_SHARE:
        return None
    begin = max(line.window_start, journal.first_day)
    day = begin + days(whole(rng, 0, (line.window_end - begin).days))
    if rng.random() < LATE_SHARE:
        day = line.window_end + days(whole(rng, 1, 25))
    day = visit_day(day, line.cover.last_day)
    is_inside = max(journal.first_day, line.cover.start) <= day <= min(line.cover.last_day, journal.last_day)
    return day if is_inside and not is_day_off(day) else None


def _serve(journal: Journal, rng: Random, visit: Visit, experts: tuple[str, ...]) -> Iterator[Service]:
    cover, fate = visit.cover, _FATES.draw(rng)
    start_at = at(visit.day, whole(rng, 8 * 60 + 30, 14 * 60))
    end_at = start_at + dt.timedelta(minutes=whole(rng, 60, 210))
    sent = tuple(dict.fromkeys(_send(journal, rng, visit, experts) for _ in range(1 if rng.random() < 0.8 else 2)))
    hazard_count = _hazard_count(rng, visit.item_code)
    number = f"FW{cover.branch_code}{visit.day:%Y%m%d}{journal.serial(cover.insurer.insurer_id + 'FW'):07d}"
    fields = _fields(rng, visit) | {"service_no": number, "service_start_at": start_at, "expert_count": len(sent)}
    parent = visit.line.version if visit.line else cover.arrived
    if fate in ("cancelled", "open"):
        fields |= {"service_status_code": "20" if fate == "cancelled" else "30"}
        version = journal.insert(cover.sender, "service_record", fields, start_at, parent=parent)
        if fate == "cancelled":
            changes = {"service_status_code": "60", "cancel_reason_text": "企业停产,改期另行安排"}
            journal.revise(version, changes, start_at + days(whole(rng, 1, 5)), "服务取消")
        return
    fields |= _done(rng, sent, end_at, hazard_count)
    version = _confirm(journal, rng, cover, fields, end_at, parent, fate)
    yield Service(
        cover,
        number,
        visit.item_code,
        visit.form_code,
        visit.agency,
        sent,
        start_at,
        end_at,
        hazard_count,
        visit.unit_cents,
        version,
    )


def _send(journal: Journal, rng: Random, visit: Visit, experts: tuple[str, ...]) -> str:
    """An expert who is in no other county on that day, the first from a random one on; it is in this county then.

    On a day on which all are elsewhere, the county has a guest.
    """
    county = visit.cover.enterprise.county.code
    first = experts.index(pick(rng, experts))
    free = (e for e in experts[first:] + experts[:first] if journal.sent_to.get((e, visit.day), county) == county)
    guest = f"{experts[first].split('/')[0]}/ZJ{county[:2]}9{county[2:]}0"
    sent = next(free, guest)
    journal.sent_to[sent, visit.day] = county
    return sent


def _hazard_count(rng: Random, item_code: str) -> int:
    mean = 3.65 if item_code in _CHECKS else 0.3
    return min(12, int(rng.expovariate(1 / (mean + 0.5)))) if mean > 1 else int(rng.random() < mean)


def _confirm(
    journal: Journal, rng: Random, cover: Cover, fields: Record, end_at: dt.datetime, parent: Version, fate: str
) -> Version:
    """Sent when both have confirmed, or first unconfirmed and confirmed later, or left unconfirmed."""
    minutes = whole(rng, 20, 240)
    confirmed = {
        "service_status_code": "50",
        "insurer_confirmed_at": end_at + dt.timedelta(minutes=minutes),
        "insured_confirmed_at": end_at + dt.timedelta(minutes=minutes + 15),
    }
    typo = {"place_text": "待补充", "photo_count": 0} if rng.random() < 0.012 else None
    sent_at = end_at + dt.timedelta(minutes=minutes + 20)
    if fate == "both":
        return journal.insert(cover.sender, "service_record", fields | confirmed, sent_at, parent=parent, typo=typo)
    first = journal.insert(cover.sender, "service_record", fields, end_at, parent=parent, typo=typo)
    if fate == "later":
        known_at = end_at + days(whole(rng, 1, 9))
        confirmed |= {"insured_confirmed_at": known_at, **_revisit(rng, known_at)}
        journal.revise(first, confirmed, known_at, "双方已确认")
    return first


def _revisit(rng: Random, known_at: dt.datetime) -> Record:
    if rng.random() < 0.5:
        return {}
    satisfaction = pick(rng, ("5", "5", "5", "4", "4", "3", "2"))
    return {
        "revisit_method_code": pick(rng, ("10", "20", "30", "40")),
        "revisit_at": known_at,
        "satisfaction_code": satisfaction,
        "opinion_text": "希望增加培训,\n减少资料" if satisfaction < "4" else None,
    }


def _done(rng: Random, sent: tuple[str, ...], end_at: dt.datetime, hazard_count: int) -> Record:
    has_report = rng.random() < REPORT_SHARE
    return {
        "service_status_code": "40",
        "service_end_at": end_at,
        "expert_list": ";".join(sent),
        "measure_text": "现场检查、资料核查",
        "process_text": "首次会议;现场检查;\n末次会议,反馈问题",
        "declared_hazard_count": hazard_count,
        "report_no": f"BG{end_at:%Y%m%d}{int(rng.random() * 1e9):09d}" if has_report else None,
        "report_hash": names.digest(rng) if has_report else None,
        "photo_count": whole(rng, 2, 20),
    }


def _fields(rng: Random, visit: Visit) -> Record:
    e = visit.cover.enterprise
    is_online = visit.item_code in ("701", "901") and rng.random() < 0.2
    return {
        "policy_no": visit.cover.policy_no,
        "plan_no": visit.line.plan_no if visit.line else None,
        "plan_line_no": visit.line.line_no if visit.line else None,
        "insured_credit_code": e.credit_code,
        "service_item_code": visit.item_code,
        "item_edition_code": visit.edition,
        "service_form_code": visit.form_code,
        "place_text": "线上" if is_online else pick(rng, names.PLACES),
        "is_online": is_online,
        "agency_credit_code": visit.agency.credit_code if visit.agency else None,
        "attendee_count": whole(rng, 1, e.employee_count) if visit.item_code in ("701", "901", "702", "902") else None,
    }
