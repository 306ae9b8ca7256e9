"""The place of a cell comes from the cell alone: generated workbooks, read by us and by a second reader, say the same."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell, MergedCell

from connectors.model import SourceFormat, Use
from connectors.parse import Limits
from connectors.parse.notes import Note, unpacked
from connectors.parse.xlsx import read_xlsx
from schemas.errors import TellInsurer
from tests.connectors.parse.spreadsheets import Habit, Table, Written, spreadsheet

USES: dict[str, Use] = {
    "保单号": "key",
    "保费": "number",
    "起期": "date",
    "备注": "text",
    "共保": "key",
    "比例": "ratio",
}
NAMES = list(USES)
XLSX = SourceFormat("xlsx")
#: Number formats of keys: prefix, width, tail.
PADDINGS = {
    "General": ("", 0, ""), "0": ("", 0, ""), "000000": ("", 6, ""), "0000000000_ ": ("", 10, ""),
    '"SH-"0000000"A"': ("SH-", 7, "A"), "[Red]00000;-0": ("", 5, ""), "\\P0000": ("P", 4, ""), "000;-000;000;@": ("", 3, ""),
}  # fmt: skip

habits = st.builds(
    Habit,
    top=st.sampled_from([0, 0, 1, 4]),
    left=st.sampled_from([0, 0, 1, 30]),
    has_row_references=st.booleans(),
    has_cell_references=st.booleans(),
    is_inline=st.booleans(),
    prefix=st.sampled_from(["", "", "x:"]),
    quote=st.sampled_from(['"', "'"]),
    has_spans=st.booleans(),
    has_style_first=st.booleans(),
    has_last_row=st.booleans(),
    has_far_cells=st.booleans(),
    has_empty_cells=st.booleans(),
    is_1904=st.booleans(),
    target=st.sampled_from(["worksheets/sheet1.xml", "/xl/worksheets/other.xml", "sheets/保单.xml"]),
    after=st.sampled_from(
        ["", "", '<dataValidations xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>']
    ),
)
_texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("C",), exclude_characters="\u2028_"), min_size=1, max_size=6
)
_numbers = st.one_of(
    st.integers(0, 10**9).map(str),
    st.decimals(-(10**7), 10**7, places=2, allow_nan=False).map(str),
    st.integers(-(10**8), 10**8).map(lambda n: repr(n * 1.1)),  # 3 -> 3.3000000000000003
)
_keys = st.one_of(
    _texts.map(Written),
    st.builds(lambda n, code: Written(str(n), "n", code), st.integers(0, 10**7), st.sampled_from(sorted(PADDINGS))),
    st.sampled_from(
        [
            Written("#REF!", "e"),
            Written("1", "b"),
            Written("7", "n", formula="A1+1"),
            Written("甲", "str", formula='"甲"'),
        ]
    ),
)
_cells = {
    0: _keys,
    1: _numbers.map(lambda n: Written(n, "n", "#,##0.00")),
    2: st.integers(100, 60_000).map(lambda n: Written(str(n), "n", "yyyy/m/d;@")),
    3: st.one_of(_texts.map(Written), st.just(Written(None)), st.just(Written("2026-11-20T08:30:00", "d"))),
    4: st.sampled_from([Written("1", "b"), Written("#DIV/0!", "e"), Written(None)]),
    5: st.sampled_from([Written("0.21", "n"), Written("0.5", "n", "0.0")]),
}  # fmt: skip
_row = st.fixed_dictionaries({}, optional=_cells)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A header and some rows below it, with gaps; the header always starts in the first column."""
    rows = draw(st.lists(st.tuples(st.integers(1, 3), _row), max_size=6))
    table = [(0, {column: Written(name) for column, name in enumerate(NAMES)})]
    for gap, cells in rows:
        table.append((table[-1][0] + gap, cells))
    return table


def read(content: bytes) -> tuple[list[tuple[int, dict[str, str]]], list[Note]]:
    """(row, what it holds by name) of every row, and the notes but that of a header that is not in the first row."""
    rows: list[tuple[int, dict[str, str]]] = []
    notes: list[Note] = []
    for header, batch in read_xlsx(io.BytesIO(content), XLSX, Limits(), USES):
        notes += unpacked(batch.schema.metadata)
        for found in batch.to_pylist():
            cells = {name: found[str(i)] for i, name in enumerate(header.names) if found[str(i)] is not None}
            rows.append((found["row_no"], cells))
    return rows, [note for note in notes if note.rule_id != "FILE-037"]


def second_opinion(content: bytes, table: Table, habit: Habit) -> list[tuple[int, dict[str, str]]]:
    """The same by openpyxl: values and places from there, what a padded key looks like from its format."""
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True)["台账"]
    rows: dict[int, dict[str, str]] = {}
    for cells in sheet.iter_rows(min_row=habit.top + 2, max_row=habit.top + table[-1][0] + 1, max_col=60):
        for cell in cells:
            if cell.value is not None and (text := _text(cell)).strip():
                rows.setdefault(cell.row, {})[NAMES[cell.column - 1 - habit.left]] = text
    return sorted(rows.items())


