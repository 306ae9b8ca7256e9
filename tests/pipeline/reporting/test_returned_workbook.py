"""The sender's own workbook comes back: marks at the right cells, everything else as it was, and it can be sent again."""

from __future__ import annotations

import io
import pathlib
import re
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from connectors.parse.rows import column_letter
from pipeline.reporting.problems import Problem
from pipeline.reporting.returned_workbook import return_workbook
from schemas.contract import load_contract
from schemas.template import write_template
from schemas.template_words import example
from tests.connectors.parse.writing import noted, read_rows, rezip
from tests.pipeline.reporting.returning import (
    RED,
    XLSX,
    YELLOW,
    comments,
    listed,
    marked,
    parts,
    problem,
    report,
    returned,
)

POLICY = load_contract("policy")


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
    assert said["C4"].startswith("【提示】")
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


def test_the_list_has_total_and_every_problem_with_its_place(ledger: pathlib.Path) -> None:
    told = [problem(4, "C"), problem(5, "D", severity="warning"), Problem("BAT-001", "整批有误。")]
    path = returned(ledger, told)
    lines = listed(path)
    assert "共 3 个问题,其中错误 2 个、提示 1 个;本表列出 3 个" in lines[0][0]
    head = next(n for n, line in enumerate(lines) if line[0] == "序号")
    assert [line[1:4] for line in lines[head + 1 :]] == [["台账", 4, "C"], ["台账", 5, "D"], [None, None, None]]
    links = [cell.hyperlink.location for (cell,) in load_workbook(path)["问题清单"]["C1:C9"] if cell.hyperlink]
    assert links == ["'台账'!C4", "'台账'!D5"]


def test_a_problem_of_a_whole_row_stands_at_its_first_cell(ledger: pathlib.Path) -> None:
    assert marked(returned(ledger, [problem(6, None)])) == {"A6": RED}


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
