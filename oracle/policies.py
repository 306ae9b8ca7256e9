"""A policy over time: stretches of days on which its attributes do not change, from its endorsements."""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_FROM_ANY_TYPE = (
    "insured_person_count",
    "employee_count",
    "per_person_limit_amount",
    "aggregate_limit_amount",
    "region_code",
    "service_fee_ratio",
)
_DAY = dt.timedelta(days=1)
_DIGITS = re.compile("([0-9]+)")
FIRST_DAY, LAST_DAY = dt.date.min, dt.date.max


@dataclass(frozen=True)
class Stretch:
    """Attributes of a policy from ``first`` to ``last``, both included."""

    first: dt.date
    last: dt.date
    values: Mapping[str, Any]

    def in_force_days(self, start: dt.date, end: dt.date) -> tuple[dt.date, dt.date] | None:
        """First and last day of [start, end] on which cover stands in this stretch; None when there is none."""
        values = self.values
        if values["policy_status_code"] == "60":
            return None
        first = max(start, self.first, values["cover_start_date"])
        last = min(end, self.last, values["cover_end_date"])
        if values["termination_date"] is not None:
            last = min(last, values["termination_date"] - _DAY)
        return (first, last) if first <= last else None


@dataclass(frozen=True)
class Policy:
    """One policy of one insurer, known at K, with its stretches in order of days."""

    insurer_id: str
    policy_no: str
    is_lead: bool
    own: Mapping[str, Any]
    stretches: tuple[Stretch, ...]
    starts: tuple[dt.date, ...]

    def on(self, day: dt.date) -> Stretch:
        """The stretch that holds a day."""
        return self.stretches[bisect.bisect_right(self.starts, day) - 1]

    @property
    def is_void(self) -> bool:
        """Whether it never was one: void from the start."""
        return bool(self.own["policy_status_code"] == "60")

    def is_in_force(self, day: dt.date) -> bool:
        return self.on(day).in_force_days(day, day) is not None


def policy(insurer_id: str, own: Mapping[str, Any], endorsements: Iterable[Mapping[str, Any]]) -> Policy:
    """Build a policy from its record and the endorsements of the same insurer and number."""
    ordered = sorted(endorsements, key=_order)
    starts = (FIRST_DAY, *sorted({e["effective_date"] for e in ordered}))
    lasts = (*(start - _DAY for start in starts[1:]), LAST_DAY)
    stretches = tuple(
        Stretch(first, last, _values(own, ordered, first)) for first, last in zip(starts, lasts, strict=True)
    )
    is_lead = not own["is_coinsured"] or own["lead_insurer_code"] == own["insurer_code"]
    return Policy(insurer_id, own["policy_no"], is_lead, own, stretches, starts)


def _order(endorsement: Mapping[str, Any]) -> tuple[Any, ...]:
    """Effective date, issue date (none first), time of change, number: of two alike the later one changes the policy last."""
    issued, number = endorsement["issue_date"] or FIRST_DAY, endorsement["endorsement_no"]
    return endorsement["effective_date"], issued, endorsement["source_updated_at"], _natural(number), number


def _natural(number: str) -> list[str | int]:
    """Text and digit runs by turns, the runs as numbers: 9 comes before 10, and 09 stands level with 9."""
    return [int(piece) if n % 2 else piece for n, piece in enumerate(_DIGITS.split(number))]


def _values(own: Mapping[str, Any], ordered: Sequence[Mapping[str, Any]], day: dt.date) -> Mapping[str, Any]:
    applying = [e for e in ordered if e["effective_date"] <= day]
    if not applying:
        return own
    values = dict(own)
    for endorsement in applying:
        _apply(values, endorsement)
    ends = [e["effective_date"] for e in applying if e["endorsement_type_code"] == "60"]
    if own["termination_date"] is None and ends:
        values["termination_date"] = min(ends)
    return values


def _apply(values: dict[str, Any], endorsement: Mapping[str, Any]) -> None:
    names = list(_FROM_ANY_TYPE)
    names += ["cover_end_date"] if endorsement["endorsement_type_code"] == "40" else []
    names += ["insured_credit_code"] if endorsement["endorsement_type_code"] == "50" else []
    values.update({name: endorsement[name] for name in names if endorsement.get(name) is not None})
