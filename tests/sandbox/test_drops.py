"""What the drop insurers leave: files that read back as the truth, and the faults of the demo night."""

from __future__ import annotations

import csv
import datetime as dt
import json
import pathlib
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from sandbox import drops, registers
from sandbox.cast import cast
from sandbox.truth import Province, build
from sandbox.truth.clock import SHANGHAI, at
from schemas.code_lists import load_code_list
from schemas.contract import INSURER_RECORD_TYPES, REGISTER_RECORD_TYPES, load_contract

HISTORY = at(dt.date(2026, 11, 18), 90)
NIGHT = at(dt.date(2026, 11, 21), 90)
DROPPERS = [i for i in cast() if i.is_drop]


@pytest.fixture(scope="module")
def province() -> Province:
    return build(5, 0.01)


@pytest.fixture(scope="module")
def folder(province: Province, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    root = tmp_path_factory.mktemp("drops")
    drops.write(province, root, None, HISTORY)
    drops.write(province, root, HISTORY, NIGHT)
    return root


def read_rows(path: pathlib.Path, dialect: drops.Dialect) -> list[dict[str, Any]]:
    """Rows by header, read with nothing of the sandbox."""
    if path.suffix == ".csv":
        with path.open(encoding=dialect.encoding, newline="") as file:
            return list(csv.DictReader(file, delimiter=dialect.delimiter))
    book = CalamineWorkbook.from_path(path)
    visible = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
    assert len(visible) == 1
    header, *rows = book.get_sheet_by_name(visible[0]).to_python(skip_empty_area=False)[dialect.title_rows :]
    return [dict(zip(header, row, strict=True)) for row in rows]


def as_truth(value: Any, kind: str, code_list: str | None) -> Any:
    """A cell as the canonical value."""
    if value in ("", None):
        return None
    if kind in ("amount", "ratio", "decimal"):
        return Decimal(str(value))
    if kind == "count":
        return int(float(value))
    if kind == "boolean":
        return value in ("true", "是")
    if kind == "date":
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    if kind == "timestamp":
        moment = dt.datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    return _code(value, code_list) if code_list else value


def _code(value: str, code_list: str) -> str:
    return next((e.code for e in load_code_list(code_list).entries if e.zh == value), value)


@pytest.mark.parametrize("insurer", DROPPERS, ids=lambda i: i.insurer_id)
def test_files_read_back_as_the_truth(province: Province, folder: pathlib.Path, insurer: Any) -> None:
    dialect = drops.DIALECTS[insurer.dialect]
    for record_type in INSURER_RECORD_TYPES:
        expected = province.feed(insurer.insurer_id, record_type, None, HISTORY)
        path = folder / insurer.insurer_id / f"{record_type}_20261118.{dialect.suffix}"
        fields = load_contract(record_type).fields
        found = [
            {
                f.name: as_truth(row[f.business_name if dialect.is_chinese else f.name], f.kind, f.code_list)
                for f in fields
            }
            for row in read_rows(path, dialect)
        ]
        assert found == expected


def test_control_files_declare_rows_and_total(province: Province, folder: pathlib.Path) -> None:
    rows = province.feed("tianji", "policy", None, HISTORY)
    declared = json.loads((folder / "tianji" / "policy_20261118.csv.control.json").read_text())
    assert declared["row_count"] == len(rows)
    assert Decimal(declared[("amount")]) == sum(r["written_premium_amount"] for r in rows)


def test_dialects_are_what_they_say(folder: pathlib.Path) -> None:
    assert (folder / "kaiyang" / "policy_20261118.csv").read_bytes().startswith(b"\xef\xbb\xbfinsurer_code\t")
    text = (folder / "yaoguang" / "policy_20261118.csv").read_bytes().decode("gb18030")
    assert text.startswith("保险机构代码,")
    assert "\r\n" in text
    assert ";保险" not in text
    assert b"\r" not in (folder / "tianji" / "policy_20261118.csv").read_bytes()
    largest = max((folder / "qingsong").glob("service_record_*.csv"), key=lambda path: path.stat().st_size)
    service = largest.read_bytes().decode("gb18030")
    assert "现场检查;\n末次会议" in service
    assert CalamineWorkbook.from_path(folder / "cuizhu" / "policy_20261118.xlsx").sheets_metadata[0].visible == SheetVisibleEnum.Hidden  # fmt: skip


def test_the_night_has_one_silent_and_one_double(folder: pathlib.Path) -> None:
    assert list((folder / "tianquan").glob("*_20261118.csv"))
    assert not list((folder / "tianquan").glob("*_20261121*"))
    twins = list((folder / "yuheng").glob("*_20261121(1).csv"))
    assert twins
    for twin in twins:
        assert twin.read_bytes() == twin.with_name(twin.name.replace("(1)", "")).read_bytes()
    assert not list((folder / "yuheng").glob("*_20261118(1).csv"))


def test_an_insurer_without_rows_leaves_a_nil_return(province: Province, tmp_path: pathlib.Path) -> None:
    drops.write(province, tmp_path, NIGHT, NIGHT + dt.timedelta(days=1))
    for insurer in DROPPERS:
        files = [p for p in (tmp_path / insurer.insurer_id).glob("policy_*") if not p.name.endswith(".json")]
        if insurer.fault == "silent":
            assert not files
        else:
            assert files
            assert read_rows(files[0], drops.DIALECTS[insurer.dialect]) == []


@pytest.mark.parametrize("record_type", REGISTER_RECORD_TYPES)
def test_registers_read_back(province: Province, tmp_path: pathlib.Path, record_type: str) -> None:
    registers.write_registers(province, tmp_path)
    with (tmp_path / f"{record_type}_20261120.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    fields = load_contract(record_type).fields
    assert [{f.name: as_truth(row[f.name], f.kind, None) for f in fields} for row in rows] == province.registers[
        record_type
    ]


def test_registers_hold_what_the_rules_need(province: Province) -> None:
    rules = {(r["rule_no"], r["region_code"], str(r["threshold_value"])) for r in province.registers["rule_threshold"]}
    assert {
        ("R05", "*", "0.05"),
        ("R06", "*", "400000"),
        ("R12", "*", "0.21"),
        ("R13", "3702", "0.20"),
        ("R32", "*", "5"),
    } <= rules
    assert len(province.registers["insurer"]) == 35 * 16
    assert len(province.registers["agency"]) == 86
    keys = {(r["insurer_code"], r["branch_code"]) for r in province.registers["insurer"]}
    assert {
        (r["insurer_code"], r["branch_code"]) for t in INSURER_RECORD_TYPES for _, r in province.current(t, NIGHT)
    } <= keys
