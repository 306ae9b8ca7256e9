"""The oracle reads workbooks by its own code, to the same rules: where the loader is sure, both say the same."""

from __future__ import annotations

import io
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.model import SourceFormat, Use
from connectors.parse import Limits
from connectors.parse.notes import unpacked
from connectors.parse.xlsx import read_xlsx
from oracle.readers import Unreadable, rows
from tests.connectors.parse.spreadsheets import Habit, Table, Written, spreadsheet
from tests.connectors.parse.test_geometry import USES, XLSX, habits, tables
from tests.connectors.parse.test_number_format import ALTERED, MEANT, SHOWN, UNTOLD

Found = list[tuple[int, dict[str, str]]]


def loaded(content: bytes, uses: dict[str, Use]) -> tuple[Found, set[tuple[int, str]]]:
    """What the loader reads, and the cells (row, name) that it doubts."""
    found: Found = []
    doubted: set[tuple[int, str]] = set()
    for header, batch in read_xlsx(io.BytesIO(content), SourceFormat("xlsx"), Limits(), uses):
        notes = unpacked(batch.schema.metadata)
        doubted |= {(n.row_no, header.names[n.column]) for n in notes if n.row_no is not None and n.column is not None}
        for row in batch.to_pylist():
            found.append((row["row_no"], {name: (row[str(i)] or "").strip() for i, name in enumerate(header.names)}))
    return found, doubted


def replayed(content: bytes, uses: dict[str, Use]) -> Found:
    """What the oracle reads."""
    form = {"kind": "xlsx", "header_row": 1, "kinds": uses}
    found = rows([content], form, list(uses))
    return [(number, {name: (cells.get(name) or "").strip() for name in uses}) for number, cells in found]


def compare(content: bytes, uses: dict[str, Use]) -> None:
    """Both readings, without the cells that the loader doubts: their rows are held."""
    ours, doubted = loaded(content, uses)
    assert [(number, _sure(number, cells, doubted)) for number, cells in ours] == [
        (number, _sure(number, cells, doubted)) for number, cells in replayed(content, uses)
    ]


def _sure(number: int, cells: dict[str, str], doubted: set[tuple[int, str]]) -> dict[str, str]:
    return {name: text for name, text in cells.items() if (number, name) not in doubted}


@settings(max_examples=25, deadline=None)
@given(habits, tables())
def test_loader_and_oracle_find_the_same_in_the_same_places(habit: Habit, table: Table) -> None:
    compare(spreadsheet(table, habit), USES)


@pytest.mark.parametrize("use", get_args(Use))
def test_loader_and_oracle_see_the_same_in_every_number_format(use: Use) -> None:
    cases = [(code, plain) for code, plain, *_ in [*SHOWN, *UNTOLD, *MEANT, *ALTERED]]
    cases += [("mm:ss", "0.5"), ("yyyy-mm-dd hh:mm:ss", "46000.687512"), ("@", "5"), ("[h]:mm", "1.5"), ('"A"@', "5")]
    names = [f"c{i}" for i in range(len(cases))]
    table: Table = [
        (0, {i: Written(name) for i, name in enumerate(names)}),
        (1, {i: Written(plain, "n", code) for i, (code, plain) in enumerate(cases)}),
        (2, {i: Written("甲", "s", code) for i, (code, _) in enumerate(cases)}),
    ]
    compare(spreadsheet(table, Habit()), dict.fromkeys(names, use))


_parts = st.sampled_from(
    ["0", "00", "#", '"元"', '"PD-"', "\\A", "_ ", "* ", "[Red]", ";", "-", "@", "General", ".00", "#,##0", "%", "[>5]"]
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(_parts, min_size=1, max_size=5).map("".join), min_size=20, max_size=20), st.integers(-99, 10**6)
)
def test_loader_and_oracle_see_the_same_in_formats_that_nobody_thought_of(codes: list[str], number: int) -> None:
    names = [f"c{i}" for i in range(len(codes))]
    table: Table = [
        (0, {i: Written(name) for i, name in enumerate(names)}),
        (1, {i: Written(str(number), "n", code) for i, code in enumerate(codes)}),
    ]
    for use in ("key", "text", "number"):
        compare(spreadsheet(table, Habit()), dict.fromkeys(names, use))


def test_what_is_no_workbook_is_unreadable() -> None:
    good = spreadsheet([(0, {0: Written("a")})], Habit())
    for content in (
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0" * 300,
        good[:-200],
        good.replace(b"xl/workbook.xml", b"xl/workbook.xmk"),
    ):
        with pytest.raises(Unreadable):
            list(rows([content], {"kind": "xlsx", "header_row": 1}, ["a"]))
    assert XLSX.kind == "xlsx"
