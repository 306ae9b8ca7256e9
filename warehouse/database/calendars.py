"""Notices and editions of the working-day calendar, as the database keeps them: plain rows; ``quality`` reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from warehouse.database.statements import statement

Row = Mapping[str, Any]
#: Rules of the clock that a province configures, known from a moment until another; each has a table of its own.
ClockRules = Literal["shorter_deadlines", "event_fields"]
#: From when on the edition is known with which a database begins: what it was made with was known from its first load on.
BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Edition:
    """What the calendar said from a moment until the next edition's."""

    edition_no: int
    calendar_version: str
    first_day: dt.date
    last_day: dt.date
    known_from: dt.datetime
    imported_by: str
    source: str


def notices(connection: sa.Connection) -> list[Row]:
    """Every notice by year and revision, its spans as a list of rows under ``spans``."""
    return [dict(row) for row in connection.execute(statement("database/calendars/notices")).mappings()]


def editions(connection: sa.Connection) -> list[Edition]:
    """Every edition, the newest first."""
    return [Edition(**row._asdict()) for row in connection.execute(statement("database/calendars/editions"))]


def in_force(connection: sa.Connection, known_at: dt.datetime | None = None) -> Edition | None:
    """The edition in force at a moment, by itself the newest; None before the first."""
    row = connection.execute(statement("database/calendars/in_force"), {"known_at": known_at}).one_or_none()
    return None if row is None else Edition(**row._asdict())


def add_working_days(connection: sa.Connection, from_day: dt.date, working_days: int) -> dt.date | None:
    """A working day after a day, by the edition in force; None past the last published day."""
    asked = {"from_day": from_day, "working_days": working_days}
    found: dt.date | None = connection.execute(statement("database/calendars/add_working_days"), asked).scalar_one()
    return found


def is_working_day(connection: sa.Connection, day: dt.date) -> bool | None:
    """Whether a day is a working day, by the edition in force; None outside its years."""
    found: bool | None = connection.execute(statement("database/calendars/is_working_day"), {"day": day}).scalar_one()
    return found


def judged_by(connection: sa.Connection) -> set[str]:
    """The versions of the calendar by which verdicts stand."""
    return set(connection.execute(statement("database/calendars/judged_by")).scalars())


def is_known(connection: sa.Connection, rules: ClockRules, wanted: Sequence[Row]) -> bool:
    """Whether the rules in force are these and no others."""
    found = connection.execute(statement(f"database/calendars/{rules}"))
    names = tuple(found.keys())
    return sorted(map(tuple, found), key=str) == sorted((tuple(row[name] for name in names) for row in wanted), key=str)


def keep_rules(connection: sa.Connection, rules: ClockRules, wanted: Sequence[Row], moment: dt.datetime) -> None:
    """End the rules in force, and put these into force, from a moment on."""
    connection.execute(statement(f"database/calendars/end_{rules}"), {"moment": moment})
    if wanted:
        rows = [{**row, "moment": moment} for row in wanted]
        connection.execute(statement(f"database/calendars/keep_{rules}"), rows)


def keep_notice(connection: sa.Connection, notice: Row, spans: Iterable[Row]) -> None:
    """Keep a notice with its spans in their order; it is never rewritten."""
    connection.execute(statement("database/calendars/keep_notice"), dict(notice))
    marks = {"year": notice["year"], "revision": notice["revision"]}
    rows = [{**span, **marks, "span_no": number} for number, span in enumerate(spans, start=1)]
    if rows:
        connection.execute(statement("database/calendars/keep_span"), rows)


def keep_edition(connection: sa.Connection, edition: Edition) -> None:
    """Keep an edition; the days of its version are those of ``reference.calendar_day``."""
    connection.execute(statement("database/calendars/keep_edition"), vars(edition))
