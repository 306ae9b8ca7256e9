"""The sender's own workbook comes back: marks at the right cells, everything else as it was, and it can be sent again."""

from __future__ import annotations

import io
import pathlib
import re
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from connectors.model import SourceFormat
from connectors.parse.rows import column_letter
from pipeline.reporting import marking, returned_workbook
from pipeline.reporting.problems import Problem, Report
from pipeline.reporting.returned_workbook import return_workbook
from pipeline.reporting.styles import COLOURS
from schemas.contract import load_contract
from schemas.template import write_template
from schemas.template_words import example
from tests.connectors.parse.spreadsheets import Habit, Table, Written, spreadsheet
from tests.connectors.parse.writing import noted, read_rows, rezip

POLICY = load_contract("policy")
XLSX = SourceFormat("xlsx")
RED, YELLOW = COLOURS["error"], COLOURS["warning"]
HEADS = ["保单号", "签单日期", "保费", "人数"]


def problem(
    row: int, letter: str | None, *, severity: str = "error", sheet: str = "台账", text: str = "有误"
) -> Problem:
    return Problem(
        "FLD-001",
        f"{text}。请更正。",
        severity,
        row,
        f"{sheet}!{row}",
        "policy",
        column_letter=letter,
        source_column=letter,
    )


def report(problems: Sequence[Problem]) -> Report:
    return Report(7, "tianji", "policy", ("o.xlsx",), problems)


def returned(original: pathlib.Path, problems: Sequence[Problem], name: str = "returned.xlsx") -> pathlib.Path:
    target = original.with_name(name)
    return_workbook(original, report(problems), target)
    return target


def marked(path: pathlib.Path, sheet: str = "台账") -> dict[str, str]:
    """Coloured cells of a sheet by openpyxl, and their colour."""
    cells = [cell for row in load_workbook(path)[sheet].iter_rows() for cell in row]
    return {cell.coordinate: cell.fill.fgColor.rgb for cell in cells if cell.fill.fgColor.rgb in (RED, YELLOW)}


def comments(path: pathlib.Path, sheet: str = "台账") -> dict[str, str]:
    cells = [cell for row in load_workbook(path)[sheet].iter_rows() for cell in row]
    return {cell.coordinate: cell.comment.text for cell in cells if cell.comment}


def listed(path: pathlib.Path) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(path)["问题清单"].iter_rows()]


def parts(path: pathlib.Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def template(tmp_path: pathlib.Path) -> pathlib.Path:
    """The hub's own template with three rows of its examples; the first has no premium."""
    path = tmp_path / "o.xlsx"
    write_template(POLICY, path)
    without = next(n for n, field in enumerate(POLICY.fields) if field.name == "written_premium_amount")
    rows = "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{column_letter(n)}{row}" t="inlineStr"><is><t>{escape(example(field))}</t></is></c>'
            for n, field in enumerate(POLICY.fields)
            if (row, n) != (2, without)
        )
        + "</row>"
        for row in (2, 3, 4)
    )
    return rezip(
        path,
        lambda name, content: (
            content.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            if name == "xl/worksheets/sheet1.xml"
            else content
        ),
    )


PREMIUM = column_letter(next(n for n, f in enumerate(POLICY.fields) if f.name == "written_premium_amount"))


def test_what_is_not_touched_keeps_its_bytes(template: pathlib.Path) -> None:
    sheet = POLICY.business_name
    old, new = (
        parts(template),
        parts(returned(template, [problem(3, "B", sheet=sheet), problem(2, PREMIUM, sheet=sheet)])),
    )
    touched = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
    touched |= {"xl/worksheets/sheet1.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"}
    assert {name for name in old if old[name] != new[name]} <= touched
    before, after = old["xl/worksheets/sheet1.xml"], new["xl/worksheets/sheet1.xml"]
    for piece in (rb"<cols>.*</cols>", rb"<dataValidations.*</dataValidations>", rb"<sheetViews>.*</sheetViews>"):
        (kept,) = re.findall(piece, before, re.DOTALL)
        assert kept in after


def test_wrong_cells_are_coloured_and_say_what_is_wrong(template: pathlib.Path) -> None:
    sheet = POLICY.business_name
    told = [
        problem(3, "B", sheet=sheet),
        problem(4, "C", severity="warning", sheet=sheet),
        problem(2, PREMIUM, sheet=sheet),
    ]
    path = returned(template, told)
    assert marked(path, sheet) == {"B3": RED, "C4": YELLOW, f"{PREMIUM}2": RED}
    said = comments(path, sheet)
    assert said["B3"].startswith("【错误】FLD-001")
    assert said["C4"].startswith("【警告】")
    assert {cell.rstrip("1") for cell in said if cell.endswith("1")} >= {"A", "B"}, "the template's own are kept"
    assert load_workbook(path)[sheet][f"{PREMIUM}2"].number_format == "0.00", "a missing cell has its column's format"


