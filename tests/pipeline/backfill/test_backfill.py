"""Past days again: in any order, interrupted, beside a moving cursor, the core is that of one undisturbed collection."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import itertools
import os
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from pipeline import steps
from pipeline.backfill.run import begin, run_part
from pipeline.backfill.windows import windows
from pipeline.hub import Hub
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster
from pipeline.settings import ROOT
from sandbox import drops
from sandbox.server import Serving, serve
from sandbox.truth import Province, Record, build
from schemas.contract import INSURER_RECORD_TYPES
from schemas.errors import StopFeed
from tests.conftest import fresh_database
from tests.pipeline.conftest import Anze
from tests.pipeline.judging.test_replay import submit, warning_instead
from tests.pipeline.telling import credentials_environ, digest_of_core, hub_at, rows_of
from warehouse.history import plans, rehearsals
from warehouse.landing import feeds

SEED, INSURER, DROPPING = 5, "lichun", "cuizhu"
FIRST, LAST = dt.date(2026, 11, 1), dt.date(2026, 11, 17)
SOME_TYPES = ("policy", "endorsement", "premium_receipt")
#: Columns that say when and by which batch, not what.
WHEN = "{version_id,batch_id,row_no,recorded_at,superseded_at,first_received_at,timeliness}"


@dataclass
class World:
    """A served province, and hubs on one database."""

    province: Province
    server: Serving
    engine: sa.Engine
    folder: pathlib.Path

    @property
    def environ(self) -> dict[str, str]:
        return {"ANZE_SANDBOX_URL": self.server.url, **credentials_environ((INSURER,), SEED)}

    def hub(self, moment: dt.datetime = NIGHT) -> Hub:
        return hub_at(moment, self.engine, self.folder, self.environ, (INSURER, DROPPING))


@functools.cache
def _province() -> Province:
    return build(SEED, 0.005)


def _policies() -> list[Record]:
    """Three policies of the sandbox's year that renew no other."""
    rows = build(SEED, 0.01).feed("tianquan", "policy", None, FIRST_NIGHT)
    recent = [row for row in rows if row["issue_date"].year == NIGHT.year and row["operation_code"] != "D"]
    return [row for row in recent if row["previous_policy_no"] is None][:3]


