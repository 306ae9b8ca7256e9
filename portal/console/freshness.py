"""The clock of one record: each business event, the deadline counted from it, the verdict and what it stands on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from portal.console.records import Version
from portal.sql_text import statement
from warehouse.history.freshness import Day, counted_days


@dataclass(frozen=True)
class Milestone:
    """One business event of a record and the verdict that stands on it; ``basis`` names rule, extension and credit.

    ``days`` from the event to the deadline; none where no day is the deadline.
    """

    milestone: str
    milestone_name: str | None
    event_on: dt.date
    deadline_on: dt.date | None
    first_received_at: dt.datetime
    timeliness: str | None
    calendar_version: str
    basis: str
    days: tuple[Day, ...]


def freshness(
    connection: sa.Connection, record_type: str, version: Version, known_at: dt.datetime
) -> tuple[Milestone, ...]:
    """The milestones of the record that a version is of, by day; none where the caller may not see it."""
    wanted = {
        "insurer_id": version.insurer_id, "record_type": record_type, "record_key": version.record_key,
        "known_at": known_at,
    }  # fmt: skip
    rows = connection.execute(statement("console/record_freshness"), wanted).mappings()
    return tuple(Milestone(**row, days=_days(connection, row)) for row in rows.all())


def _days(connection: sa.Connection, row: sa.RowMapping) -> tuple[Day, ...]:
    if row["deadline_on"] is None:
        return ()
    return counted_days(connection, row["calendar_version"], row["event_on"], row["deadline_on"])
