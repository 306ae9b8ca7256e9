"""Every rule against its own two files: ``<rule>/pass.csv`` breaks nothing, ``<rule>/fail.csv`` breaks only that rule.

The files hold canonical text of one record type, told by their header. ``base/*.csv`` is the world that every rule is
tested in; ``<rule>/context/*.csv`` adds to it or replaces records by key; ``<rule>/parameters.yml`` sets what the
sender declared of the delivery. To test a new rule, add its folder: it is found by itself.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import pathlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
import yaml

from pipeline.services.postgres import Cluster
from quality.catalogue import load_rules
from quality.check import check
from quality.messages import telling
from schemas.contract import RECORD_TYPES, Contract, load_contract, load_contracts
from warehouse.loading import rules as sql_rules
from warehouse.loading import staging

FOLDER = pathlib.Path(__file__).parent
RECEIVED_AT = dt.datetime.fromisoformat("2026-11-21T09:00:00+08:00")
INSURER = "lichun"
#: Rules that another package applies: merge (BAT-002, BAT-020 to BAT-024, BAT-090), parse (FILE) and mapping (MAP); those of tier history
#: need deliveries before theirs, see tests/warehouse/loading/test_profiles.py.
APPLIED_ELSEWHERE = frozenset(
    {"BAT-002", "BAT-020", "BAT-021", "BAT-022", "BAT-023", "BAT-024", "BAT-090"}
    | {"REN-002", "REN-007", "REN-010", "REN-011"}  # tests/warehouse/loading/test_renumbering*.py
    | {r.rule_id for r in load_rules().rules if r.tier in ("file", "mapping", "history")}
)
TESTED = [r.rule_id for r in load_rules().rules if r.rule_id not in APPLIED_ELSEWHERE]
CASES = [(rule_id, outcome) for rule_id in TESTED for outcome in ("pass", "fail")]


@dataclass(frozen=True)
class Fixture:
    """One file of a rule: its record type and its rows as canonical text, numbered from ``first_row_no``."""

    contract: Contract
    rows: list[dict[str, str | None]]


@functools.cache
def fixture_of(path: pathlib.Path) -> Fixture:
    """The rows of a file; its header says of which record type they are."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [{name: value or None for name, value in row.items()} for row in csv.DictReader(stream)]
    contract = next(c for c in load_contracts().values() if [f.name for f in c.fields] == list(rows[0]))
    return Fixture(contract, rows)


def canonical(contract: Contract, rows: list[dict[str, str | None]]) -> pa.Table:
    """Rows as connectors.mapping hands them on."""
    columns: dict[str, pa.Array] = {
        "row_no": pa.array(range(1, len(rows) + 1), pa.int64()),
        "place": pa.array([f"line {n + 1}" for n in range(1, len(rows) + 1)], pa.string()),
        "raw": pa.array(["{}"] * len(rows), pa.string()),
    }
    columns |= {f.name: pa.array([row[f.name] for row in rows], pa.string()) for f in contract.fields}
    return pa.table(columns)


@functools.cache
def judged() -> dict[tuple[str, str], tuple[pa.Table, frozenset[str]]]:
    """Each file's typed rows and the rules that ``check`` finds broken; all files of a type in one judgement."""
    files = defaultdict(list)
    for rule_id, outcome in CASES:
        path = FOLDER / rule_id / f"{outcome}.csv"
        if path.exists():
            files[fixture_of(path).contract.record_type].append((rule_id, outcome, fixture_of(path).rows))
    found: dict[tuple[str, str], tuple[pa.Table, frozenset[str]]] = {}
    for record_type, cases in files.items():
        contract = load_contract(record_type)
        result = check(
            canonical(contract, [r for _, _, rows in cases for r in rows]), contract, load_rules(), RECEIVED_AT
        )
        offset = 0
        for rule_id, outcome, rows in cases:
            last = offset + len(rows)
            told = (*result.findings, *result.notes)
            broken = {f.rule_id for f in told if f.row_no is not None and offset < f.row_no <= last}
            found[rule_id, outcome] = (result.table.slice(offset, len(rows)), frozenset(broken))
            offset = last
    return found


