"""The working-day calendar of an installation: its notices stand in the database, in editions valid in knowledge time.

A new database begins with the notices that ship with the hub and those of the province (``quality/calendar/``, the
province's ``calendar/``); later ones come by ``anze calendar import``, or with a release. Whatever brings a notice, the
verdicts that it may change are judged again in the same transaction.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from quality.clock_rules import clock_rules
from quality.notices import Notice, Span
from quality.working_days import Calendar, calendar_of, seed_notices
from schemas.errors import SetupError
from warehouse.database import calendars
from warehouse.database.calendars import BEGINNING, Edition
from warehouse.database.engine import database_errors
from warehouse.database.reference import add_calendar
from warehouse.loading import again
from warehouse.loading.again import Change

logger = logging.getLogger(__name__)

RELEASE = "release"


@dataclass(frozen=True)
class Imported:
    """A notice, the calendar with it, and which verdicts it changes; ``is_kept`` false = a dry run, nothing was kept."""

    notice: Notice
    before: Edition | None
    calendar: Calendar
    changed_days: tuple[dt.date, ...]
    """Days that were published before and that it tells otherwise."""
    changes: tuple[Change, ...]
    known_from: dt.datetime
    is_kept: bool


def known_notices(connection: sa.Connection) -> list[Notice]:
    """Every notice of the database, by year and revision."""
    return [
        Notice(
            row["year"], row["revision"], row["announced"], row["source"], row["confidence"], tuple(map(_span, row["spans"]))
        )
        for row in calendars.notices(connection)
    ]  # fmt: skip


def calendar_at(connection: sa.Connection, edition: Edition) -> Calendar:
    """The calendar of an edition: of every year the last revision that was known then."""
    rows = {(row["year"], row["revision"]): row["imported_at"] for row in calendars.notices(connection)}
    notices = known_notices(connection)
    return calendar_of(each for each in notices if rows[each.year, each.revision] <= edition.known_from)


def calendar_in_force(connection: sa.Connection) -> Calendar:
    """The calendar of the newest edition. Raises SetupError before the first."""
    return calendar_at(connection, require_edition(connection))


def require_edition(connection: sa.Connection, known_at: dt.datetime | None = None) -> Edition:
    """The edition in force at a moment, by itself the newest. Raises SetupError where there is none: anze migrate brings it."""
    edition = calendars.in_force(connection, known_at)
    if edition is None:
        raise SetupError("数据库中没有工作日历 the database has no calendar: run `anze migrate`")
    return edition


def version_in_force(engine: sa.Engine) -> str:
    """The version of the newest edition. Raises SetupError."""
    with database_errors("reading the calendar"), engine.connect() as connection:
        return require_edition(connection).calendar_version


def deadline_of(engine: sa.Engine, event_on: dt.date, working_days: int) -> dt.date | None:
    """The last of some working days after a day, by the calendar in force; None past the published years."""
    with database_errors("counting working days"), engine.connect() as connection:
        return calendars.add_working_days(connection, event_on, working_days)


def import_notice(
    engine: sa.Engine, notice: Notice, by: str, now: dt.datetime, *, is_dry_run: bool = False
) -> Imported:
    """Keep a notice, and judge again what it may change; with ``is_dry_run`` only tell. Raises SetupError, DefinitionError."""
    with database_errors("importing a notice"), engine.connect() as connection, connection.begin() as transaction:
        moment = again.hold(connection, now)
        before = calendars.in_force(connection)
        old = None if before is None else calendar_at(connection, before)
        changes = _keep(connection, [notice], by, moment)
        found = Imported(
            notice, before, calendar_in_force(connection), _changed_days(old, calendar_in_force(connection)),
            tuple(changes), moment, is_kept=not is_dry_run,
        )  # fmt: skip
        if is_dry_run:
            transaction.rollback()
    return found


def seed(engine: sa.Engine, now: dt.datetime) -> None:
    """Bring in the notices that ship with the hub or stand in the province's folder and that the database has not.

    A notice that the database has with other days stays as it is, and the log says so.
    """
    with database_errors("bringing in the calendar"), engine.begin() as connection:
        known = {each.name: each for each in known_notices(connection)}
        for each in seed_notices():
            if each.name in known and known[each.name].spans != each.spans:
                logger.warning(
                    "%s 的放假安排与数据库中的不同,以数据库为准 the database's notice %s stands: a change of it is the next revision",
                    each.name, each.name,
                )  # fmt: skip
        fresh = [each for each in seed_notices() if each.name not in known]
        if not known:
            _keep(connection, fresh, RELEASE, BEGINNING)
            _judge_older(connection, now)
        elif fresh:
            _keep(connection, fresh, RELEASE, again.hold(connection, now))


def seed_clock_rules(engine: sa.Engine, now: dt.datetime) -> None:
    """Make the province's shorter deadlines and fields of events known, and end those that it has no more.

    Verdicts that stand stay. Raises DefinitionError for mistakes in ``clock.yml``.
    """
    said = clock_rules()
    rules: dict[calendars.ClockRules, list[dict[str, object]]] = {
        "shorter_deadlines": [each.model_dump() | {"insurer_id": each.insurer} for each in said.shorter_deadlines],
        "event_fields": [each.model_dump() for each in said.events],
    }
    for name, wanted in rules.items():
        with database_errors("bringing in rules of the clock"), engine.begin() as connection:
            if not calendars.is_known(connection, name, wanted):
                calendars.keep_rules(connection, name, wanted, again.hold(connection, now))


def _keep(connection: sa.Connection, notices: Iterable[Notice], by: str, moment: dt.datetime) -> list[Change]:
    """Keep notices and the edition that they make, known from a moment, and judge again; nothing is judged by the first."""
    kept = list(notices)
    for notice in kept:
        row = {**vars(notice), "imported_by": by, "imported_at": moment}
        calendars.keep_notice(connection, row, [vars(span) for span in notice.spans])
    calendar = calendar_of(known_notices(connection))
    add_calendar(connection, calendar.rows())
    is_first = moment == BEGINNING
    edition_no = 0 if is_first else again.next_no(connection)
    sources = kept[-1].source if len(kept) == 1 else f"{kept[-1].source}等 {len(kept)} 份"
    calendars.keep_edition(
        connection,
        Edition(edition_no, calendar.version, calendar.first_day, calendar.last_day, moment, by, sources),
    )
    if is_first:
        return []
    return again.judge_again(connection, again.Cause("calendar", edition_no, by), moment)


def _judge_older(connection: sa.Connection, now: dt.datetime) -> None:
    """Judge again what another calendar judged before there were editions."""
    edition = require_edition(connection)
    if calendars.judged_by(connection) - {edition.calendar_version}:
        moment = again.hold(connection, now)
        again.judge_again(connection, again.Cause("calendar", edition.edition_no, RELEASE), moment)


def _changed_days(old: Calendar | None, new: Calendar) -> tuple[dt.date, ...]:
    if old is None:
        return ()
    days = (old.first_day + dt.timedelta(days=n) for n in range((old.last_day - old.first_day).days + 1))
    was, now = frozenset(old.working_days), frozenset(new.working_days)
    return tuple(day for day in days if (day in was) != (day in now))


def _span(row: dict[str, str]) -> Span:
    first, last = (dt.date.fromisoformat(row[name]) for name in ("first_day", "last_day"))
    return Span(row["holiday"], row["kind"], first, last)
