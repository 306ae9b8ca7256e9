"""Notices in the database: what they change is told before, judged again after, and what was known stays known."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import calendars
from quality.notices import Notice, Span
from quality.working_days import FOLDER, read_calendar
from tests.pipeline.clock.conftest import Clocked, moment
from tests.warehouse.building import put_rule_in_force
from warehouse.loading import again

LAST = read_calendar(FOLDER).last_day
YEAR = LAST.year + 1


def off(*days: dt.date) -> tuple[Span, ...]:
    return tuple(Span("元旦", "off", day, day) for day in days)


def notice(revision: int, *days: dt.date, year: int = YEAR) -> Notice:
    return Notice(year, revision, f"{year - 1}-11-10", "通知", "confirmed", off(*days))


def late(day: int, hour: int = 9) -> dt.datetime:
    """A moment around the turn of the last published year: days of January above 31 December."""
    return dt.datetime.combine(dt.date(LAST.year, 12, 1), dt.time(hour), tzinfo=moment(1, 1).tzinfo) + dt.timedelta(
        days=day - 1
    )


@pytest.fixture
def turning(engine: sa.Engine, tmp_path: pathlib.Path) -> Clocked:
    """The hub with the calendar that ships, and records around the end of its last year.

    E1 was received in time though the count runs past the calendar, E2 too late for it, E3 late by any.
    """
    put_rule_in_force(engine, tmp_path)
    made = Clocked(engine, tmp_path)
    made.deliver("E1", LAST - dt.timedelta(days=2), late(31))
    made.deliver("E2", LAST - dt.timedelta(days=3), late(34))
    made.deliver("E3", LAST - dt.timedelta(days=20), late(31))
    return made


def test_a_dry_run_tells_what_an_import_does_and_keeps_nothing(turning: Clocked) -> None:
    engine, now = turning.engine, late(35)
    assert [turning.verdict(key)[1:] for key in ("E1", "E2")] == [(None, "on_time"), (None, "undetermined")]
    first = notice(1, dt.date(YEAR, 1, 1))
    told = calendars.import_notice(engine, first, "李伟", now, is_dry_run=True)
    assert turning.verdict("E2")[2] == "undetermined"
    assert turning.rows("select count(*) from quality.milestone_past") == [(0,)]
    done = calendars.import_notice(engine, first, "李伟", now)
    assert done.changes == told.changes
    assert {(each.old_timeliness, each.new_timeliness): each.verdict_count for each in done.changes} == {
        ("on_time", "on_time"): 1, ("undetermined", "on_time"): 1,
    }  # fmt: skip
    for key in ("E1", "E2"):
        event_on, deadline_on, timeliness = turning.verdict(key)
        assert timeliness == "on_time"
        with engine.connect() as connection:
            assert deadline_on == calendars.calendar_in_force(connection).deadline(event_on, 5)
    assert turning.known("E2", late(35, 8)) == (None, "undetermined")
    with engine.connect() as connection:
        query = sa.text("select * from report.freshness_of('lichun', 'policy', 'E2', :at)")
        row = connection.execute(query, {"at": now}).one()
    assert (row.timeliness, row.milestone) == ("on_time", "issue_date")


def test_a_correction_judges_again_what_its_days_touch_and_nothing_else(turning: Clocked) -> None:
    engine = turning.engine
    calendars.import_notice(engine, notice(1, dt.date(YEAR, 1, 1)), "李伟", late(35))
    before = turning.verdict("E1")[1]
    days = [dt.date(YEAR, 1, 1), before]
    done = calendars.import_notice(engine, notice(2, *days), "李伟", late(36))
    assert done.changed_days == (before,)
    assert {key for each in done.changes for key in each.examples} <= {"E1", "E2"}
    assert turning.verdict("E1")[1] > before
    kept = turning.rows("select count(*) from quality.milestone_past where record_key = 'E1'")
    assert kept == [(2,)]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.dates(dt.date(YEAR, 1, 1), dt.date(YEAR, 1, 12)), unique=True),
    st.lists(st.dates(dt.date(YEAR, 1, 1), dt.date(YEAR, 1, 12)), unique=True),
)
def test_a_notice_and_its_correction_come_to_the_correction_at_once(
    turning: Clocked, one: list[dt.date], other: list[dt.date]
) -> None:
    query = sa.text("select record_key, event_on, deadline_on, timeliness from quality.milestone order by 1")
    found = []
    for notices in ([notice(1, *one), notice(2, *other)], [notice(1, *other)]):
        with turning.engine.connect() as connection, connection.begin() as undone:
            for each in notices:
                calendars._keep(connection, [each], "李伟", _later(connection))
            found.append(connection.execute(query).all())
            undone.rollback()
    assert found[0] == found[1]


def _later(connection: sa.Connection) -> dt.datetime:
    return again.hold(connection, late(35))


def test_the_database_counts_working_days_as_the_calendar_does(turning: Clocked) -> None:
    calendar = read_calendar(FOLDER)
    for event_on in (LAST - dt.timedelta(days=n) for n in range(0, 60, 7)):
        counted = turning.rows("select reference.add_working_days(:day, 5)", day=event_on)
        assert counted == [(calendar.deadline(event_on, 5),)]
    query = "select reference.working_days_between(:one, :other)"
    assert turning.rows(query, one=dt.date(2026, 9, 30), other=dt.date(2026, 10, 13)) == [(5,)]
    assert turning.rows(query, one=LAST, other=LAST + dt.timedelta(days=1)) == [(None,)]
