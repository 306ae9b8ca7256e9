"""The hub's own outages: told by its signs of life, credited by configuration, on the last day of a deadline only."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest

from pipeline.clock import outages
from tests.pipeline.clock.conftest import Clocked, moment

EVENT, LAST, NEXT = dt.date(2026, 11, 16), dt.date(2026, 11, 23), dt.date(2026, 11, 24)


def beat(clocked: Clocked, *moments: dt.datetime) -> None:
    """Signs of life of the portal, by one clock: hubs of a test have an offset each."""
    for now in moments:
        outages.beat(clocked.at(now), "portal")
        with clocked.engine.begin() as connection:
            connection.exec_driver_sql("update landing.heartbeat set clock_offset = interval '0'")


def down(clocked: Clocked, since: dt.datetime, until: dt.datetime, *, noted_at: dt.datetime | None = None) -> None:
    """The portal gives no sign for a time."""
    beat(clocked, since, until)
    outages.note_outages(clocked.at(noted_at or until))


def test_an_outage_on_the_last_day_moves_the_deadline_to_the_next_working_day(clocked: Clocked) -> None:
    clocked.deliver("P1", EVENT, moment(11, 24, 8))
    clocked.deliver("P2", EVENT + dt.timedelta(days=1), moment(11, 24, 8))
    assert clocked.verdict("P1") == (EVENT, LAST, "late")
    down(clocked, moment(11, 23, 15), moment(11, 23, 16), noted_at=moment(11, 24, 9))
    assert clocked.verdict("P1") == (EVENT, NEXT, "on_time")
    assert clocked.verdict("P2")[1] == NEXT
    assert clocked.known("P1", moment(11, 24, 8, 30)) == (LAST, "late")
    listed = clocked.rows("select service, is_credited, verdict_count from report.outage_credit order by outage_no")
    assert listed == [("database", True, 1), ("portal", True, 0)]
    assert outages.note_outages(clocked.at(moment(11, 24, 10))) == []
    clocked.deliver("P3", EVENT, moment(11, 24, 20))
    assert clocked.verdict("P3") == (EVENT, NEXT, "on_time")


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (moment(11, 20, 9), moment(11, 20, 12)),  # not the last day
        (moment(11, 23, 9), moment(11, 23, 9, 4)),  # shorter than the bound
        (moment(11, 22, 12), moment(11, 23, 0, 3)),  # of the last day only a moment
    ],
)
def test_what_moves_no_deadline(clocked: Clocked, since: dt.datetime, until: dt.datetime) -> None:
    clocked.deliver("P1", EVENT, moment(11, 24, 8))
    down(clocked, since, until, noted_at=moment(11, 24, 9))
    assert clocked.verdict("P1") == (EVENT, LAST, "late")


def test_an_outage_on_the_next_day_too_moves_it_on(clocked: Clocked) -> None:
    clocked.deliver("P1", EVENT, moment(11, 25, 8))
    down(clocked, moment(11, 23, 12), moment(11, 24, 12))
    assert clocked.verdict("P1") == (EVENT, dt.date(2026, 11, 25), "on_time")


def test_credit_is_switched_by_configuration(clocked: Clocked, own_province: pathlib.Path) -> None:
    clocked.deliver("P1", EVENT, moment(11, 24, 8))
    said = "valid_from: 2026-01-01, label: 试行, source: 省厅}"
    (own_province / "clock.yml").write_text(f"outage_credit:\n- {{is_on: false, {said}\n", encoding="utf-8")
    down(clocked, moment(11, 23, 15), moment(11, 23, 16))
    assert clocked.verdict("P1") == (EVENT, LAST, "late")
    assert clocked.rows("select distinct is_credited, basis from landing.outage") == [(False, "试行;省厅")]


def test_a_planned_stop_counts_unless_configured(clocked: Clocked, own_province: pathlib.Path) -> None:
    clocked.deliver("P1", EVENT, moment(11, 24, 8))
    said = "is_on: true, counts_planned_stops: false, valid_from: 2026-01-01, label: 试行, source: 省厅"
    (own_province / "clock.yml").write_text(f"outage_credit:\n- {{{said}}}\n", encoding="utf-8")
    beat(clocked, moment(11, 23, 15))
    for service in ("portal", "database"):
        outages.stopped(clocked.at(moment(11, 23, 15)), service, "anze down")
    beat(clocked, moment(11, 23, 16))
    outages.note_outages(clocked.at(moment(11, 24, 9)))
    assert clocked.verdict("P1") == (EVENT, LAST, "late")
    assert clocked.rows("select distinct is_planned, is_credited from landing.outage") == [(True, False)]
