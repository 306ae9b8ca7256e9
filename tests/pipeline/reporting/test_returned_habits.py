"""Workbooks in the habits of many programs are marked, or come back with the list alone and say so."""

from __future__ import annotations

import pathlib
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook

from connectors.parse.rows import column_letter
from pipeline.reporting.returned_workbook import return_workbook
from tests.connectors.parse.spreadsheets import Habit, spreadsheet
from tests.connectors.parse.writing import read_rows, rezip
from tests.pipeline.reporting.returning import (
    HEADS,
    RED,
    TABLE,
    XLSX,
    YELLOW,
    marked,
    parts,
    problem,
    report,
    returned,
)

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


def test_a_workbook_of_several_sheets_is_marked_on_each(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "o.xlsx"
    path.write_bytes(spreadsheet(TABLE, Habit(), {"it's": TABLE}))
    made = returned(path, [problem(2, "A"), problem(4, "B", sheet="it's", severity="warning")])
    assert (marked(made), marked(made, "it's")) == ({"A2": RED}, {"B4": YELLOW})
    links = [cell.hyperlink.location for (cell,) in load_workbook(made)["问题清单"]["C1:C9"] if cell.hyperlink]
    assert links == ["'台账'!A2", "'it''s'!B4"]


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_a_part_in_another_encoding_gets_the_list_alone(ledger: pathlib.Path, encoding: str) -> None:
    def recoded(name: str, content: bytes) -> bytes:
        if name != "xl/styles.xml":
            return content
        return content.decode().replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)

    outcome = return_workbook(rezip(ledger, recoded), report([problem(2, "A")]), ledger.with_name("r.xlsx"))
    assert not outcome.is_annotated
    assert any("UTF-8" in note for note in outcome.notes)
    with zipfile.ZipFile(ledger.with_name("r.xlsx")) as archive, zipfile.ZipFile(ledger) as old:
        assert archive.read("xl/worksheets/sheet1.xml") == old.read("xl/worksheets/sheet1.xml")


def test_a_workbook_without_styles_gets_some(tmp_path: pathlib.Path) -> None:
    path, bare = tmp_path / "o.xlsx", tmp_path / "bare.xlsx"
    path.write_bytes(spreadsheet(TABLE, Habit()))
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bare, "w") as new:
        for name in old.namelist():
            if name != "xl/styles.xml":
                content = re.sub(rb"<Relationship [^>]*styles[^>]*/>", b"", old.read(name))
                new.writestr(name, re.sub(rb" s=\"\d+\"", b"", content) if "sheet1" in name else content)
    assert marked(returned(bare, [problem(2, "A")])) == {"A2": RED}
