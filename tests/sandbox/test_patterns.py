"""A clean year has no trace that a check of integrity finds; each that is planted is found, and nothing beside it."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import psycopg2.extras
import pytest
import sqlalchemy as sa

from quality.working_days import load_calendar
from sandbox import patterns
from sandbox.truth import LAST_DAY, build
from schemas.contract import INSURER_RECORD_TYPES, load_contracts
from warehouse.alerts import raising
from warehouse.alerts.catalogue import load_definitions

AT = dt.datetime.combine(LAST_DAY + dt.timedelta(days=1), dt.time(1), tzinfo=dt.UTC)
#: Checks whose SQL reads records; those that read findings of rules are told by the rules (tests/rules).
KINDS = ("A23a", "A23b", "A23c", "A23f")


def store(connection: sa.Connection, record_type: str, sent: list[tuple[str, dict[str, object]]]) -> None:
    """Put records into core as they are known at the end of the year."""
    names = list(load_contracts()[record_type].by_name)
    columns = ", ".join(
        ["insurer_id", *names, "batch_id", "row_no", "content_hash", "recorded_at", "first_received_at"]
    )
    rows = [(insurer, *(record[n] for n in names), 1, no, "-", AT, AT) for no, (insurer, record) in enumerate(sent)]
    with connection.connection.cursor() as cursor:
        psycopg2.extras.execute_values(cursor, f"insert into core.{record_type} ({columns}) values %s", rows)


def found(connection: sa.Connection) -> Counter[tuple[str, str]]:
    """What the checks find: (kind, key)."""
    definitions = {kind: load_definitions()[kind] for kind in KINDS}
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
        planted = [each for each in patterns.plant(sent) if each.kind in KINDS]
        for each in planted:
            store(connection, each.record_type, [(each.insurer_id, each.record)])
        seen = found(connection)
    keys = {(each.kind, str(each.record["service_no"])) for each in planted}
    assert keys <= set(seen)
    assert {kind for kind, _ in seen} == set(KINDS)
    assert all(
        "-PLANT" in key or kind == "A23a" for kind, key in seen
    )  # the other place of the expert is a true record
