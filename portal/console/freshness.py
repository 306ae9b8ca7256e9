"""The clock of one record: each business event, the deadline counted from it, the verdict and what it stands on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from portal.console.records import Version
from portal.sql_text import statement


@dataclass(frozen=True)
class Milestone:
    """One business event of a record and the verdict that stands on it; ``basis`` names rule, extension and credit."""

    milestone: str
    milestone_name: str | None
    event_on: dt.date
    deadline_on: dt.date | None
    first_received_at: dt.datetime
    timeliness: str | None
    calendar_version: str
    basis: str


def freshness(
    connection: sa.Connection, record_type: str, version: Version, known_at: dt.datetime
) -> tuple[Milestone, ...]:
    """The milestones of the record that a version is of, by day; none where the caller may not see it."""
    wanted = {
        "insurer_id": version.insurer_id, "record_type": record_type, "record_key": version.record_key,
        "known_at": known_at,
    }  # fmt: skip
    rows = connection.execute(statement("console/record_freshness"), wanted).mappings()
    return tuple(Milestone(**row) for row in rows)
