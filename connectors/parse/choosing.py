"""Which sheet of a workbook holds the rows, and which of its rows is the header: by the names that were agreed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from connectors.model import SourceFormat
from connectors.parse.cells import CellReader
from connectors.parse.limits import Limits
from connectors.parse.notes import Note
from connectors.parse.reasons import refuse
from connectors.parse.sheet import SheetMarks, SheetRow, read_rows
from connectors.parse.workbook import Sheet, Workbook

HEADER_SEARCH_ROWS = 30
#: Sheets of the hub's own template that hold no rows.
TEMPLATE_NOTES = frozenset({"填写说明", "代码表", "控制总数"})
#: The sheet of problems in a workbook that the hub gave back, and what a spreadsheet calls a copy of it: never rows.
PROBLEMS_SHEET = "问题清单"
_PROBLEMS = re.compile(rf"{PROBLEMS_SHEET}\s*([((]\d+[))])?")
_NOTES = TEMPLATE_NOTES | {
    "备注", "说明", "填表说明", "填报说明", "使用说明", "编制说明", "注意事项", "示例", "样例", "样表", "字典", "数据字典",
    "代码", "目录", "封面", "校验", "notes", "readme",
}  # fmt: skip
_FEWEST_NAMES = 2


@dataclass(frozen=True)
class _Glimpse:
    """The beginning of a sheet: how many agreed names its best row has, and how many cells its widest."""

    sheet: Sheet
    names: int
    width: int

    @property
    def is_notes(self) -> bool:
        return self.sheet.name.strip().lower() in _NOTES


def texts_of(row: SheetRow, cells: CellReader) -> dict[int, str]:
    """The texts of a row that belongs to no table, by column."""
    found = {column: cells.read(cell, "text") for column, cell in row.cells.items()}
    return {column: text if isinstance(text, str) else text.text for column, text in found.items()}


def agreed_names(texts: Collection[str], expected: Collection[str]) -> int:
    """How many of the agreed names stand in a row."""
    return len({text.strip() for text in texts} & set(expected))


def header_at(rows: Sequence[Collection[str]], numbers: Sequence[int], agreed: int, expected: Collection[str]) -> int:
    """Position of the header among the first rows: the one with most of the expected names, else the one agreed."""
    matches = [agreed_names(texts, expected) for texts in rows]
    at = next((i for i, number in enumerate(numbers) if number >= agreed), len(rows) - 1)
    return at if matches[at] == max(matches) else matches.index(max(matches))


def chosen_sheet(
    book: Workbook, source: SourceFormat, limits: Limits, expected: Collection[str]
) -> tuple[Sheet, list[Note]]:
    """The one sheet with rows, and a note of each other that holds something. Raises TellInsurer (FILE-003, 027, 028)."""
    sheets = [sheet for sheet in book.sheets if sheet.name == source.sheet or not is_problems_sheet(sheet.name)]
    filled = [glimpse for sheet in sheets if (glimpse := _glimpse(book, sheet, limits, expected)) is not None]
    visible = [glimpse for glimpse in filled if not glimpse.sheet.is_hidden]
    if source.sheet is None:
        chosen = _one_of(visible, expected)
    elif source.sheet in {sheet.name for sheet in book.sheets}:
        chosen = _one_of([glimpse for glimpse in filled if glimpse.sheet.name == source.sheet], expected)
    else:
        raise refuse("FILE-028", source.sheet, f"现有 {'、'.join(sheet.name for sheet in book.sheets)}")
    others = [g for g in filled if g is not chosen and g.sheet.name not in TEMPLATE_NOTES]
    told = [g for g in others if not g.sheet.is_hidden or g.names >= _FEWEST_NAMES]
    return chosen.sheet, [Note("FILE-033", f"“{g.sheet.name}”{'(隐藏)' if g.sheet.is_hidden else ''}") for g in told]


def is_problems_sheet(name: str) -> bool:
    """Whether a sheet is named as the hub's own list of problems."""
    return _PROBLEMS.fullmatch(name.strip()) is not None


def _glimpse(book: Workbook, sheet: Sheet, limits: Limits, expected: Collection[str]) -> _Glimpse | None:
    """A look at the first rows of a sheet; None for one that holds nothing."""
    cells = CellReader(book)
    rows = read_rows(book.archive, sheet.part, limits, SheetMarks())
    found = [list(texts_of(row, cells).values()) for row in itertools.islice(rows, HEADER_SEARCH_ROWS)]
    texts = [row for row in ([t for t in texts if t.strip()] for texts in found) if row]
    if not texts:
        return None
    return _Glimpse(sheet, max(agreed_names(row, expected) for row in texts), max(map(len, texts)))


def _one_of(filled: list[_Glimpse], expected: Collection[str]) -> _Glimpse:
    """The sheet with the agreed names. Others may hold notes, but nothing that may be rows."""
    if not filled:
        raise refuse("FILE-003", "", "没有含数据的可见工作表")
    candidates = [glimpse for glimpse in filled if not glimpse.is_notes] or filled
    best = max(candidates, key=lambda glimpse: glimpse.names)
    if expected and best.names:
        wide = max(best.width // 2, 3)
        candidates = [g for g in candidates if g is best or g.names * 2 >= best.names or g.width >= wide]
    if len(candidates) > 1:
        raise refuse("FILE-027", "", "、".join(glimpse.sheet.name for glimpse in candidates))
    return candidates[0]
