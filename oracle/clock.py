"""What moves a deadline, as facts known from a moment on, and how an event is judged by what was known at a moment.

Reads the editions of the calendar, extensions, outages, shorter deadlines, fields of events and the log of judging again by plain SQL.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oracle.timeliness import Calendar, Judged
from oracle.values import SHANGHAI
from schemas.contract import Contract

Row = Mapping[str, Any]
City = Callable[[], str | None]
_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
_EXTENSIONS = """
select e.*, x.revoked_at from landing.extension as e
left join landing.extension_end as x on e.extension_no = x.extension_no order by e.extension_no
"""
_SHORTER = """
select insurer_id, record_type, channel, working_days, valid_from, valid_to, known_from,
    nullif(known_to, 'infinity') as ended_at
from reference.shorter_deadline
"""
_EVENT_FIELDS = """
select record_type, milestone, field, valid_from, valid_to, known_from, nullif(known_to, 'infinity') as ended_at
from reference.event_field order by valid_from
"""
_JUDGINGS = "select * from landing.judging where kind <> 'begin' order by judging_no"


@dataclass(frozen=True)
class Facts:
    """Everything that the clock hangs on."""

    calendars: Mapping[str, Calendar]
    editions: Sequence[Row]
    extensions: Sequence[Row]
    outages: Sequence[Row]
    shorter: Sequence[Row]
    event_fields: Sequence[Row]
    judgings: Sequence[Row]


def read(connection: sa.Connection) -> Facts:
    """The facts of a database."""

    def rows(query: str) -> list[Row]:
        return [dict(row) for row in connection.execute(sa.text(query)).mappings()]

    days: dict[str, list[tuple[dt.date, bool]]] = {}
    for row in rows("select calendar_version, day, is_working_day from reference.calendar_day"):
        days.setdefault(row["calendar_version"], []).append((row["day"], row["is_working_day"]))
    return Facts(
        {version: Calendar(found) for version, found in days.items()},
        rows("select calendar_version, known_from from reference.calendar_edition order by known_from"),
        rows(_EXTENSIONS), rows("select * from landing.outage where is_credited order by outage_no"), rows(_SHORTER),
        rows(_EVENT_FIELDS), rows(_JUDGINGS),
    )  # fmt: skip


@dataclass(frozen=True)
class Record:
    """Whose event is judged, and where it is; the city is asked for where an extension speaks of one."""

    insurer_id: str
    record_type: str
    record_key: str
    city: City


class Clock:
    """How events are judged by what was known at a moment, by one calendar."""

    def __init__(self, facts: Facts, moment: dt.datetime, version: str) -> None:
        self.facts, self.moment, self.version = facts, moment, version
        self.calendar = facts.calendars.get(version, Calendar(()))
        self._hits = dict(reversed(list(self._down())))

    def event_on(self, contract: Contract, said: Mapping[str, object]) -> dt.date | None:
        """The day of a record's main event: in the contract's field, or in the one that was said to hold it on that day."""
        main = contract.milestones[0]
        own = _day(said[main.field])
        for row in self.facts.event_fields:
            is_known = row["known_from"] <= self.moment < (row["ended_at"] or _NEVER)
            if is_known and (row["record_type"], row["milestone"]) == (contract.record_type, main.name):
                named = _day(said[row["field"]])
                by = own or named
                if by is not None and row["valid_from"] <= by <= (row["valid_to"] or dt.date.max):
                    return named
        return own

    def working_days(
        self, r32: int | None, event_on: dt.date, record: Record, channel: str, before: Judged | None
    ) -> tuple[int | None, bool]:
        """Working days of an event, and whether they are fewer than R32's: the rule of the feed that first told of it."""
        if r32 is None:
            return None, False
        if before is None:
            fewest = min((row["working_days"] for row in self._shorter(event_on, record, channel)), default=r32)
        else:
            fewest = before.working_days if before.is_shorter and before.working_days else r32
        return min(r32, fewest), fewest < r32

    def judge(
        self, event_on: dt.date, received_at: dt.datetime, days: tuple[int | None, bool], record: Record
    ) -> Judged:
        """The verdict on one event; no working days = rule R32 was not in force on its date."""
        working_days, is_shorter = days
        if working_days is None:
            return Judged(event_on, None, None, received_at, self.version)
        plain = self.calendar.deadline(event_on, working_days)
        deadline_on, extension_no, not_before = plain, None, None
        moved = [
            each for row in self._extensions(event_on, record) if (each := self._moved(row, event_on, working_days))
        ]
        if moved:
            deadline_on, not_before, extension_no = max(moved, key=_furthest)
        deadline_on, outage_no = self._credited(deadline_on)
        told = Judged(
            event_on, deadline_on, None, received_at, self.version, working_days, is_shorter, extension_no, outage_no
        )
        until = deadline_on or max(self.calendar.last, not_before or dt.date.min)
        if received_at.astimezone(SHANGHAI).date() <= until:
            return told._replace(timeliness="on_time")
        return told._replace(timeliness="undetermined" if deadline_on is None else "late")

    def _moved(
        self, row: Row, event_on: dt.date, working_days: int
    ) -> tuple[dt.date | None, dt.date | None, int] | None:
        """(deadline, not before, number) by an extension; None where it moves nothing."""
        plain = self.calendar.deadline(event_on, working_days)
        until = row["until_on"]
        if until is None:
            deadline_on = self.calendar.deadline(event_on, working_days + row["extra_days"])
        else:
            deadline_on = max(plain, until) if plain else None
        moves = deadline_on != plain or (deadline_on is None and until is not None)
        return (deadline_on, until, row["extension_no"]) if moves else None

    def _credited(self, day: dt.date | None) -> tuple[dt.date | None, int | None]:
        outage_no = None if day is None else self._hits.get(day)
        while day is not None and day in self._hits:
            day = self.calendar.deadline(day, 1)
        return day, outage_no

    def _down(self) -> Iterator[tuple[dt.date, int]]:
        """Days on which the hub was down for longer than the bound, each with its outages in their order."""
        for row in self.facts.outages:
            if row["recorded_at"] > self.moment:
                continue
            first, last = (row[name].astimezone(SHANGHAI).date() for name in ("began_at", "ended_at"))
            for offset in range((last - first).days + 1):
                day = first + dt.timedelta(days=offset)
                begins = dt.datetime.combine(day, dt.time(), tzinfo=SHANGHAI)
                inside = min(row["ended_at"], begins + dt.timedelta(days=1)) - max(row["began_at"], begins)
                if inside > row["longest_silence"]:
                    yield day, row["outage_no"]

    def _extensions(self, event_on: dt.date, record: Record) -> Iterator[Row]:
        for row in self.facts.extensions:
            is_known = row["granted_at"] <= self.moment < (row["revoked_at"] or _NEVER)
            if is_known and covers(row, event_on, record) and row["city_code"] in (None, record.city()):
                yield row

    def _shorter(self, event_on: dt.date, record: Record, channel: str) -> Iterator[Row]:
        asked = {"insurer_id": record.insurer_id, "record_type": record.record_type, "channel": channel}
        for row in self.facts.shorter:
            is_valid = row["valid_from"] <= event_on <= (row["valid_to"] or dt.date.max)
            is_known = row["known_from"] <= self.moment < (row["ended_at"] or _NEVER)
            if is_valid and is_known and all(row[name] in (value, "*") for name, value in asked.items()):
                yield row


