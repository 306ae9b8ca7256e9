"""Columns that rules compare and that no source sends: sums, differences, dates of instants.

Each is a function of the typed columns, null where a part is null. A rule names it like a field.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from quality.cast import business_date, shanghai_date
from schemas.contract import Contract

#: Grades of 国务院令第493号 Art 3 as (grade, deaths from, serious injuries from), the highest first.
_GRADES = ((40, 30, 100), (30, 10, 50), (20, 3, 10), (10, 0, 0))

#: First day of GB 6441-2025 (R46).
_EDITION_2025_FROM = dt.date(2026, 7, 1)


@dataclass(frozen=True)
class Given:
    """What a derived column may use: typed columns by name, the contract, and when the batch was received."""

    columns: Mapping[str, pa.Array]
    contract: Contract
    received_at: dt.datetime
    length: int


def derive(name: str, given: Given) -> pa.Array:
    """One derived column. Raises KeyError for a name that is none."""
    return _DERIVED[name](given)


def is_derived(name: str) -> bool:
    return name in _DERIVED


def derived_names() -> tuple[str, ...]:
    """Every derived column that a rule may name."""
    return tuple(_DERIVED)


def _received_on(given: Given) -> pa.Array:
    instant = pa.scalar(given.received_at, pa.timestamp("us", tz="UTC"))
    return pa.repeat(shanghai_date(instant), given.length)


def _business_date(given: Given) -> pa.Array:
    return business_date(dict(given.columns), given.contract, given.length)


def _source_lead_seconds(given: Given) -> pa.Array:
    received = pa.scalar(given.received_at, pa.timestamp("us", tz="UTC"))
    return _seconds(received, given.columns["source_updated_at"])


def _source_lead_limit_seconds(given: Given) -> pa.Array:
    """Ten minutes, null for leads that are an error of their own (over a day)."""
    lead = _source_lead_seconds(given)
    return pc.if_else(pc.less_equal(lead, 86400.0), 600.0, None)


def _seconds(start: pa.Array | pa.Scalar, end: pa.Array) -> pa.Array:
    return pc.divide(pc.cast(pc.cast(pc.subtract(end, start), pa.int64()), pa.float64()), 1e6)


def _date_of(field: str) -> Callable[[Given], pa.Array]:
    return lambda given: shanghai_date(given.columns[field])


def _cover_end_next_date(given: Given) -> pa.Array:
    days = pc.add(given.columns["cover_end_date"].cast(pa.int32()), 1)
    return pc.cast(days, pa.int32()).cast(pa.date32())


def _temporary_and_dispatched_count(given: Given) -> pa.Array:
    parts = (given.columns["temporary_person_count"], given.columns["dispatched_person_count"])
    return pc.add(pc.fill_null(parts[0], 0), pc.fill_null(parts[1], 0))


def _victim_total_count(given: Given) -> pa.Array:
    injured = pc.add(given.columns["serious_injury_count"], pc.fill_null(given.columns["minor_injury_count"], 0))
    return pc.add(given.columns["death_count"], injured)


def _accident_grade_no(given: Given) -> pa.Array:
    return given.columns["accident_grade_code"].cast(pa.int64())


def _least_accident_grade_no(given: Given) -> pa.Array:
    deaths, injuries = given.columns["death_count"], given.columns["serious_injury_count"]
    found = pa.nulls(given.length, pa.int64())
    for grade, least_deaths, least_injuries in _GRADES:
        met = pc.or_(pc.greater_equal(deaths, least_deaths), pc.greater_equal(injuries, least_injuries))
        found = pc.coalesce(found, pc.if_else(met, pa.scalar(grade, pa.int64()), None))
    return found


def _accident_edition_by_date(given: Given) -> pa.Array:
    day = shanghai_date(given.columns["accident_at"])
    return pc.if_else(pc.less(day, pa.scalar(_EDITION_2025_FROM)), "1986", "2025")


def _decision_days(given: Given) -> pa.Array:
    """Days by the calendar of Shanghai: a period of days does not count the first and ends with the last."""
    return pc.days_between(*(shanghai_date(given.columns[name]) for name in ("reported_at", "decided_at")))


def _listed_expert_count(given: Given) -> pa.Array:
    return pc.list_value_length(pc.split_pattern(given.columns["expert_list"], ";")).cast(pa.int64())


def _plan_reference_part_count(given: Given) -> pa.Array:
    return pc.add(*(pc.is_valid(given.columns[name]).cast(pa.int64()) for name in ("plan_no", "plan_line_no")))


def _paid_year_no(given: Given) -> pa.Array:
    return pc.year(given.columns["paid_date"]).cast(pa.string())


def _has_payer_name(given: Given) -> pa.Array:
    return pc.is_valid(given.columns["payer_name"])


def _is_same_photo(given: Given) -> pa.Array:
    return pc.equal(given.columns["photo_before_hash"], given.columns["photo_after_hash"])


_DERIVED: dict[str, Callable[[Given], pa.Array]] = {
    "received_on": _received_on,
    "business_date": _business_date,
    "source_lead_seconds": _source_lead_seconds,
    "source_lead_limit_seconds": _source_lead_limit_seconds,
    "source_updated_on": _date_of("source_updated_at"),
    "found_on": _date_of("found_at"),
    "cover_end_next_date": _cover_end_next_date,
    "temporary_and_dispatched_count": _temporary_and_dispatched_count,
    "victim_total_count": _victim_total_count,
    "accident_grade_no": _accident_grade_no,
    "least_accident_grade_no": _least_accident_grade_no,
    "accident_edition_by_date": _accident_edition_by_date,
    "decision_days": _decision_days,
    "listed_expert_count": _listed_expert_count,
    "plan_reference_part_count": _plan_reference_part_count,
    "paid_year_no": _paid_year_no,
    "has_payer_name": _has_payer_name,
    "is_same_photo": _is_same_photo,
}