def test_the_returned_workbook_is_read_as_the_original_was(template: pathlib.Path) -> None:
    names = [field.business_name for field in POLICY.fields]
    path = returned(
        template, [problem(3, "B", sheet=POLICY.business_name), problem(2, None, sheet=POLICY.business_name)]
    )
    assert read_rows(path, XLSX, expected=names) == read_rows(template, XLSX, expected=names)
    assert noted(path, XLSX, names) == noted(template, XLSX, names)


@pytest.mark.parametrize("name", ["问题清单", "问题清单 (2)"])
def test_the_list_is_no_data_wherever_a_person_moves_it(ledger: pathlib.Path, name: str) -> None:
    def moved(part: str, content: bytes) -> bytes:
        if part != "xl/workbook.xml":
            return content
        (tag,) = re.findall(r'<sheet name="问题清单"[^>]*/>'.encode(), content)
        renamed = tag.replace("问题清单".encode(), name.encode())
        return content.replace(tag, b"").replace(b"<sheets>", b"<sheets>" + renamed)

    before = read_rows(ledger, XLSX)
    path = rezip(returned(ledger, [problem(n, "C") for n in range(2, 40)]), moved)
    assert load_workbook(path).sheetnames[0] == name
    assert read_rows(path, XLSX) == before
    assert noted(path, XLSX) == []


@pytest.fixture
def ledger(tmp_path: pathlib.Path) -> pathlib.Path:
    """Fifty rows as a clerk keeps them: a coloured column, a comment, no number of people in row 5."""
    path = tmp_path / "o.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, green = book.add_worksheet("台账"), book.add_format({"bg_color": "#DDFFDD", "num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADS)
        for row in range(1, 51):
            sheet.write_row(row, 0, [f"P{row:03d}", None, row * 1.5, None if row == 4 else 3])
            sheet.write_number(row, 1, 46000 + row, green)
        sheet.write_comment(3, 2, "我的备注")
    return path


def test_the_list_has_total_and_every_problem_with_its_place(ledger: pathlib.Path) -> None:
    told = [problem(4, "C"), problem(5, "D", severity="warning"), Problem("BAT-001", "整批有误。")]
    path = returned(ledger, told)
    lines = listed(path)
    assert "共 3 个问题,其中错误 2 个、警告 1 个;本表列出 3 个" in lines[0][0]
    head = next(n for n, line in enumerate(lines) if line[0] == "序号")
    assert [line[1:4] for line in lines[head + 1 :]] == [["台账", 4, "C"], ["台账", 5, "D"], [None, None, None]]
    links = [cell.hyperlink.location for (cell,) in load_workbook(path)["问题清单"]["C1:C9"] if cell.hyperlink]
    assert links == ["'台账'!C4", "'台账'!D5"]


def test_a_comment_of_the_sender_stays_above_ours(ledger: pathlib.Path) -> None:
    said = comments(returned(ledger, [problem(4, "C")]))["C4"]
    assert said.startswith("我的备注")
    assert "【错误】FLD-001" in said


def test_a_second_return_takes_back_the_marks_of_the_first(ledger: pathlib.Path) -> None:
    first = returned(ledger, [problem(4, "C"), problem(7, "B"), problem(9, None)], "first.xlsx")
    second = returned(first, [problem(7, "C", severity="warning")], "second.xlsx")
    assert marked(second) == {"C7": YELLOW}
    assert {cell: text.split("\n")[0] for cell, text in comments(second).items()} == {
        "C4": "我的备注",
        "C7": "【警告】FLD-001",
    }
    assert load_workbook(second)["台账"]["B7"].fill.fgColor.rgb == "FFDDFFDD", "its own colour is back"
    assert load_workbook(second).sheetnames == ["台账", "问题清单"]
    assert read_rows(second, XLSX) == read_rows(ledger, XLSX)


def test_a_problem_of_a_whole_row_stands_at_its_first_cell(ledger: pathlib.Path) -> None:
    assert marked(returned(ledger, [problem(6, None)])) == {"A6": RED}