@pytest.fixture(scope="module")
def world(cluster: Cluster, template: str) -> Iterator[sa.Connection]:
    """A connection inside a transaction that holds the base world; the cluster goes with the session."""
    name = "test_rules"
    admin = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template {template}")
    admin.dispose()
    engine = sa.create_engine(cluster.url(name))
    with engine.connect() as connection:
        connection.exec_driver_sql("set session_replication_role = replica")
        for path in sorted((FOLDER / "base").glob("*.csv")):
            remember(connection, fixture_of(path))
        yield connection
    engine.dispose()


def remember(connection: sa.Connection, fixture: Fixture) -> None:
    """Put records into core, replacing those with the same key."""
    contract = fixture.contract
    result = check(canonical(contract, fixture.rows), contract, load_rules(), RECEIVED_AT)
    assert [f for f in result.findings if f.severity == "error"] == []
    stage(connection, contract, result.table)
    names = ", ".join(contract.by_name)
    same = " and ".join(f"c.{name} = s.{name}" for name in contract.key)
    connection.exec_driver_sql(
        f"delete from core.{contract.record_type} as c using staged as s where c.insurer_id = s.insurer_id and {same}"
    )
    connection.execute(
        sa.text(
            f"insert into core.{contract.record_type} "
            f"(insurer_id, {names}, batch_id, row_no, content_hash, recorded_at, first_received_at) "
            f"select insurer_id, {names}, 0, row_no, content_hash, :at, :at from staged"
        ),
        {"at": RECEIVED_AT},
    )
    connection.exec_driver_sql("drop table staged, staged_finding, staged_column")


def stage(connection: sa.Connection, contract: Contract, table: pa.Table) -> None:
    staging.create(connection, contract, "regulator" if contract.is_register else INSURER)
    unstorable = staging.stage_rows(connection, contract, table)
    staging.stage_findings(connection, map(telling(load_rules().by_id, contract), unstorable))


def broken_in_sql(connection: sa.Connection, contract: Contract, table: pa.Table, declared: dict[str, Any]) -> set[str]:
    """The rules that the warehouse's selects find broken."""
    stage(connection, contract, table)
    parameters: dict[str, Any] = dict.fromkeys(sql_rules.PARAMETERS)
    parameters |= {"insurer_id": "regulator" if contract.is_register else INSURER, "batch_id": 1, "channel": "drop"}
    parameters |= {"received_at": RECEIVED_AT} | declared
    within = [rule for rule in load_rules().sql_rules(contract.record_type) if rule.tier != "history"]
    sql_rules.run(connection, within, parameters, telling(load_rules().by_id, contract))
    return set(connection.scalars(sa.text("select rule_id from staged_finding")))


def declared_of(folder: pathlib.Path, outcome: str) -> dict[str, Any]:
    path = folder / "parameters.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))[outcome] if path.exists() else {}


@pytest.mark.parametrize(("rule_id", "outcome"), CASES, ids=[f"{rule_id}-{outcome}" for rule_id, outcome in CASES])
def test_rule_finds_its_fault_and_no_other(rule_id: str, outcome: str, world: sa.Connection) -> None:
    folder = FOLDER / rule_id
    contract = fixture_of(folder / f"{outcome}.csv").contract
    table, broken = judged()[rule_id, outcome]
    with world.begin_nested() as attempt:
        for path in sorted((folder / "context").glob("*.csv"), key=lambda p: RECORD_TYPES.index(p.stem)):
            remember(world, fixture_of(path))
        broken |= broken_in_sql(world, contract, table, declared_of(folder, outcome))
        attempt.rollback()
    assert broken == ({rule_id} if outcome == "fail" else set())


def test_at_least_sixty_rules_have_both_files() -> None:
    complete = [r for r in TESTED if all((FOLDER / r / name).is_file() for name in ("pass.csv", "fail.csv"))]
    assert complete == TESTED
    assert len(complete) >= 60


def test_no_folder_without_a_rule() -> None:
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name[:1].isupper()}
    assert folders == set(TESTED)


def test_base_world_is_clean() -> None:
    for path in sorted((FOLDER / "base").glob("*.csv")):
        fixture = fixture_of(path)
        result = check(canonical(fixture.contract, fixture.rows), fixture.contract, load_rules(), RECEIVED_AT)
        assert [(f.rule_id, f.field) for f in (*result.findings, *result.notes)] == []
