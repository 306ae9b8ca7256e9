"""The same stories that the warehouse's figures must tell (tests/warehouse/indicators/cases), told by the oracle."""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from oracle.cells import CellKey
from oracle.indicators import Computed, compute
from schemas.contract import RECORD_TYPES, load_contract
from tests.warehouse.indicators.conftest import DEFAULTS, LOADED_AT
from tests.warehouse.indicators.test_cases import CASES, expected, rows_of
from warehouse.indicators.catalogue import load_definition

#: What the oracle takes from elsewhere: versions of several moments, and verdicts on deadlines.
BEYOND = {"as_known_at", "register_changed_after_the_fact", "timeliness"}
FOLDERS = [folder for folder in sorted(CASES.iterdir()) if folder.name not in BEYOND]
CASTS = {
    "date": dt.date.fromisoformat, "timestamp": dt.datetime.fromisoformat, "amount": Decimal, "ratio": Decimal,
    "decimal": Decimal, "count": int, "boolean": lambda text: text == "true",
}  # fmt: skip


def test_the_stories_left_out_are_there() -> None:
    assert {folder.name for folder in CASES.iterdir()} > BEYOND


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_oracle_tells_the_same_story(folder: pathlib.Path) -> None:
    records = {name: _records(name, folder / f"{name}.csv") for name in RECORD_TYPES}
    known = functools.cache(lambda as_of: compute(records, dt.date.fromisoformat(as_of)))
    for row in filter(_is_known_to_the_oracle, rows_of(folder / "expected.csv")):
        assert _figures(known(row["as_of"]), row) == expected(row), row


def _is_known_to_the_oracle(row: dict[str, str]) -> bool:
    return load_definition(row["indicator"]).independent_check == "oracle"


def _figures(computed: Computed, row: dict[str, str]) -> tuple[object, ...]:
    key = CellKey(row["indicator"], row["period"], row["region"], row["domain"], row["insurer"])  # type: ignore[arg-type]
    cell = computed.cells.get(key)
    if cell is None:
        return ("no cell",)
    left_out: Counter[str] = Counter()
    for exclusion, count in computed.exclusions.items():
        is_same = (exclusion.indicator, exclusion.period_kind) == (row["indicator"], row["period"])
        if is_same and row["insurer"] in ("*", exclusion.insurer_id):
            left_out[exclusion.reason] += count
    said = " ".join(f"{reason}={count}" for reason, count in sorted(left_out.items()))
    return cell.numerator, cell.denominator, cell.shown, cell.null_reason, said


def _records(record_type: str, path: pathlib.Path) -> list[tuple[str, dict[str, Any]]]:
    return [_record(record_type, row) for row in rows_of(path)] if path.exists() else []


def _record(record_type: str, row: dict[str, str]) -> tuple[str, dict[str, Any]]:
    contract = load_contract(record_type)
    insurer_id = "regulator" if contract.is_register else row.get("insurer_id") or "lichun"
    envelope = {"operation_code": "I", "source_updated_at": LOADED_AT, "insurer_code": insurer_id.upper()}
    told = {**envelope, **DEFAULTS.get(record_type, {}), **{name: text for name, text in row.items() if text}}
    values = {name: _typed(contract.by_name[name].kind, told.get(name)) for name in contract.by_name}
    return insurer_id, values


def _typed(kind: str, value: Any) -> Any:
    return CASTS[kind](value) if isinstance(value, str) and kind in CASTS else value
