"""Core is a function of landing: a year of a few insurers, corrected and replayed, is rebuilt byte for byte."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from connectors.definition import REGULATOR
from pipeline import steps
from pipeline.judging.rebuild import rebuild
from pipeline.judging.replay import Wanted, choose, replay
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from quality.catalogue import RuleSet, load_rules, rules_of
from sandbox import drops, registers
from sandbox.server import serve
from sandbox.truth import build
from tests.pipeline.telling import SomeInsurers, credentials_environ, hub_at, rows_of

SEED, SCALE = 5, 0.003
INSURERS = ("dahan", "yuheng")
EVENING, MORNING = dt.timedelta(hours=6), dt.timedelta(hours=3)
THIRD_NIGHT = NIGHT + dt.timedelta(days=1)


def without(rule_id: str) -> RuleSet:
    """The catalogue after a fix: one rule no longer holds rows, but warns."""
    rules = load_rules()
    name = next(name for name, text in rules.texts.items() if f"id: {rule_id}\n" in text)
    head, mark, tail = rules.texts[name].partition(f"id: {rule_id}\n")
    return rules_of({**rules.texts, name: head + mark + tail.replace("severity: error", "severity: warning", 1)})


@pytest.fixture
def hub(database_url: str, tmp_path: pathlib.Path) -> Iterator[SomeInsurers]:
    """A year's history, a night with planted faults, a rule fix replayed in the middle, and a night of corrections."""
    province = build(SEED, SCALE)
    engine = sa.create_engine(database_url)
    registers.write_registers(province, tmp_path / "drop" / "regulator")
    with serve(province) as server:
        environ = {"ANZE_SANDBOX_URL": server.url, **credentials_environ(INSURERS, SEED)}
        steps.sync_insurer(hub_at(FIRST_NIGHT - EVENING, engine, tmp_path, environ, INSURERS), REGULATOR)
        for since, night in ((None, FIRST_NIGHT), (FIRST_NIGHT, NIGHT), (NIGHT, THIRD_NIGHT)):
            drops.write(province, tmp_path / "drop", since, night)
            made = hub_at(night, engine, tmp_path, environ, INSURERS)
            for insurer_id in INSURERS:
                steps.sync_insurer(made, insurer_id)
            if night == NIGHT:
                steps.publish(made)
                _fix_a_rule(hub_at(night + MORNING, engine, tmp_path, environ, INSURERS))
    yield made
    engine.dispose()


def _fix_a_rule(hub: SomeInsurers) -> None:
    held = rows_of(hub.engine, "select reasons -> 0 ->> 'rule_id' as rule_id from quarantine.row order by 1 limit 1")
    hub.__dict__["rules"] = without(held[0].rule_id)
    reports = replay(hub, choose(hub, Wanted(held_by=held[0].rule_id)))
    assert sum(report.cleared for report in reports) > 0


def test_a_year_is_rebuilt_byte_for_byte(hub: SomeInsurers) -> None:
    seen: list[int] = []
    found = rebuild(hub, lambda done, _: seen.append(done))
    assert found.differing_rows == ()
    assert found.differing_tables == ()
    assert found.digest_live == found.digest_rebuilt
    assert found.loads == seen[-1] == rows_of(hub.engine, "select count(*) as n from landing.load")[0].n
    assert found.rows > 500
    kinds = {row.kind for row in rows_of(hub.engine, "select distinct kind from landing.load")}
    assert kinds == {"first", "replay"}
    assert rows_of(hub.engine, "select datname from pg_database where starts_with(datname, 'anze_twin')") == []