def covers(row: Row, event_on: dt.date, record: Record) -> bool:
    """Whether a record's event is in an extension's scope, its city apart."""
    return (
        row["insurer_id"] == record.insurer_id
        and row["record_type"] in (record.record_type, "*")
        and (row["events_from"] or dt.date.min) <= event_on <= (row["events_to"] or dt.date.max)
        and (row["record_keys"] is None or record.record_key in row["record_keys"])
    )


def clock_at(facts: Facts, moment: dt.datetime) -> Clock:
    """The clock by the edition that was in force at a moment."""
    known = [row["calendar_version"] for row in facts.editions if row["known_from"] <= moment]
    return Clock(facts, moment, known[-1] if known else "")


def is_due(facts: Facts, judging: Row, judged: Judged, record: Record, version: str) -> bool:
    """Whether a judging looks at a verdict again, by the calendar version that it judges by."""
    if judged.timeliness is None:
        return False
    match judging["kind"]:
        case "calendar":
            return judged.calendar_version != version and _is_open(facts, judged, version)
        case "extension":
            (row,) = (each for each in facts.extensions if each["extension_no"] == judging["fact_no"])
            return covers(row, judged.event_on, record)
        case "revocation":
            return bool(judged.extension_no == judging["fact_no"])
        case _:
            return any(
                row["recorded_at"] == judging["judged_at"] and judged.deadline_on is not None
                and row["began_at"].astimezone(SHANGHAI).date() <= judged.deadline_on <= row["ended_at"].astimezone(SHANGHAI).date()
                for row in facts.outages
            )  # fmt: skip


def is_changed(judging: Row, before: Judged, now: Judged) -> bool:
    """Whether a verdict is another one, or confirmed by another calendar."""
    names = ("deadline_on", "timeliness", "extension_no", "outage_no")
    is_confirmed = judging["kind"] == "calendar" and before.calendar_version != now.calendar_version
    return is_confirmed or any(getattr(before, name) != getattr(now, name) for name in names)


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.astimezone(SHANGHAI).date()
    return value if isinstance(value, dt.date) else None


def _is_open(facts: Facts, judged: Judged, version: str) -> bool:
    """Whether another calendar may change a verdict: undetermined, to be looked at again, or a day of its count changed."""
    old, new = facts.calendars[judged.calendar_version], facts.calendars[version]
    if judged.timeliness == "undetermined" or judged.deadline_on is None:
        return True
    if judged.deadline_on >= dt.date(old.last.year, 12, 28):
        return True
    days = (judged.event_on + dt.timedelta(days=n) for n in range(1, (judged.deadline_on - judged.event_on).days + 1))
    return any(old.is_working(day) != new.is_working(day) for day in days)


def _furthest(moved: tuple[dt.date | None, dt.date | None, int]) -> tuple[dt.date, dt.date, int]:
    """The extension that moves a deadline furthest; a count past the calendar is further than any day."""
    deadline_on, until, number = moved
    return deadline_on or dt.date.max, until or dt.date.min, -number