@pytest.fixture
def world(engine: sa.Engine, installed: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with serve(_province()) as server:
        made = World(_province(), server, engine, installed)
        for name, value in made.environ.items():
            monkeypatch.setenv(name, value)
        yield made


@contextlib.contextmanager
def _elsewhere(world: World, cluster: Cluster, template: str) -> Iterator[World]:
    """The same province over another fresh database, with landing of its own."""
    with fresh_database(cluster, template) as url:
        engine = sa.create_engine(url)
        yield World(world.province, world.server, engine, world.folder / "elsewhere")
        engine.dispose()


def content_of_core(engine: sa.Engine) -> dict[str, list[str]]:
    """Every version's content, whether it is current, without moments of ours and batch numbers."""
    query = "select cast(to_jsonb(t) - cast('{when}' as text []) as text) || (superseded_at is null) as told from core.{name} as t"
    return {
        name: sorted(row.told for row in rows_of(engine, query.format(when=WHEN, name=name)))
        for name in INSURER_RECORD_TYPES
    }


def _current(engine: sa.Engine) -> dict[str, list[str]]:
    return {name: [row for row in told if row.endswith("true")] for name, told in content_of_core(engine).items()}


def _collect(hub: Hub, since: dt.datetime, until: dt.datetime, names: tuple[str, ...] = SOME_TYPES) -> list[int]:
    definition = hub.definition(INSURER)
    get = functools.partial(hub.settings.credentials, INSURER)
    return steps.collect_and_load(hub, definition, names, until, get, since=since)


def _planned(anze: Anze, *more: object) -> int:
    days = ("--from", FIRST, "--to", LAST, "--window", 4)
    answer = anze("backfill", "plan", "--insurer", INSURER, *days, "--mode", "recollect", "--json", *more)
    assert answer.code == 0, answer.err
    return int(answer.json["plan_id"])


def test_windows_cover_the_days_once() -> None:
    found = windows(FIRST, LAST, 4)
    assert [days.count for days in found] == [4, 4, 4, 4, 1]
    assert found[0].begin.isoformat() == "2026-11-01T00:00:00+08:00"
    assert found[-1].end.isoformat() == "2026-11-18T00:00:00+08:00"
    assert all(one.end == other.begin for one, other in itertools.pairwise(found))


def test_intervals_in_any_order_give_one_core_and_leave_the_cursor(
    world: World, cluster: Cluster, template: str
) -> None:
    spans = [(days.begin, days.end) for days in windows(dt.date(2026, 6, 1), LAST, 60)]
    for since, until in spans:
        _collect(world.hub(), since, until)
    with _elsewhere(world, cluster, template) as other:
        for since, until in (*reversed(spans), spans[1]):
            _collect(other.hub(), since, until)
        assert content_of_core(other.engine) == content_of_core(world.engine)
        assert feeds.cursor(other.engine, INSURER, "policy") is None
    assert sum(map(len, content_of_core(world.engine).values())) > 15


def test_a_backfill_beside_the_night_leaves_no_gap(world: World, cluster: Cluster, template: str) -> None:
    """Days after the cursor are collected first: the next night still begins where the last one ended."""
    early, middle = NIGHT - dt.timedelta(days=20), NIGHT - dt.timedelta(days=2)
    steps.sync_insurer(world.hub(early), INSURER)
    kept = feeds.cursor(world.engine, INSURER, "policy")
    _collect(world.hub(), middle, NIGHT - dt.timedelta(days=1))
    assert feeds.cursor(world.engine, INSURER, "policy") == kept
    reports = steps.sync_insurer(world.hub(), INSURER)
    told = len(world.province.feed(INSURER, "policy", None, NIGHT))
    assert rows_of(world.engine, "select count(*) as n from core.policy_current")[0].n == told
    assert {report.state for report in reports} <= {"loaded", "duplicate"}


def test_a_past_night_run_again_asks_for_no_backward_window(world: World) -> None:
    """A cleared scheduled run ends before the cursor."""
    steps.sync_insurer(world.hub(), INSURER)
    before = _current(world.engine)
    reports = steps.sync_insurer(world.hub(), INSURER, NIGHT - dt.timedelta(days=9))
    assert sum(report.accepted for report in reports) == 0
    assert _current(world.engine) == before
    query = "select count(*) as n from landing.batch where interval_start >= interval_end"
    assert rows_of(world.engine, query)[0].n == 0


def test_a_plan_lists_what_is_there_and_what_is_not(world: World, anze: Anze) -> None:
    steps.sync_insurer(world.hub(NIGHT - dt.timedelta(days=11)), INSURER)
    answer = anze("backfill", "show", _planned(anze), "--json").json
    assert answer["state"] == "planned"
    parts = answer["parts"]
    assert [(p["from_date"], p["day_count"], p["delivered_day_count"]) for p in parts] == [
        ("2026-11-01", 4, 4), ("2026-11-05", 4, 4), ("2026-11-09", 4, 2), ("2026-11-13", 4, 0), ("2026-11-17", 1, 0),
    ]  # fmt: skip
    assert parts[0]["batch_count"] == len(INSURER_RECORD_TYPES)
    assert answer["effects"] is None
    assert rows_of(world.engine, "select count(*) as n from landing.batch")[0].n == len(INSURER_RECORD_TYPES)


def test_a_family_is_its_record_types_and_nothing_else(world: World, anze: Anze) -> None:
    plan_id = _planned(anze, "--family", "claim")
    assert anze("backfill", "run", plan_id).code == 0
    found = {row.record_type for row in rows_of(world.engine, "select distinct record_type from landing.batch")}
    assert found == {"claim", "claim_payment"}
    assert (
        anze("backfill", "plan", "--family", "claims", "--from", FIRST, "--to", LAST, "--mode", "recollect").code == 4
    )


def test_a_run_refuses_when_a_delivery_came_since_the_plan(world: World, anze: Anze) -> None:
    plan_id = _planned(anze)
    steps.sync_insurer(world.hub(), INSURER)
    before = digest_of_core(world.engine)
    refused = anze("backfill", "run", plan_id)
    assert refused.code == 4
    assert "batches (0 -> " in refused.err
    assert "make a new plan" in refused.err
    assert digest_of_core(world.engine) == before
    assert anze("backfill", "show", plan_id, "--json").json["state"] == "planned"


def test_a_definition_that_changes_under_way_stops_the_run(world: World, anze: Anze) -> None:
    """Deliveries of others may go on beside a run that has begun; a changed definition may not."""
    hub, plan_id = world.hub(), _planned(anze)
    run_part(hub, plan_id, 1, hub.settings.credentials)
    steps.sync_insurer(hub, INSURER)
    begin(hub, plan_id)
    statement = 'update landing.plan set fingerprint = fingerprint || \'{"ruleset": "another"}\''
    with world.engine.begin() as connection:
        connection.execute(sa.text(statement))
    with pytest.raises(StopFeed, match="ruleset"):
        run_part(hub, plan_id, 2, hub.settings.credentials)


def test_the_rehearsal_of_a_replay_says_exactly_what_the_run_then_changes(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = _policies()
    span = {"cover_start_date": one["cover_end_date"], "cover_end_date": one["cover_start_date"]}
    submit(anze, installed, [one | span, two | {"operation_code": "?"}, three])
    held = rows_of(engine, "select reasons from quarantine.row order by row_no")
    assert len(held) == 2, anze("batch", "list").out
    rule_id = held[0].reasons[0]["rule_id"]
    first = anze("publish", "--json").json["publication_id"]
    monkeypatch.setattr(Hub, "rules", warning_instead(rule_id))

    days = ("--from", NIGHT.date(), "--to", NIGHT.date(), "--insurer", "tianquan", "--json")
    answer = anze("backfill", "plan", *days, "--mode", "replay")
    assert answer.code == 0, answer.err
    plan = answer.json
    counts = plan["effects"]["counts"]
    named = ("accepted", "quarantined", "duplicate", "superseded", "cleared", "verdicts")
    assert [counts[name] for name in named] == [1, 1, 1, 0, 1, 0]
    assert rows_of(engine, "select count(*) as n from quarantine.row where resolved_at is null")[0].n == 2

    assert anze("backfill", "run", plan["plan_id"]).code == 0
    assert rows_of(engine, "select count(*) as n from quarantine.row where resolved_at is null")[0].n == 1
    second = anze("publish", "--json").json["publication_id"]
    with engine.connect() as connection:
        changed = rehearsals.changed_cells(connection, first, second)
    assert counts["cells"] == changed.count > 0
    assert tuple(plan["effects"]["cells"]) == changed.lines
    assert "cleared" in anze("backfill", "show", plan["plan_id"]).out


def test_a_verdict_that_a_rehearsal_changes_is_named(engine: sa.Engine) -> None:
    insert = (
        "insert into quality.milestone (insurer_id, record_type, record_key, milestone, event_on, deadline_on,"
        " first_received_at, timeliness, calendar_version, known_from) values"
        " ('lichun', 'policy', 'P{n}', 'issued', '2026-11-02', '2026-11-09', '2026-11-09 20:00+08', 'on_time', '1', now())"
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(insert.format(n=1))
        connection.exec_driver_sql(insert.format(n=2))
        rehearsals.keep_verdicts(connection)
        connection.exec_driver_sql("update quality.milestone set timeliness = 'late' where record_key = 'P1'")
        connection.exec_driver_sql(insert.format(n=3))
        changed = rehearsals.changed_verdicts(connection)
    assert changed.count == 2
    assert changed.lines == ("lichun policy P1 issued: on_time -> late", "lichun policy P3 issued: — -> on_time")


def test_dropped_files_are_one_part_and_land_when_found(world: World, anze: Anze) -> None:
    drops.write(world.province, world.folder / "drop", None, NIGHT)
    days = ("--from", FIRST, "--to", LAST, "--mode", "recollect", "--json")
    plan = anze("backfill", "plan", "--insurer", DROPPING, *days).json
    assert [(p["from_date"], p["to_date"]) for p in plan["parts"]] == [(str(FIRST), str(LAST))]
    assert anze("backfill", "run", plan["plan_id"]).code == 0
    query = "select count(*) as n from landing.batch where insurer_id = :i and state = 'loaded'"
    assert rows_of(world.engine, query, i=DROPPING)[0].n == len(INSURER_RECORD_TYPES)


def test_a_killed_run_goes_on_where_it_was(
    world: World, anze: Anze, cluster: Cluster, template: str, tmp_path: pathlib.Path
) -> None:
    """kill -9 after some part is done; what is done is not done again, and the core is that of an undisturbed run."""
    plan_id = _planned(anze, "--family", "policy")
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "backfill", "run", str(plan_id)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=log, stderr=log)
        while not (done := _done(world.engine, plan_id)) and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = _done(world.engine, plan_id)
    assert 0 < len(done) < 5, (tmp_path / "log").read_text()
    assert anze("backfill", "run", plan_id).code == 0
    after = _done(world.engine, plan_id)
    assert {part: after[part] for part in done} == done
    assert len(after) == 5
    with _elsewhere(world, cluster, template) as other:
        for days in windows(FIRST, LAST, 4):
            _collect(other.hub(), days.begin, days.end)
        assert content_of_core(other.engine) == content_of_core(world.engine)
    before = digest_of_core(world.engine)
    assert anze("backfill", "run", plan_id, "--json").json["state"] == "done"
    assert digest_of_core(world.engine) == before


def _done(engine: sa.Engine, plan_id: int) -> dict[int, tuple[object, ...]]:
    parts = plans.read(engine, plan_id).parts
    return {part.part_no: (part.done_at, part.done_batch_ids) for part in parts if part.done_at is not None}
