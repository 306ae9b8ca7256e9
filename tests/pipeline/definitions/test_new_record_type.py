"""A new record type that cannot be is refused with its fix, and nothing is left behind."""

from __future__ import annotations

import pathlib
import shutil
from dataclasses import replace

import pytest

from pipeline.definitions.new_record_type import RecordType, write
from pipeline.settings import ROOT
from schemas.contract_checks import HUB_FIELDS
from schemas.errors import DefinitionError
from warehouse.database.ddl import HUB_COLUMNS

VISIT = RecordType("visit", "走访记录", "service", ("visit_no",), "visited_at")


@pytest.fixture
def root(tmp_path: pathlib.Path) -> pathlib.Path:
    """What a new record type is written into."""
    for folder in ("schemas", "quality/rules", "warehouse/migrations"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (
            replace(VISIT, name="policy"),
            "policy.odcs.yaml: name: exists already; fix: anze record-type migration policy",
        ),
        (replace(VISIT, name="delivery"), "delivery.yml holds other rules; fix: choose another name"),
        (replace(VISIT, name="走访"), "'走访' is no name; fix: 2 to 41 lower-case letters"),
        (replace(VISIT, name="select"), r"select.odcs.yaml:\d+: .*select is a word of SQL; fix: choose another name"),
        (replace(VISIT, key=("order",)), r"visit.odcs.yaml:\d+: .*order is a word of SQL"),
        (replace(VISIT, key=("row_no",)), r"visit.odcs.yaml:\d+: .*row_no is a column that the hub adds"),
        (replace(VISIT, business_name="保单"), "保单 is what policy is called; fix: choose another --name"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_left(root: pathlib.Path, new: RecordType, told: str) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with pytest.raises(DefinitionError, match=told):
        write(root, new)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_what_the_hub_adds_is_said_alike_everywhere() -> None:
    assert tuple(HUB_COLUMNS) == HUB_FIELDS
