"""Freshness of records: a verdict and what it hangs on, as known at any moment; and verdicts counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from schemas.contract import SENDABLE_RECORD_TYPES, load_contract
from schemas.errors import NotFound
from warehouse.database import calendars
from warehouse.database.calendars import Edition
from warehouse.database.expressions import event_on, region_of
from warehouse.database.statements import statement, text_of
from warehouse.landing import extensions, heartbeats
from warehouse.landing.extensions import Extension
from warehouse.landing.heartbeats import Outage

By = Literal["insurer_id", "record_type", "city_code", "month"]
BY: tuple[By, ...] = ("insurer_id", "record_type", "city_code", "month")


@dataclass(frozen=True)
class Verdict:
    """One verdict on a milestone, from when it stood, and what it hangs on.

    ``event_field`` is the record's field with the event's day; ``event_source`` None: by the contract, else who says so.
    ``deadline_on`` None: the count runs past the published calendar. ``timeliness`` None: R32 was not in force.
    ``judged_for`` None: judged when it was loaded, else why it was judged again.
    """

    milestone: str
    event_on: dt.date
    event_field: str
    event_source: str | None
    deadline_on: dt.date | None
    first_received_at: dt.datetime
    timeliness: str | None
    calendar_version: str
    is_calendar_provisional: bool
    working_days: int | None
    rule: str | None
    extension_no: int | None
    outage_no: int | None
    judging_no: int | None
    known_from: dt.datetime
    is_standing: bool
    basis: str
    batch_id: int | None
    receipt_no: str | None
    channel: str | None
    judged_for: str | None
    judged_by: str | None


@dataclass(frozen=True)
class Day:
    """A day of a count; ``counted`` working days until and with it, of the event's own day 0."""

    day: dt.date
    is_working_day: bool
    note: str
    counted: int


@dataclass(frozen=True)
class Milestone:
    """The clock of one milestone: the verdict that stood, its days, and the verdicts before it, the newest first."""

    title_zh: str
    verdict: Verdict
    days: tuple[Day, ...]
    edition: Edition | None
    extension: Extension | None
    outage: Outage | None
    earlier: tuple[Verdict, ...]


@dataclass(frozen=True)
class Explained:
    """The clock of one record, as known at a moment."""

    insurer_id: str
    record_type: str
    record_key: str
    known_at: dt.datetime
    milestones: tuple[Milestone, ...]


def explain(
    connection: sa.Connection, insurer_id: str, record_type: str, record_key: str, known_at: dt.datetime
) -> Explained:
    """The verdicts on a record as known at a moment. Raises NotFound for a record that has none."""
    asked = {
        "insurer_id": insurer_id, "record_type": record_type, "record_key": record_key, "known_at": known_at,
    }  # fmt: skip
    own = {each.name: each for each in load_contract(record_type).milestones}
    found = [
        Verdict(**{**row, "event_field": row["event_field"] or own[row["milestone"]].field})
        for row in connection.execute(statement("history/freshness/verdicts"), asked).mappings()
    ]
    if not found:
        raise NotFound(
            f"没有 {insurer_id} 的 {record_type} {record_key} 的判定 no verdict of this record is known at {known_at.isoformat()}"
        )
    standing = [each for each in found if each.is_standing]
    order = {name: place for place, name in enumerate(own)}
    milestones = [
        _milestone(connection, own[each.milestone].business_name, each, found)
        for each in sorted(standing, key=lambda each: order[each.milestone])
    ]
    return Explained(insurer_id, record_type, record_key, known_at, tuple(milestones))


def counted_days(
    connection: sa.Connection, calendar_version: str, event_on: dt.date, deadline_on: dt.date | None
) -> tuple[Day, ...]:
    """The days from an event to its deadline, or to the calendar's last published day where there is none."""
    asked = {"calendar_version": calendar_version, "event_on": event_on, "deadline_on": deadline_on}
    return tuple(Day(**row._asdict()) for row in connection.execute(statement("history/freshness/days"), asked))


def counts(
    connection: sa.Connection, known_at: dt.datetime, by: Sequence[By], insurer_id: str | None = None
) -> list[dict[str, Any]]:
    """Verdicts on main milestones as known at a moment: due (on time, late) and undetermined, which add up to all."""
    records = "\nunion all\n".join(
        text_of(
            "history/freshness/records", record_type=name, known=f"{name}_known",
            event=event_on(load_contract(name), "v"), region_code=region_of(load_contract(name), "v"),
        )
        for name in SENDABLE_RECORD_TYPES
        if load_contract(name).milestones
    )  # fmt: skip
    slots = {"records": records, "by": ", ".join(f"r.{name}" for name in BY if name in by)}
    query = statement("history/freshness/counts", **slots)
    rows = connection.execute(query, {"known_at": known_at, "insurer_id": insurer_id}).mappings()
    return [dict(row) for row in rows]


def _milestone(connection: sa.Connection, title: str, verdict: Verdict, found: Sequence[Verdict]) -> Milestone:
    editions = [each for each in calendars.editions(connection) if each.calendar_version == verdict.calendar_version]
    known = [each for each in editions if each.known_from <= verdict.known_from]
    granted = extensions.listed(connection, extension_no=verdict.extension_no) if verdict.extension_no else []
    outages = heartbeats.outages(connection) if verdict.outage_no else []
    return Milestone(
        title,
        verdict,
        counted_days(connection, verdict.calendar_version, verdict.event_on, verdict.deadline_on)
        if verdict.working_days
        else (),
        known[0] if known else (editions[-1] if editions else None),
        granted[0] if granted else None,
        next((each for each in outages if each.outage_no == verdict.outage_no), None),
        tuple(each for each in found if each.milestone == verdict.milestone and not each.is_standing),
    )
