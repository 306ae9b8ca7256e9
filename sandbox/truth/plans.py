"""Service plans: what each policy promises, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.truth import names
from sandbox.truth.agencies import Agency
from sandbox.truth.chance import Random, Weighted, pick, whole
from sandbox.truth.clock import DAY, at, days, yuan
from sandbox.truth.covers import Cover
from sandbox.truth.journal import Journal
from sandbox.truth.province import Record, Version

NO_PLAN_SHARE = 0.12
BUDGET_FACTOR = 1.2
"""Budgets above the agreed fee, since not every planned service takes place."""
_LAW7_BEGINS = dt.date(2025, 3, 29)
_ITEMS = Weighted.of([("706", 56.0), ("703", 16.0), ("701", 18.0), ("702", 7.0), ("705", 3.0)])
_LINE_COUNTS = Weighted.of([(1, 92.0), (2, 5.5), (3, 1.7), (4, 0.8)])
_FORMS = Weighted.of([("10", 52.0), ("20", 18.0), ("30", 30.0)])


@dataclass(frozen=True)
class Line:
    """One plan line, with what is spent on each of its services, in cents."""

    cover: Cover
    plan_no: str
    line_no: str
    item_code: str
    edition: str
    form_code: str
    agency: Agency | None
    planned: int
    window_start: dt.date
    window_end: dt.date
    unit_cents: int
    version: Version


@dataclass(frozen=True)
class _Promise:
    """What all lines of one plan share."""

    cover: Cover
    plan_day: dt.date
    unit_cents: int
    form_code: str
    agency: Agency | None


@dataclass(frozen=True)
class _Draft:
    """One line before it is written: a LAW7 item, its window, and the services planned in it."""

    item: str
    start: dt.date
    end: dt.date
    planned: int


def write(journal: Journal, rng: Random, cover: Cover, agencies: tuple[Agency, ...]) -> list[Line]:
    """Write the plan of one policy: lines whose window reaches into the province's days. The lead insurer plans."""
    if not cover.is_lead or cover.last_day < cover.start or rng.random() < NO_PLAN_SHARE:
        return []
    plan_day = cover.issue + days(whole(rng, 0, 8))
    drafts = [d for d in _windows(rng, cover, max(cover.start, plan_day)) if d.end >= journal.first_day]
    form, agency = _FORMS.draw(rng), pick(rng, agencies)
    promise = _Promise(cover, plan_day, _unit_cents(cover, drafts), form, agency if form == "30" else None)
    return [_line(journal, rng, promise, (n, draft)) for n, draft in enumerate(drafts, 1)]


def _unit_cents(cover: Cover, drafts: list[_Draft]) -> int:
    """What one service may cost: the agreed share of the premium, spread over the services of the whole year."""
    planned = sum(d.planned for d in drafts) or 1
    part = len(drafts) / len(_rhythm(cover)) if _rhythm(cover) else 1.0
    return int(cover.premium_cents * float(cover.fee_ratio) * BUDGET_FACTOR * part) // planned


def _rhythm(cover: Cover) -> tuple[tuple[str, float, float], ...]:
    return cover.enterprise.county.terms.rhythm if cover.object_code == "10" else ()


def _windows(rng: Random, cover: Cover, begin: dt.date) -> Iterator[_Draft]:
    span = (cover.end - begin).days
    for item, low, high in _rhythm(cover):
        yield _Draft(item, begin + days(int(span * low)), begin + days(int(span * high)), 1)
    if _rhythm(cover):
        return
    for _ in range(_LINE_COUNTS.draw(rng)):
        first = whole(rng, 0, span * 2 // 3)
        last = min(span, first + whole(rng, max(20, span // 4), max(30, span // 2)))
        planned = 2 if rng.random() < 0.05 else 1
        yield _Draft(_ITEMS.draw(rng), begin + days(first), begin + days(last), planned)


def _line(journal: Journal, rng: Random, promise: _Promise, numbered: tuple[int, _Draft]) -> Line:
    number, draft = numbered
    cover, plan_day, agency = promise.cover, promise.plan_day, promise.agency
    edition = "LAW7" if plan_day >= _LAW7_BEGINS else "STD9"
    code = draft.item if edition == "LAW7" else f"9{draft.item[1:]}"
    plan_no, line_no = f"FA{cover.policy_no[2:]}", f"{number:02d}"
    fields = {
        "plan_no": plan_no,
        "plan_line_no": line_no,
        "policy_no": cover.policy_no,
        "plan_status_code": "20",
        "plan_date": plan_day,
        "service_item_code": code,
        "item_edition_code": edition,
        "planned_count": draft.planned,
        "window_start_date": draft.start,
        "window_end_date": draft.end,
        "service_form_code": promise.form_code,
        "agency_credit_code": agency.credit_code if agency else None,
        "staff_text": names.person(rng),
        "budget_amount": yuan(promise.unit_cents * draft.planned),
        "confirmed_at": at(plan_day, 15 * 60),
        **_wording(cover, draft.item),
    }
    version = journal.insert(cover.sender, "service_plan", fields, at(plan_day, 16 * 60), parent=cover.arrived)
    _change(journal, rng, cover, version)
    return Line(
        cover=cover,
        plan_no=plan_no,
        line_no=line_no,
        item_code=code,
        edition=edition,
        form_code=promise.form_code,
        agency=agency,
        planned=draft.planned,
        window_start=draft.start,
        window_end=draft.end,
        unit_cents=promise.unit_cents,
        version=version,
    )


def _wording(cover: Cover, item: str) -> Record:
    return {
        "measure_text": "现场检查、查阅资料、访谈",
        "goal_text": "消除重大事故隐患",
        "guarantee_text": "专人负责,\n按期完成",
        "basis_rule_no": cover.enterprise.county.terms.rhythm_rule_no if _rhythm(cover) else None,
        "topic_code": "T2026-01" if item == "706" else None,
    }


def _change(journal: Journal, rng: Random, cover: Cover, version: Version) -> None:
    """A plan ends with its policy; a few are changed on the way."""
    if cover.gone_on and cover.gone_status == "40":
        journal.revise(version, {"plan_status_code": "40"}, at(cover.gone_on, 11 * 60), "保单退保,方案终止")
    elif rng.random() < 0.02:
        changed_at = at(version.record["plan_date"] + days(20) + DAY, 10 * 60)
        journal.revise(version, {"plan_status_code": "30", "staff_text": names.person(rng)}, changed_at, "服务人员变更")
