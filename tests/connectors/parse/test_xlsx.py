"""Workbooks give what the person sees in the cells; what cannot be read without guessing is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from connectors.model import SourceFormat
from connectors.parse import Limits
from connectors.parse.notes import Note
from schemas.template import CODES_SHEET, NOTES_SHEET
from tests.connectors.parse.writing import (
    HEADER,
    LEDGER_ROW,
    XLSX,
    in_sheet,
    ledger,
    noted,
    read_rows,
    refused,
    rezip,
    workbook,
)


def test_cells_become_the_text_that_a_person_sees(tmp_path: Path) -> None:
    assert read_rows(workbook(tmp_path / "a.xlsx", ledger), XLSX) == [LEDGER_ROW]


def test_title_rows_hidden_sheets_and_empty_rows_change_nothing_but_the_place(tmp_path: Path) -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 3, "安责险承保台账")
        sheet.write(1, 0, "填报单位:某保险公司")
        sheet.write_row(2, 0, ["保单号", "保费"])
        sheet.write_row(3, 0, ["001", 5])
        sheet.write_row(6, 0, ["002", 7])
        hidden = book.add_worksheet("字典")
        hidden.write(0, 0, "隐藏")
        hidden.hide()
        book.add_worksheet("空表")

    path = workbook(tmp_path / "a.xlsx", write)
    rows = read_rows(path, SourceFormat("xlsx", header_row=3))
    assert [(r["保单号"], r["保费"], r["row_no"], r["place"]) for r in rows] == [
        ("001", "5", 4, "台账!4"),
        ("002", "7", 7, "台账!7"),
    ]
    assert read_rows(path, XLSX, expected=["保单号", "保费"]) == rows


def test_cells_that_a_spreadsheet_would_run_stay_text(tmp_path: Path) -> None:
    values = ["=1+1", "+86", "-5", "@x", '=HYPERLINK("http://x")']

    def write(_book: Any, sheet: Any) -> None:
        sheet.write(0, 0, "备注")
        for i, value in enumerate(values):
            sheet.write_string(i + 1, 0, value)

    assert [r["备注"] for r in read_rows(workbook(tmp_path / "a.xlsx", write), XLSX)] == values


def test_a_formula_error_stays_visible_and_is_not_an_empty_cell(tmp_path: Path) -> None:
    def write(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_string(1, 0, "x")
        sheet.write_formula(1, 1, "=1/0", value="#DIV/0!")

    assert read_rows(workbook(tmp_path / "a.xlsx", write), XLSX)[0]["b"] == "#DIV/0!"


def test_a_formula_error_is_found_however_its_xml_is_written(tmp_path: Path) -> None:
    cells = b"<row r='3'><c t='e' s='0' r='B3'><v>#REF!</v></c></row></sheetData>"
    path = rezip(workbook(tmp_path / "a.xlsx", ledger), in_sheet(rb"</sheetData>", cells))
    assert read_rows(path, XLSX)[1]["信用代码"] == "#REF!"
    last = b'<row r="4"><c r="A4"><v>1</v></c><c t="e"><v>#SPILL!</v></c></row></sheetData>'
    assert read_rows(rezip(path, in_sheet(rb"</sheetData>", last)), XLSX)[2]["信用代码"] == "#SPILL!"


def test_a_workbook_larger_than_a_chunk_keeps_every_row(tmp_path: Path) -> None:
    def write(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["a", "b"])
        for i in range(2_500):
            sheet.write_row(i + 1, 0, [f"{i:05}", i])

    rows = read_rows(workbook(tmp_path / "a.xlsx", write), XLSX, Limits(chunk_rows=1_000))
    assert [r["a"] for r in rows] == [f"{i:05}" for i in range(2_500)]


def _two_sheets(book: Any, sheet: Any) -> None:
    ledger(book, sheet)
    book.add_worksheet("第二页").write(0, 0, "x")


def _with_notes(book: Any, sheet: Any) -> None:
    ledger(book, sheet)
    for name in (NOTES_SHEET, CODES_SHEET):
        book.add_worksheet(name).write_row(0, 0, HEADER)


def test_notes_and_codes_of_the_template_are_no_rows(tmp_path: Path) -> None:
    plain = read_rows(workbook(tmp_path / "plain.xlsx", ledger), XLSX)
    assert read_rows(workbook(tmp_path / "template.xlsx", _with_notes), XLSX) == plain


def _merged_rows(book: Any, sheet: Any) -> None:
    ledger(book, sheet)
    sheet.merge_range(2, 0, 3, 0, "000124")


def _beyond_the_header(book: Any, sheet: Any) -> None:
    ledger(book, sheet)
    sheet.write(1, 7, "x")


def _unnamed_column(_book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, ["a", "", "c"])
    sheet.write_row(1, 0, [1, 2, 3])


def _double_column(_book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, ["a", "b", "a"])


SHAPES: dict[str, tuple[Callable[[Any, Any], None], str, str]] = {
    "two visible sheets with rows": (_two_sheets, "FILE-027", ""),
    "merged cells among the rows": (_merged_rows, "FILE-029", "台账!A3:A4"),
    "content beside the header": (_beyond_the_header, "FILE-031", "台账!H2"),
    "a column without a name": (_unnamed_column, "FILE-015", "台账!B2"),
    "a name twice": (_double_column, "FILE-014", "台账!A1、台账!C1"),
    "nothing at all": (lambda _book, _sheet: None, "FILE-003", ""),
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_cannot_be_read_without_guessing_is_refused(tmp_path: Path, name: str) -> None:
    write, code, where = SHAPES[name]
    refusal = refused(workbook(tmp_path / "a.xlsx", write))
    assert (refusal.code, refusal.where) == (code, where), str(refusal)


def test_an_unknown_sheet_name_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    assert refused(path, SourceFormat("xlsx", sheet="承保")).code == "FILE-028"
    assert read_rows(path, SourceFormat("xlsx", sheet="台账")) == [LEDGER_ROW]


def test_reading_never_changes_the_file(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    before = path.read_bytes()
    path.chmod(0o444)
    read_rows(path, XLSX)
    assert path.read_bytes() == before


def test_the_1904_date_system_gives_the_same_dates(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"date_1904": True})
    ledger(book, book.add_worksheet("台账"))
    book.close()
    path.write_bytes(content.getvalue())
    assert read_rows(path, XLSX) == [LEDGER_ROW]


def _cells(cells: bytes) -> Callable[[str, bytes], bytes]:
    """A change of the first sheet: one more row, the third."""
    return in_sheet(rb"</sheetData>", b'<row r="3">' + cells + b"</row></sheetData>")


def test_a_formula_that_was_never_calculated_is_not_an_empty_cell(tmp_path: Path) -> None:
    lost = [
        b'<c r="B3"><f>A3&amp;"x"</f></c>',
        b'<c r="B3"><f>A3</f><v></v></c>',
        b'<c r="B3" s="1"><f t="shared" si="0"/></c>',
    ]
    for cell in lost:
        path = rezip(workbook(tmp_path / "a.xlsx", ledger), _cells(b'<c r="A3"><v>7</v></c>' + cell))
        assert noted(path, XLSX) == [Note("MAP-012", "", "", 3, 1)]
    kept = b'<c r="A3"><f>1+1</f><v>2</v></c><c r="B3" t="str"><f>""</f><v></v></c>'
    row = read_rows(rezip(workbook(tmp_path / "a.xlsx", ledger), _cells(kept)), XLSX)[1]
    assert (row["保单号"], row["信用代码"]) == ("2", None)


def test_rows_that_come_twice_or_a_second_table_never_replace_others(tmp_path: Path) -> None:
    twice = b'<row r="2"><c r="A2"><v>9</v></c></row></sheetData>'
    second = b'</sheetData><sheetData><row r="9"><c r="A9"><v>9</v></c></row></sheetData>'
    for change in (twice, second):
        path = rezip(workbook(tmp_path / "a.xlsx", ledger), in_sheet(rb"</sheetData>", change))
        assert refused(path).code == "FILE-020"


def test_a_cell_twice_in_a_row_never_replaces_the_other(tmp_path: Path) -> None:
    path = rezip(workbook(tmp_path / "a.xlsx", ledger), _cells(b"<c r='A3'><v>7</v></c><c s='0' r=\"A3\"><v>8</v></c>"))
    assert (refused(path).code, refused(path).where) == ("FILE-020", "A3")


@pytest.mark.parametrize("name", ["问题清单", "问题清单 (2)", "问题清单(3)"])
def test_the_list_of_problems_is_no_data_unless_it_was_agreed(tmp_path: Path, name: str) -> None:
    path = workbook(tmp_path / "t.xlsx", ledger, sheet=name)
    assert refused(path).code == "FILE-003"
    assert read_rows(path, SourceFormat("xlsx", sheet=name)) == [LEDGER_ROW | {"place": f"{name}!2"}]