def test_comments_stop_at_a_limit_that_the_list_names(ledger: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (marking, returned_workbook):
        monkeypatch.setattr(module, "MOST_COMMENTS", 3)
    told = [problem(row, "B", severity="warning" if row < 5 else "error") for row in range(2, 12)]
    path = returned(ledger, told)
    assert len(marked(path)) == len(told)
    assert sorted(comments(path)) == ["B5", "B6", "C4"], "errors first, and the sender's own counts"
    assert any("共 10 个,其中 2 个带批注" in str(line[0]) for line in listed(path))


def test_what_cannot_be_opened_becomes_a_list_that_says_so(tmp_path: pathlib.Path) -> None:
    (tmp_path / "o.xlsx").write_bytes(b"PK\x03\x04 nothing")
    outcome = return_workbook(tmp_path / "o.xlsx", report([problem(2, "A")]), tmp_path / "r.xlsx")
    assert not outcome.is_annotated
    assert any("原文件无法打开" in note for note in outcome.notes)
    assert listed(tmp_path / "r.xlsx")[1][1:4] == ["台账", 2, "A"]


def test_a_document_type_is_not_parsed(ledger: pathlib.Path) -> None:
    def hostile(name: str, content: bytes) -> bytes:
        bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
        return re.sub(rb"^<\?xml[^>]*\?>", bomb, content) if name == "xl/worksheets/sheet1.xml" else content

    outcome = return_workbook(rezip(ledger, hostile), report([problem(2, "A")]), ledger.with_name("r.xlsx"))
    assert not outcome.is_annotated


TABLE: Table = [
    (0, {n: Written(name) for n, name in enumerate(HEADS)}),
    (1, {0: Written("P001"), 1: Written("46000", "n", "yyyy-mm-dd"), 2: Written("1.5", "n"), 3: Written("3", "n")}),
    (3, {0: Written("_x0041_"), 2: Written("2.5", "n", "0.00")}),
]
HABITS = {
    "plain": Habit(),
    "no references of rows": Habit(has_row_references=False),
    "no references": Habit(has_row_references=False, has_cell_references=False),
    "inline": Habit(is_inline=True),
    "prefix": Habit(prefix="x:"),
    "single quotes": Habit(quote="'", has_spans=True, has_style_first=True),
    "far and empty cells": Habit(has_empty_cells=True, has_far_cells=True, has_last_row=True),
    "apart": Habit(top=4, left=2, target="/xl/worksheets/sheet1.xml"),
    "strict": Habit(is_strict=True),
    "behind": Habit(after='<pageMargins left="0.7" right="0.7" top="0.7" bottom="0.7" header="0.3" footer="0.3"/><extLst/>'),
}  # fmt: skip


@pytest.mark.parametrize("habit", HABITS.values(), ids=HABITS)
def test_workbooks_of_any_habit_are_marked_and_read_as_before(tmp_path: pathlib.Path, habit: Habit) -> None:
    path = tmp_path / "o.xlsx"
    path.write_bytes(spreadsheet(TABLE, habit))
    at = {letter: column_letter(n + habit.left) for n, letter in enumerate("ABCD")}
    told = [problem(2 + habit.top, at["C"]), problem(4 + habit.top, at["B"]), problem(4 + habit.top, at["D"])]
    made = returned(path, told)
    cells = {f"{at['C']}{2 + habit.top}", f"{at['B']}{4 + habit.top}", f"{at['D']}{4 + habit.top}"}
    assert set(_coloured(made)) == cells
    assert read_rows(made, XLSX, expected=HEADS) == read_rows(path, XLSX, expected=HEADS)
    for name, content in parts(made).items():
        if not name.endswith(".vml"):
            ET.fromstring(content)


def _coloured(path: pathlib.Path) -> list[str]:
    """Coloured cells by XML alone: openpyxl reads neither strict workbooks nor cells without references as Excel does."""
    content = parts(path)
    styles = ET.fromstring(content["xl/styles.xml"])
    forms = next(list(e) for e in styles if e.tag.endswith("}cellXfs"))
    fills = [ET.tostring(e) for group in styles if group.tag.endswith("}fills") for e in group]
    ours = {
        str(n) for n, form in enumerate(forms) if re.search(b"FFFFC7C3|FFFFEB9A", fills[int(form.get("fillId", "0"))])
    }
    found: list[str] = []
    row_no = 0
    for row in ET.fromstring(content["xl/worksheets/sheet1.xml"]).iter():
        if row.tag.endswith("}row"):
            row_no = int(row.get("r", row_no + 1))
            column = 0
            for cell in row:
                name = cell.get("r") or f"{column_letter(column)}{row_no}"
                row_no = int(re.sub(r"\D", "", name))
                column = _index(re.sub(r"\d", "", name)) + 1
                found += [name] if cell.get("s") in ours else []
    return found


def _index(letters: str) -> int:
    return [column_letter(n) for n in range(60)].index(letters) if len(letters) < 3 else 16_383


ROWS, LETTERS = st.integers(1, 60), st.sampled_from(["A", "B", "C", "D", "F", "AB", None, "??"])
TEXTS = st.text(max_size=40)
PROBLEMS = st.lists(
    st.builds(
        lambda row, letter, severity, text, sheet: problem(row, letter, severity=severity, text=text, sheet=sheet),
        ROWS, LETTERS, st.sampled_from(["error", "warning"]), TEXTS, st.sampled_from(["台账", "别的"]),
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PROBLEMS)
def test_any_problems_leave_a_valid_workbook_with_the_same_values(ledger: pathlib.Path, told: list[Problem]) -> None:
    target = io.BytesIO()
    outcome = return_workbook(ledger, report(told), target)
    path = ledger.with_name("any.xlsx")
    path.write_bytes(target.getvalue())
    for content in parts(path).values():
        ET.fromstring(content)
    before, after = (load_workbook(each)["台账"] for each in (ledger, path))
    assert [[c.value for c in row] for row in before["A1:D51"]] == [[c.value for c in row] for row in after["A1:D51"]]
    assert (outcome.total, outcome.listed) == (len(told), len(told))
    assert len(marked(path)) == outcome.marked_cells
