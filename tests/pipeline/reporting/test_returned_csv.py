"""A CSV delivery comes back as a workbook: the same texts at the rows that a spreadsheet shows, marked, and readable again."""

from __future__ import annotations

import pathlib

import pytest
from openpyxl import load_workbook

from connectors.model import SourceFormat
from pipeline.reporting.problems import Problem, Report
from pipeline.reporting.returned_csv import return_csv
from pipeline.reporting.styles import COLOURS
from tests.connectors.parse.writing import csv_bytes, read_rows

HEADS = ["保单号", "日期", "保费", "备注"]
ROWS = [
    ["000123", "2026-01-01", "1.50", "=1+1"],
    ["P2", "", "-2", "两\n行"],
    [" P3 ", "2026/1/3", "１２", "_x0041_"],
    ["P4", "2026-01-04", "0012", "+86"],
]
CSV, XLSX = SourceFormat("csv"), SourceFormat("xlsx")


def problem(row_no: int, line: int, letter: str | None, severity: str = "error") -> Problem:
    return Problem("FLD-001", "有误。请更正。", severity, row_no, f"line {line}", "policy", column_letter=letter)


def report(*problems: Problem) -> Report:
    return Report(9, "tianji", "policy", ("o.csv",), problems)


@pytest.fixture
def original(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "o.csv"
    path.write_bytes(csv_bytes([HEADS, *ROWS]))
    return path


def test_every_text_stays_as_it_was_sent(original: pathlib.Path) -> None:
    return_csv(original, CSV, report(problem(3, 3, "B")), original.with_name("r.xlsx"))
    before, after = (
        [{name: row[name] for name in HEADS} | {"row_no": row["row_no"]} for row in read_rows(path, source)]
        for path, source in ((original, CSV), (original.with_name("r.xlsx"), XLSX))
    )
    assert after == before


def test_problems_stand_at_the_row_that_a_spreadsheet_shows(original: pathlib.Path) -> None:
    """The fifth record begins on the sixth line of the file, for the third has two lines."""
    told = report(
        problem(3, 3, "B"), problem(5, 6, "C", "warning"), problem(4, 5, None), Problem("BAT-001", "整批有误。")
    )
    outcome = return_csv(original, CSV, told, original.with_name("r.xlsx"))
    book = load_workbook(original.with_name("r.xlsx"))
    sheet, listing = book.worksheets
    colours = {c.coordinate: c.fill.fgColor.rgb for row in sheet.iter_rows() for c in row if c.fill.fill_type}
    assert colours == {"B3": COLOURS["error"], "C5": COLOURS["warning"], "A4": COLOURS["error"]}
    assert {c.coordinate for row in sheet.iter_rows() for c in row if c.comment} == set(colours)
    assert (outcome.total, outcome.listed, outcome.marked_cells) == (4, 4, 3)
    assert "共 4 个问题" in listing["A1"].value
    assert [c.hyperlink.location for (c,) in listing["C1:C9"] if c.hyperlink] == [
        f"'{sheet.title}'!{at}" for at in ("B3", "C5", "A4")
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_any_dialect_comes_back(tmp_path: pathlib.Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(csv_bytes([HEADS, *ROWS], encoding=encoding, delimiter=delimiter))
    declared = "gb18030" if encoding == "gb18030" else "utf-8"
    source = SourceFormat("csv", encoding=declared, delimiter=delimiter)  # type: ignore[arg-type]
    return_csv(path, source, report(problem(2, 2, "A")), tmp_path / "r.xlsx")
    assert [row["保单号"] for row in read_rows(tmp_path / "r.xlsx", XLSX)] == [row[0] for row in ROWS]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'a,b\n"x', b"a\n" + b"x" * 40_000 + b"\n"])
def test_what_no_sheet_can_hold_is_listed_only(tmp_path: pathlib.Path, content: bytes) -> None:
    (tmp_path / "o.csv").write_bytes(content)
    outcome = return_csv(tmp_path / "o.csv", CSV, report(problem(2, 2, "A")), tmp_path / "r.xlsx")
    assert not outcome.is_annotated
    assert load_workbook(tmp_path / "r.xlsx")["问题清单"]["D2"].value == "A"
