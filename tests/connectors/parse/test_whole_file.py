"""Faults of a whole file are told together with their places, and what can be read in spite of them is read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.chunks import read_chunks
from connectors.definition import load_definition
from connectors.mapping import apply
from connectors.model import SourceFormat
from schemas.contract import load_contract
from schemas.errors import TellInsurer
from tests.connectors.parse.spreadsheets import Habit, Table, Written, spreadsheet
from tests.connectors.parse.writing import XLSX, noted, read_rows, refused, workbook
from tests.words import findings_of, words

NAMES = ["保单号", "投保人名称", "保费"]
ROWS = [[f"P{i:03}", f"企业{i}", i] for i in range(12)]
CSV = SourceFormat("csv")


def _table(sheet: Any, top: int = 0) -> None:
    sheet.write_row(top, 0, NAMES)
    for i, row in enumerate(ROWS, start=top + 1):
        sheet.write_row(i, 0, row)


def _hidden_rows(_book: Any, sheet: Any) -> None:
    _table(sheet)
    for row in (2, 4, 5, 6):
        sheet.set_row(row, None, None, {"hidden": True})


def _filtered(_book: Any, sheet: Any) -> None:
    _table(sheet)
    sheet.autofilter(0, 0, 12, 2)
    sheet.filter_column(0, "x == P001")
    sheet.set_row(1, None, None, {"hidden": True})


def _hidden_column(_book: Any, sheet: Any) -> None:
    _table(sheet)
    sheet.set_column(1, 1, None, None, {"hidden": True})


def _remarks(book: Any, sheet: Any) -> None:
    _table(sheet)
    book.add_worksheet("备注").write(0, 0, "以上数据截至11月底")


def _note_beside(_book: Any, sheet: Any) -> None:
    _table(sheet)
    sheet.write(3, 6, "请核对")
    sheet.write(0, 8, "填表要求")


def _note_at_the_edge(_book: Any, sheet: Any) -> None:
    _table(sheet)
    sheet.write(3, 3, "已核")


def _title(_book: Any, sheet: Any) -> None:
    sheet.merge_range(0, 0, 0, 2, "台账")
    _table(sheet, top=2)


def _total(_book: Any, sheet: Any) -> None:
    _table(sheet)
    sheet.merge_range(13, 0, 13, 1, "合计")


TOLD: dict[str, tuple[Callable[[Any, Any], None], list[tuple[str, str, int | None]]]] = {
    "hidden rows": (_hidden_rows, [("FILE-034", "台账的 4 行(第3、5-7行)", None)]),
    "filtered rows": (_filtered, [("FILE-034", "台账的 1 行(第2行)", None)]),
    "a hidden column": (_hidden_column, [("FILE-035", "B列“投保人名称”", None)]),
    "a sheet of remarks": (_remarks, [("FILE-033", "“备注”", None)]),
    "notes beside the table": (_note_beside, [("FILE-036", "台账!G4、台账!I1", None)]),
    "a note at the table's edge": (_note_at_the_edge, [("FILE-036", "台账!D4", None)]),
    "titles above": (_title, [("FILE-037", "第3行", None)]),
    "a row merged across": (_total, [("MAP-016", "", 14)]),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_can_be_read_is_read_and_told_with_its_place(tmp_path: Path, name: str) -> None:
    write, wanted = TOLD[name]
    path = workbook(tmp_path / "a.xlsx", write)
    assert [row["保单号"] for row in read_rows(path, XLSX, expected=NAMES)][:12] == [row[0] for row in ROWS]
    assert [(note.rule_id, note.where, note.row_no) for note in noted(path, XLSX, NAMES)] == wanted


def _several(book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, ["保单号", "保单号", "", "保费"])
    sheet.write_row(1, 0, ["P1", "P2", "张三", 5])
    sheet.merge_range(2, 0, 3, 0, "P3")
    sheet.write(2, 4, "x")


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    refusal = refused_with(workbook(tmp_path / "a.xlsx", _several), NAMES)
    assert [(each.code, each.where) for each in refusal.all] == [
        ("FILE-014", "台账!A1、台账!B1"),
        ("FILE-015", "台账!C2"),
        ("FILE-031", "台账!E3"),
        ("FILE-029", "台账!A3:A4"),
    ]
    assert refusal.columns == ("保单号", "保单号(B列)", "保费")


def refused_with(path: Path, expected: list[str], source: SourceFormat = XLSX) -> TellInsurer:
    with pytest.raises(TellInsurer) as refusal:
        read_rows(path, source, expected=expected)
    return refusal.value


def test_a_second_sheet_that_may_hold_rows_is_never_left_out(tmp_path: Path) -> None:
    def write(book: Any, sheet: Any) -> None:
        _table(sheet)
        book.add_worksheet("续").write_row(0, 0, ["P100", "企业", 5])

    assert refused_with(workbook(tmp_path / "a.xlsx", write), NAMES).code == "FILE-027"


def test_the_sheet_with_the_agreed_names_is_the_one_wherever_it_stands() -> None:
    import io

    from connectors.parse import Limits
    from connectors.parse.xlsx import read_xlsx

    cover: Table = [(0, {0: Written("说明"), 1: Written("见下")})]
    rows: Table = [(0, {i: Written(name) for i, name in enumerate(NAMES)}), (1, {0: Written("P1")})]
    content = spreadsheet(cover, Habit(), {"数据": rows})
    [(header, batch)] = read_xlsx(io.BytesIO(content), XLSX, Limits(), NAMES)
    assert (header.sheet, batch.num_rows) == ("数据", 1)


CSV_FILES = {
    "titles and blank lines": "台账,,\r\n,,\r\n\r\n保单号,投保人名称,保费\r\nP1,甲,5\r\n",
    "sep=": "sep=;\r\n保单号;投保人名称;保费\r\nP1;甲;5\r\n",
    "an empty column": "保单号,投保人名称,保费,\r\nP1,甲,5,\r\n",
    "a double column that nobody asks for": "保单号,备注,投保人名称,保费,备注\r\nP1,x,甲,5,y\r\n",
}


@pytest.mark.parametrize("name", CSV_FILES)
def test_csv_is_read_in_spite_of_what_a_spreadsheet_adds(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV_FILES[name], encoding="utf-8", newline="")
    [row] = read_rows(path, CSV, expected=NAMES)
    assert [row[name] for name in NAMES] == ["P1", "甲", "5"]


def test_another_delimiter_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("保单号|投保人名称|保费\r\nP1|甲|5\r\n", encoding="utf-8")
    refusal = refused_with(path, NAMES, CSV)
    assert (refusal.code, refusal.where) == ("FILE-016", "第1行")
    assert "实际用竖线“|”分隔,约定用逗号“,”" in words(refusal)


def test_content_below_no_name_is_refused_with_its_first_place(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("保单号,,保费\r\nP1,,5\r\nP2,甲,5\r\n", encoding="utf-8")
    refusal = refused(path, CSV)
    assert (refusal.code, refusal.where) == ("FILE-015", "第3行第2列")


POLICY = load_contract("policy")
REQUIRED = [field.business_name for field in POLICY.fields if field.is_required]


def _submitted(path: Path) -> list[Any]:
    return list(read_chunks(load_definition("youlan"), POLICY, "submit", [path]))


def _policies(path: Path, rows: list[list[str]], names: list[str]) -> Path:
    def write(_book: Any, sheet: Any) -> None:
        for i, row in enumerate([names, *rows]):
            sheet.write_row(i, 0, row)

    return workbook(path, write)


def test_all_missing_columns_are_named_in_chinese_with_what_may_be_meant(tmp_path: Path) -> None:
    names = [name for name in REQUIRED if name not in {"保单号", "投保人名称"}]
    path = _policies(tmp_path / "a.xlsx", [["x"] * len(names)], [*names, "保单号码"])
    with pytest.raises(TellInsurer) as refusal:
        _submitted(path)
    assert refusal.value.code == "FILE-004"
    assert "保单号(是不是“保单号码”?)" in words(refusal.value)
    assert "投保人名称" in words(refusal.value)


def test_missing_columns_and_faults_of_the_sheet_are_told_together(tmp_path: Path) -> None:
    names = [name for name in REQUIRED if name != "保单号"]

    def write(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, names)
        sheet.write_row(1, 0, ["x"] * len(names))
        sheet.merge_range(2, 0, 3, 0, "P3")

    with pytest.raises(TellInsurer) as refusal:
        _submitted(workbook(tmp_path / "a.xlsx", write))
    assert [each.code for each in refusal.value.all] == ["FILE-029", "FILE-004"]


def test_total_and_footer_lines_cost_one_finding_each(tmp_path: Path) -> None:
    good = dict.fromkeys(REQUIRED, "x") | {"保单号": "P1"}
    lines = [
        good,
        {REQUIRED[0]: "合 计", "签单保费": "5"},
        {REQUIRED[0]: "制表人:张三", REQUIRED[1]: "审核:李四"},
        {REQUIRED[0]: "数据截至月底"},
    ]
    path = _policies(tmp_path / "a.xlsx", [[str(line.get(name, "")) for name in REQUIRED] for line in lines], REQUIRED)
    [chunk] = _submitted(path)
    mapped = apply(chunk.rows, chunk.layout, POLICY)
    assert mapped.not_records == {3, 4, 5}
    assert mapped.table["policy_no"].to_pylist() == ["P1", None, None, None]
    assert mapped.table["insurer_code"].to_pylist()[1:] == [None, None, None], "no other rule has anything to judge"
    found = [(f.rule_id, f.severity, f.row_no, f.value) for f in findings_of(mapped) if f.row_no is not None]
    assert found == [
        ("MAP-010", "error", 3, "“合 计”"),
        ("MAP-010", "error", 4, "“制表人:”"),
        ("MAP-010", "error", 5, "只有一格有内容"),
    ]


def test_a_doubtful_cell_holds_its_row_only_where_its_column_is_used(tmp_path: Path) -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, [*REQUIRED, "内部编号"])
        sheet.write_row(1, 0, ["x"] * len(REQUIRED))
        comma = book.add_format({"num_format": "#,##0"})
        sheet.write_number(1, REQUIRED.index("保单号"), 4711, comma)
        sheet.write_number(1, len(REQUIRED), 370202199001010011)

    [chunk] = _submitted(workbook(tmp_path / "a.xlsx", write))
    layout = dataclasses.replace(chunk.layout, ignored={"内部编号": "不归集"})
    [finding] = [f for f in findings_of(apply(chunk.rows, layout, POLICY)) if f.rule_id in {"MAP-011", "MAP-013"}]
    assert (finding.rule_id, finding.severity, finding.row_no, finding.field) == ("MAP-013", "error", 2, "policy_no")
    assert finding.message.startswith("“保单号”(来源列 保单号)的数字格式(#,##0)使显示的编号与存储的数字不同")