def _text(cell: Cell | MergedCell) -> str:
    value: Any = cell.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time(0) else value.isoformat()
    if isinstance(value, int | float):
        plain = f"{float(value):.15f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.15g}"
        prefix, width, tail = PADDINGS.get(str(cell.number_format), ("", 0, ""))
        return prefix + plain.zfill(width) + tail
    return str(value)


def compare(habit: Habit, table: Table) -> None:
    """Read one workbook twice."""
    content = spreadsheet(table, habit)
    ours, notes = read(content)
    theirs = second_opinion(content, table, habit)
    assert _said(ours) == _said(theirs)
    assert not notes


def _said(rows: list[tuple[int, dict[str, str]]]) -> list[tuple[int, dict[str, str]]]:
    """Rows without cells that hold blanks alone: whether such a cell is there is nothing that a reader must agree on."""
    return [(row, {name: text.strip() for name, text in cells.items() if text.strip()}) for row, cells in rows]


@settings(max_examples=40, deadline=None)
@given(habits, tables())
def test_a_second_reader_finds_the_same_in_the_same_places(habit: Habit, table: Table) -> None:
    compare(habit, table)


_LEDGER: Table = [
    (0, {column: Written(name) for column, name in enumerate(NAMES)}),
    (
        1,
        {
            0: Written("4711", "n", "0000000000"),
            1: Written("5", "n"),
            4: Written("#N/A", "e"),
            5: Written("#REF!", "e"),
        },
    ),
]
_WANTED = [(2, {"保单号": "0000004711", "保费": "5", "共保": "#N/A", "比例": "#REF!"})]


@pytest.mark.parametrize("left", [0, 1, 27])
def test_a_table_that_begins_in_another_column_is_read_alike(left: int) -> None:
    assert read(spreadsheet(_LEDGER, Habit(left=left))) == (_WANTED, [])


_VALIDATION = (
    '<dataValidations count="1"><dataValidation type="list" sqref="A1"><formula1>甲</formula1></dataValidation></dataValidations>'
    '<conditionalFormatting sqref="A1"><cfRule type="expression"><formula>A1=1</formula></cfRule></conditionalFormatting>'
)
_CONTROL = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x14">'
    '<controls><control shapeId="1"><controlPr><f>A1</f></controlPr></control></controls></mc:Choice></mc:AlternateContent>'
    '<extLst><ext><x14:dataValidations xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation><x14:formula1><xm:f>字典!$A$1</xm:f>'
    "</x14:formula1></x14:dataValidation></x14:dataValidations></ext></extLst>"
)


@pytest.mark.parametrize("after", [_VALIDATION, _CONTROL, _VALIDATION + _CONTROL])
def test_formulas_of_drop_downs_and_controls_are_no_formulas_of_cells(after: str) -> None:
    assert read(spreadsheet(_LEDGER, Habit(after=after))) == (_WANTED, [])


def test_workbooks_of_the_strict_standard_are_read() -> None:
    assert read(spreadsheet(_LEDGER, Habit(is_strict=True, prefix="x:"))) == (_WANTED, [])


def test_what_is_seen_is_text_without_its_guides_and_with_its_escapes() -> None:
    rich = (
        "<c r='A2' t='inlineStr'><is><r><t>张</t></r><r><rPr><b/></rPr><t>三</t></r><rPh sb='0' eb='1'><t>zhang</t></rPh></is></c>"
        "<c r='D2' t='inlineStr'><is><t>甲_x000A_乙_x005F_x0041_</t></is></c>"
    )
    content = _with_row(rich)
    assert read(content)[0] == [(2, {"保单号": "张三", "备注": "甲\n乙_x0041_"})]


def _with_row(cells: str, row: str = "<row r='2'>") -> bytes:
    import zipfile

    content = io.BytesIO(spreadsheet(_LEDGER[:1], Habit()))
    with zipfile.ZipFile(content) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    part = "xl/worksheets/sheet1.xml"
    entries[part] = entries[part].replace(b"</sheetData>", f"{row}{cells}</row></sheetData>".encode())
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        for name, entry in entries.items():
            new.writestr(name, entry)
    return made.getvalue()


@pytest.mark.parametrize(
    ("row", "cells", "where"),
    [
        ("<row r='2'>", "<c r='A3'><v>1</v></c>", "A3"),
        ("<row r='2'>", "<c r='XFE2'><v>1</v></c>", "XFE2"),
        ("<row r='2'>", "<c r='2A'><v>1</v></c>", "2A"),
        ("<row r='1'>", "<c r='A1'><v>1</v></c>", "第1行"),
        ("<row r='0'>", "<c><v>1</v></c>", "第0行"),
        ("<row r='2'>", "<c r='B2'><v>1</v></c><c r='A2'><v>1</v></c><c><v>2</v></c>", "B2"),
        ("<row r='2'>", "<c r='A2' t='s'><v>99</v></c>", ""),
        ("<row r='2'>", "<c r='A2' s='9'><v>1</v></c>", ""),
        ("<row r='2'>", "<c r='A2'><v>1,5</v></c>", ""),
    ],
)
def test_a_place_or_text_that_cannot_be_is_refused(row: str, cells: str, where: str) -> None:
    with pytest.raises(TellInsurer) as refusal:
        read(_with_row(cells, row))
    assert (refusal.value.code, refusal.value.where) == ("FILE-020", where)
