"""Workbooks give what the person sees in the cells; hostile ones are refused with a code and never end the parent."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from connectors.model import SourceFormat
from connectors.parse import Limits
from schemas.errors import TellInsurer
from schemas.template import CODES_SHEET, NOTES_SHEET
from tests.connectors.parse.writing import in_sheet, read_rows, rezip, workbook

XLSX = SourceFormat("xlsx")
HEADER = ["保单号", "信用代码", "签单日期", "更新时间", "保费", "人数", "共保"]
NAMES = ["policy_no", "credit_code"]


def ledger(book: Any, sheet: Any) -> None:
    date, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.write_row(0, 0, HEADER)
    sheet.write_string(1, 0, "000123")
    sheet.write_string(1, 1, "91370100MA3C00001X")
    sheet.write_datetime(1, 2, dt.date(2026, 11, 20), date)
    sheet.write_datetime(1, 3, dt.datetime.fromisoformat("2026-11-20T16:30:01"), moment)
    sheet.write_number(1, 4, 1234.56)
    sheet.write_number(1, 5, 85)
    sheet.write_boolean(1, 6, True)


LEDGER_ROW = {
    "保单号": "000123",
    "信用代码": "91370100MA3C00001X",
    "签单日期": "2026-11-20",
    "更新时间": "2026-11-20T16:30:01",
    "保费": "1234.56",
    "人数": "85",
    "共保": "true",
    "row_no": 2,
    "place": "台账!2",
}


def refused(path: Path, source: SourceFormat = XLSX, limits: Limits | None = None) -> TellInsurer:
    with pytest.raises(TellInsurer) as refusal:
        read_rows(path, source, limits)
    return refusal.value


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
    nowhere = b'<row r="4"><c t="e"><v>#REF!</v></c></row></sheetData>'
    assert refused(rezip(path, in_sheet(rb"</sheetData>", nowhere))).code == "FILE-020"


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


def _lost_digits(book: Any, sheet: Any) -> None:
    ledger(book, sheet)
    sheet.write_number(2, 0, 123456789012345678)


def _beyond_the_header(book: Any, sheet: Any) -> None:
    ledger(book, sheet)
    sheet.write(1, 9, "x")


def _unnamed_column(_book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, ["a", "", "c"])
    sheet.write_row(1, 0, [1, 2, 3])


def _double_column(_book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, ["a", "b", "a"])


SHAPES: dict[str, tuple[Callable[[Any, Any], None], str, str]] = {
    "two visible sheets with rows": (_two_sheets, "FILE-027", ""),
    "merged cells among the rows": (_merged_rows, "FILE-029", "台账!A3:A4"),
    "a number of more than 15 digits": (_lost_digits, "FILE-030", "台账!A3"),
    "content beside the header": (_beyond_the_header, "FILE-031", "台账!J2"),
    "a column without a name": (_unnamed_column, "FILE-015", "台账第1行第2列"),
    "a name twice": (_double_column, "FILE-014", "台账第1行"),
    "nothing at all": (lambda _book, _sheet: None, "FILE-003", ""),
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_cannot_be_read_without_guessing_is_refused(tmp_path: Path, name: str) -> None:
    write, code, where = SHAPES[name]
    refusal = refused(workbook(tmp_path / "a.xlsx", write))
    assert (refusal.code, refusal.where) == (code, where), refusal.message


def test_an_unknown_sheet_name_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    assert refused(path, SourceFormat("xlsx", sheet="承保")).code == "FILE-028"
    assert read_rows(path, SourceFormat("xlsx", sheet="台账")) == [LEDGER_ROW]


def _encrypted_flag(path: Path) -> None:
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)


def _overlap(path: Path) -> None:
    """Two directory entries over the same bytes."""
    content = bytearray(path.read_bytes())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    path.write_bytes(content)


def _bomb(path: Path) -> None:
    rezip(path, lambda _n, content: content, {"xl/media/zero.bin": b"\0" * 5_000_000})


def _many_entries(path: Path) -> None:
    rezip(path, lambda _n, content: content, {f"x/{i}": b"" for i in range(3_000)})


def _twin_entries(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/workbook.xml", b"<a/>")


def _doctype(path: Path) -> None:
    rezip(path, in_sheet(rb"<worksheet", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet'))


def _utf16_xml(path: Path) -> None:
    rezip(path, lambda name, content: content.decode().encode("utf-16") if name == "xl/workbook.xml" else content)


def _old_xls(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)


def _encrypted_package(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))


def _torn_entry(path: Path) -> None:
    content = path.read_bytes()
    at = content.index(b"xl/worksheets/sheet1.xml") + 80
    path.write_bytes(content[:at] + b"\xff" * 40 + content[at + 40 :])


def _far_column(path: Path) -> None:
    rezip(path, in_sheet(rb"</row>", b'<c r="XFD1"><v>1</v></c></row>'))


def _far_row(path: Path) -> None:
    rezip(path, in_sheet(rb"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'))


def _far_cell_unannounced(path: Path) -> None:
    rezip(path, in_sheet(rb"</sheetData>", b"<row><c s=\"0\"  r='XFD1048576'><v>1</v></c></row></sheetData>"))


HOSTILE: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "not a workbook": (lambda p: p.write_bytes(b"hello"), {"FILE-018"}),
    "an empty file": (lambda p: p.write_bytes(b""), {"FILE-003"}),
    "a zip cut short": (lambda p: p.write_bytes(p.read_bytes()[:-400]), {"FILE-020"}),
    "a torn entry": (_torn_entry, {"FILE-020"}),
    "xls renamed": (_old_xls, {"FILE-021"}),
    "an encrypted workbook": (_encrypted_package, {"FILE-022"}),
    "an encrypted entry": (_encrypted_flag, {"FILE-022"}),
    "a macro": (lambda p: rezip(p, lambda _n, c: c, {"xl/vbaProject.bin": b"x"}), {"FILE-023"}),
    "a bomb": (_bomb, {"FILE-024"}),
    "too many entries": (_many_entries, {"FILE-024"}),
    "two entries of one name": (_twin_entries, {"FILE-024"}),
    "entries that overlap": (_overlap, {"FILE-020", "FILE-024"}),
    "a document type": (_doctype, {"FILE-025"}),
    "XML in UTF-16": (_utf16_xml, {"FILE-025"}),
    "a far column": (_far_column, {"FILE-026"}),
    "a far row": (_far_row, {"FILE-026"}),
    "a far cell that aborts the reader": (_far_cell_unannounced, {"FILE-026", "FILE-031"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_workbooks_are_refused_with_a_code(tmp_path: Path, name: str) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    change, codes = HOSTILE[name]
    change(path)
    refusal = refused(path)
    assert refusal.code in codes, refusal.message
    assert "Traceback" not in refusal.message


def test_a_declared_size_that_lies_is_no_way_round_the_limits(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    rezip(path, lambda _n, content: content, {"xl/media/zero.bin": b"\0" * 5_000_000})
    content = bytearray(path.read_bytes())
    at = content.rindex(b"xl/media/zero.bin") - 46
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(content)
    assert read_rows(path, XLSX) == [LEDGER_ROW]


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
