"""Verdicts, by any field and judged again, are a function of the log: rebuilt byte for byte, equal to the oracle's, told as what moved T1."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from connectors.definition import REGULATOR
from pipeline import calendars, steps
from pipeline.clock import extensions, outages
from pipeline.judging.rebuild import rebuild
from pipeline.judging.verifying import verify
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from quality.notices import Notice, Span
from sandbox import drops, registers
from sandbox.truth import build
from schemas.province import province
from schemas.time_zone import SHANGHAI
from tests.pipeline.telling import SomeInsurers, hub_at, rows_of
from warehouse.indicators.difference import difference
from warehouse.indicators.explain import Place
from warehouse.landing.extensions import Grant

SEED, SCALE, INSURER = 5, 0.003, "yuheng"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LATER = NIGHT + dt.timedelta(days=10)
EVENT = (
    f"{{record_type: policy, milestone: issue_date, field: cover_start_date, valid_from: {FIRST_NIGHT.date() - 60 * DAY},"
    " source: 试行, confidence: assumption}"
)
MOVED = """
select count(*) from quality.milestone as m
inner join core.policy as p on m.insurer_id = p.insurer_id and m.record_key = p.policy_no and p.superseded_at is null
where m.record_type = 'policy' and m.event_field_no is not null and m.event_on <> p.issue_date
"""
LATE = """
select m.deadline_on as day, m.event_on from quality.milestone as m
where m.timeliness = 'late' and m.insurer_id = :i order by m.deadline_on limit 1
"""


class Nights:
    """A hub of one insurer, whose nights go by."""

    def __init__(self, engine: sa.Engine, folder: pathlib.Path) -> None:
        self.engine, self.folder, self.world = engine, folder, build(SEED, SCALE)
        registers.write_registers(self.world, folder / "drop" / "regulator")
        steps.sync_insurer(self.at(FIRST_NIGHT - 6 * HOUR), REGULATOR)

    def at(self, moment: dt.datetime) -> SomeInsurers:
        return hub_at(moment, self.engine, self.folder, {}, (INSURER,))

    def deliver(self, since: dt.datetime | None, until: dt.datetime, night: dt.datetime) -> None:
        """What happened between two moments arrives in a night."""
        drops.write(self.world, self.folder / "drop", since, until)
        steps.sync_insurer(self.at(night), INSURER)


@pytest.fixture
def nights(engine: sa.Engine, tmp_path: pathlib.Path, own_province: pathlib.Path) -> Nights:
    """From some weeks before the first night on, policies' events are the first days of their cover."""
    (own_province / "clock.yml").write_text(f"events:\n- {EVENT}\n", encoding="utf-8")
    calendars.seed_clock_rules(engine, FIRST_NIGHT - 7 * HOUR)
    return Nights(engine, tmp_path)


def test_what_was_judged_again_is_rebuilt_verified_and_attributed(nights: Nights) -> None:
    nights.deliver(None, FIRST_NIGHT, FIRST_NIGHT)
    nights.deliver(FIRST_NIGHT, NIGHT, LATER)
    assert rows_of(nights.at(LATER).engine, MOVED)[0][0] > 0
    before = steps.publish(nights.at(LATER + HOUR))
    hub = nights.at(LATER + 2 * HOUR)
    due = rows_of(hub.engine, LATE, i=INSURER)
    assert due, "what arrives ten days later is late"
    with hub.engine.connect() as connection:
        known = [each for each in calendars.known_notices(connection) if each.year == due[0].day.year]
    spans = (*known[-1].spans, Span("加假", "off", due[0].day, due[0].day))
    changed = Notice(due[0].day.year, known[-1].revision + 1, "2026-11-10", "更正", "confirmed", spans)
    assert calendars.import_notice(hub.engine, changed, "李伟", hub.now()).changes
    wanted = Grant(
        INSURER, "*", "系统切换", "李伟", extra_days=20, events_from=due[0].event_on, events_to=due[0].event_on
    )
    extensions.grant(hub, wanted, hub.now())
    noon = dt.datetime.combine(due[0].day, dt.time(12), tzinfo=SHANGHAI) + dt.timedelta(days=1)
    for now in (noon, noon + HOUR):
        outages.beat(nights.at(now), "portal")
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("update landing.heartbeat set clock_offset = interval '0'")
    outages.note_outages(hub)
    nights.deliver(NIGHT, NIGHT + dt.timedelta(days=1), LATER + dt.timedelta(days=1))
    last = nights.at(LATER + dt.timedelta(days=1) + HOUR)
    after = steps.publish(last)
    found = rebuild(last)
    assert (found.differing_tables, found.differing_rows) == ((), ())
    report = verify(last)
    assert (report.details, report.replay_differences, report.cells_differing) == ((), 0, 0)
    with hub.engine.connect() as connection, connection.begin():
        place = Place("T1", "ytd", province().code, "*", INSURER)
        (moved,) = difference(connection, before, after, [place], limit=3)
    assert moved.adds_up
    parts = {part.cause: part for part in moved.parts}
    assert parts["judging"].moved_count > 0
    assert parts["reference"].value == 0
