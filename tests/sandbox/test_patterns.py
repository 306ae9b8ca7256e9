"""A clean year has no trace that a check of integrity finds; each that is planted is found, and nothing beside it."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections import Counter

import psycopg2.extras
import pytest
import sqlalchemy as sa

from quality.catalogue import load_rules
from quality.working_days import load_calendar
from sandbox import patterns
from sandbox.truth import LAST_DAY, build
from sandbox.truth.clock import at
from schemas.contract import INSURER_RECORD_TYPES, REGISTER_RECORD_TYPES, load_contracts
from tests.sandbox.loading import Hub
from warehouse.alerts import raising
from warehouse.alerts.catalogue import load_definitions

AT = dt.datetime.combine(LAST_DAY + dt.timedelta(days=1), dt.time(1), tzinfo=dt.UTC)
#: Checks whose SQL reads records, and those that read what rules and the clock said of them as they were loaded.
KINDS = ("A23a", "A23b", "A23c", "A23f")
LOADED = ("A16b", "A23d", "A23e")
#: The last day, the day whose events are due then, and one that is too long ago to be compared with it.
SENT, EVENT = at(LAST_DAY, 90), max(
    day for day in (LAST_DAY - dt.timedelta(days=n) for n in range(20)) if load_calendar().deadline(day, 5) == LAST_DAY
)  # fmt: skip
HISTORY = SENT - dt.timedelta(days=40)


def store(connection: sa.Connection, record_type: str, sent: list[tuple[str, dict[str, object]]]) -> None:
    """Put records into core as they are known at the end of the year."""
    names = list(load_contracts()[record_type].by_name)
    columns = ", ".join(
        ["insurer_id", *names, "batch_id", "row_no", "content_hash", "recorded_at", "first_received_at"]
    )
    rows = [(insurer, *(record[n] for n in names), 1, no, "-", AT, AT) for no, (insurer, record) in enumerate(sent)]
    with connection.connection.cursor() as cursor:
        psycopg2.extras.execute_values(cursor, f"insert into core.{record_type} ({columns}) values %s", rows)


def found(connection: sa.Connection, kinds: tuple[str, ...] = KINDS) -> Counter[tuple[str, str]]:
    """What the checks find: (kind, key)."""
    definitions = {kind: load_definitions()[kind] for kind in kinds}
    problems: dict[str, str] = {}
    look = raising.Look(LAST_DAY, AT, load_calendar().version, None)
    raising.find(connection, definitions, look, problems)
    assert problems == {}
    return Counter((row.kind, row.record_key) for row in connection.execute(sa.text("select * from finding")))


@pytest.mark.parametrize("seed", [7, 2_026])
def test_a_clean_year_has_none_and_each_planted_one_is_found(engine: sa.Engine, seed: int) -> None:
    province = build(seed, 0.01)
    sent = {name: province.current(name, AT) for name in INSURER_RECORD_TYPES}
    with engine.begin() as connection:
        for record_type, records in sent.items():
            store(connection, record_type, records)
        connection.execute(sa.text("analyze"))
        assert found(connection) == Counter()
        planted = [each for each in patterns.plant(sent, EVENT) if each.kind in KINDS]
        for each in planted:
            store(connection, each.record_type, [(each.insurer_id, each.record)])
        seen = found(connection)
    keys = {(each.kind, str(each.record["service_no"])) for each in planted}
    assert keys <= set(seen)
    assert {kind for kind, _ in seen} == set(KINDS)
    assert all(
        "-PLANT" in key or kind == "A23a" for kind, key in seen
    )  # the other place of the expert is a true record


def test_what_rules_and_the_clock_say_of_a_load_is_found(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    province = build(7, 0.01)
    current = {name: province.current(name, SENT) for name in INSURER_RECORD_TYPES}
    planted = [each for each in patterns.plant(current, EVENT) if each.kind in LOADED]
    hub = Hub(engine, tmp_path, load_rules())
    for record_type in REGISTER_RECORD_TYPES:
        hub.load("regulator", record_type, province.registers[record_type], HISTORY)
    senders = sorted({each.insurer_id for each in planted})
    for since, until in ((None, HISTORY), (HISTORY, SENT)):
        for insurer_id in senders:
            for record_type in INSURER_RECORD_TYPES:
                if rows := province.feed(insurer_id, record_type, since, until):
                    assert hub.load(insurer_id, record_type, rows, until).quarantined == 0
    with engine.begin() as connection:
        assert found(connection, KINDS + LOADED) == Counter()
    later = SENT + dt.timedelta(minutes=1)
    for insurer_id, record_type in sorted({(each.insurer_id, each.record_type) for each in planted}):
        rows = [each.record for each in planted if (each.insurer_id, each.record_type) == (insurer_id, record_type)]
        hub.load(insurer_id, record_type, rows, later)
    with engine.begin() as connection:
        seen = found(connection, KINDS + LOADED)
    keys = {each.kind: each.record for each in planted}
    assert seen == Counter([
        ("A16b", keys["A16b"]["expense_no"]), ("A23d", keys["A23d"]["hazard_no"]), ("A23e", "premium_receipt"),
    ])  # fmt: skip
