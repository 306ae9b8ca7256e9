"""Every definition has a folder of ``cases``: tables in which it finds what is expected, and tables in which it finds nothing."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
import sqlalchemy as sa

from tests.warehouse.alerts.looking import day_of, load_folder, look_at, rows_of
from warehouse.alerts import raising
from warehouse.alerts.catalogue import load_definitions

CASES = pathlib.Path(__file__).parent / "cases"
FOUND = """
select f.insurer_id, f.region_code, f.record_type, f.record_key, alert.filled(k.record_zh, f.named) as message
from finding as f inner join reference.alert_kind as k on f.kind = k.kind
order by f.record_type, f.record_key, f.insurer_id
"""


def found(connection: sa.Connection, kind: str) -> list[dict[str, str]]:
    """What one definition finds; a definition that needs what another part brings is skipped until it is there."""
    definition = load_definitions()[kind]
    problems: dict[str, str] = {}
    raising.find(connection, {kind: definition}, look_at(day_of(CASES / kind)), problems)
    if definition.needs and problems.get(kind) == f"{definition.needs} is not there":
        pytest.skip(problems[kind])
    assert problems == {}
    rows = connection.execute(sa.text(FOUND)).mappings()
    return [{name: value or "" for name, value in row.items()} for row in rows]


def test_every_definition_has_both_fixtures() -> None:
    assert {path.name for path in CASES.iterdir()} == set(load_definitions())
    for folder in CASES.iterdir():
        assert {path.name for path in folder.iterdir()} - {"day.txt"} == {"fail", "pass"}, folder.name


@pytest.mark.parametrize("kind", sorted(load_definitions()))
def test_it_finds_what_is_wrong(kind: str, connection: sa.Connection, load: Any) -> None:
    load_folder(connection, load, CASES / kind / "fail")
    rows = found(connection, kind)
    assert rows
    assert rows == rows_of(CASES / kind / "fail" / "expected.csv")
    assert not [row for row in rows if "{" in row["message"] or "未报" in row["message"]]


@pytest.mark.parametrize("kind", sorted(load_definitions()))
def test_it_finds_nothing_where_all_is_well(kind: str, connection: sa.Connection, load: Any) -> None:
    load_folder(connection, load, CASES / kind / "pass")
    assert found(connection, kind) == []
