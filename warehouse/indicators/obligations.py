"""Obligations as people ask for them: by state, insurer, place and policy; and all that is told of one policy's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from warehouse.database.statements import statement


@dataclass(frozen=True)
class Obligation:
    """One service duty of a policy, as of a day; ``docs/obligations.md`` says what the fields mean."""

    insurer_id: str
    policy_no: str
    insured_credit_code: str | None
    region_code: str | None
    high_risk_domain_code: str | None
    obligation_no: str
    duty_code: str
    title_zh: str
    window_start_date: dt.date | None
    window_end_date: dt.date
    required_count: int
    done_count: int
    state: str
    rule_no: str
    source: str
    whole_count: int
    window_days: int | None
    covered_days: int | None
    rounding: str | None
    service_nos: Sequence[str]
    exclusion: str | None


@dataclass(frozen=True)
class Wanted:
    """Which obligations; None takes all. ``region_code`` may be a city's, or a county's."""

    insurer_id: str | None = None
    region_code: str | None = None
    policy_no: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class Found:
    """Rows as far as they were asked for, and how many there are in all."""

    rows: list[Obligation]
    total_count: int


def read_obligations(
    connection: sa.Connection, as_of: dt.date, known_at: dt.datetime, wanted: Wanted, *, limit: int
) -> Found:
    """What counts as owed, the earliest window first."""
    bound = {"as_of": as_of, "known_at": known_at, "row_limit": limit, "is_whole": False, **asdict(wanted)}
    rows = connection.execute(statement("indicators/obligations"), bound).mappings().all()
    return Found([_obligation(row) for row in rows], rows[0]["total_count"] if rows else 0)


def explain_policy(
    connection: sa.Connection, as_of: dt.date, known_at: dt.datetime, policy_no: str, insurer_id: str | None = None
) -> list[Obligation]:
    """Everything that rules and plans say of a policy, also what asks nothing and what is left out."""
    bound = {"as_of": as_of, "known_at": known_at, "row_limit": None, "is_whole": True}
    wanted = asdict(Wanted(insurer_id, None, policy_no))
    rows = connection.execute(statement("indicators/obligations"), {**bound, **wanted}).mappings()
    return [_obligation(row) for row in rows]


def _obligation(row: sa.RowMapping) -> Obligation:
    return Obligation(**{name: row[name] for name in Obligation.__dataclass_fields__})
