"""A worksheet as a stream of rows: the place of a cell comes from its own reference, else from what stands before it.

Cells that hold nothing, however they are styled and wherever they stand, are no cells.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from connectors.parse.limits import Limits
from connectors.parse.markup import fed, make_parser, names
from connectors.parse.reasons import refuse
from connectors.parse.rows import column_letter

_COLUMNS, _ROWS = 16_384, 1_048_576  # of any spreadsheet
_ROW_GAP = 100_000
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
_TRUE = frozenset({"1", "true"})
_ELEMENTS = names("c", "v", "t", "f", "rPh", "row", "sheetData", "mergeCell", "col", "autoFilter", "filterColumn")


class SheetCell(NamedTuple):
    """What a cell holds: its type (``t``), the number of its style, its text (None = a formula without result)."""

    kind: str
    style: int
    text: str | None


class SheetRow(NamedTuple):
    """A row that holds something: its number (1-based), its cells by column (0-based), whether it is hidden."""

    number: int
    cells: dict[int, SheetCell]
    is_hidden: bool


class Area(NamedTuple):
    """A range of cells; columns 0-based, rows 1-based, both ends included."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def name(self) -> str:
        """As a spreadsheet writes it: A3:B4."""
        return f"{column_letter(self.left)}{self.top}:{column_letter(self.right)}{self.bottom}"


@dataclass
class SheetMarks:
    """What a sheet says beside its rows; complete when the last row has been read."""

    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    """First and last column, 0-based; they stand before the rows."""
    merged: list[Area] = field(default_factory=list)
    is_filtered: bool = False


def column_index(letters: str) -> int:
    """0-based column of its letters: A -> 0, AA -> 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def read_rows(archive: zipfile.ZipFile, part: str, limits: Limits, marks: SheetMarks) -> Iterator[SheetRow]:
    """Rows that hold something, in their order; ``marks`` is filled on the way.

    Raises UnreadableFile (FILE-017, 020, 024 to 026).
    """
    reader = _Reader(part, limits, marks)
    for _ in fed(reader.parser, archive, part, limits):
        yield from reader.rows
        reader.rows.clear()


class _Reader:
    """The handlers of one sheet's elements; gathers whole rows in ``rows``."""

    def __init__(self, part: str, limits: Limits, marks: SheetMarks) -> None:
        self.rows: list[SheetRow] = []
        self._columns, self._longest, self._marks = limits.columns, limits.record_chars, marks
        self._tables = 0
        self._is_table = self._is_text = self._is_guide = self._is_cell = False
        self._row: int | None = None
        self._row_text: str | None = None
        self._last_row = self._last_filled = 0
        self._is_row_hidden = False
        self._cells: dict[int, SheetCell] = {}
        self._taken: set[int] = set()
        self._column = self._next_column = self._length = 0
        self._kind, self._style, self._has_formula = "n", 0, False
        self._texts: list[str] = []
        self._letters: dict[str, int] = {}
        self.parser = make_parser(part)
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = _ELEMENTS.get(name)
        if local is None:
            return
        if self._is_cell:
            if local == "v":
                self._is_text = True
            else:
                self._start_in_cell(local)
        elif self._is_table:
            if local == "c":
                self._start_cell(attributes)
            elif local == "row":
                self._start_row(attributes)
        elif local == "sheetData":
            self._start_table()
        else:
            self._start_beside(local, attributes)

    def _start_in_cell(self, local: str) -> None:
        if local == "f":
            self._has_formula = True
        elif local == "t":
            self._is_text = not self._is_guide
        elif local == "rPh":
            self._is_guide = True

    def _start_table(self) -> None:
        self._tables += 1
        if self._tables > 1:
            raise refuse("FILE-020", "", "工作表有两份数据")
        self._is_table = True

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._row_text = attributes.get("r")
        self._row = None if self._row_text is None else self._row_number(self._row_text)
        self._is_row_hidden = attributes.get("hidden") in _TRUE or _is_nothing(attributes.get("ht"))
        self._next_column = 0
        self._cells, self._taken = {}, set()

    def _row_number(self, text: str) -> int:
        """The number of a row. Refuses rows that come twice or turn back: nobody could tell which one holds."""
        if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _ROWS:
            raise refuse("FILE-020", f"第{text[:10]}行", "行号有误")
        if int(text) <= self._last_row:
            raise refuse("FILE-020", f"第{text}行", "行号重复或次序颠倒")
        return int(text)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        self._column = self._next_column if reference is None else self._placed(reference)
        if self._column in self._taken:
            place = f"{column_letter(self._column)}{self._row or self._last_row + 1}"
            raise refuse("FILE-020", place, "同一单元格出现两次")
        self._taken.add(self._column)
        self._next_column = self._column + 1
        style = attributes.get("s")
        self._style = int(style) if style and style.isdigit() else 0
        self._kind, self._has_formula, self._is_cell, self._length = attributes.get("t", "n"), False, True, 0
        self._texts.clear()

    def _placed(self, reference: str) -> int:
        """Column of a cell by its own reference, which must stand in its row."""
        letters = reference.rstrip("0123456789")
        column = self._letters.get(letters)
        if column is None or reference[len(letters) :] != self._row_text:
            found = _REFERENCE.fullmatch(reference)
            if found is None or column_index(found[1]) >= _COLUMNS:
                raise refuse("FILE-020", reference[:12], "单元格位置有误")
            column = self._letters[letters] = column_index(found[1])
            if self._row is None:
                self._row, self._row_text = self._row_number(found[2]), found[2]
            elif self._row != int(found[2]):
                raise refuse("FILE-020", reference, f"单元格位置与所在的第{self._row}行不符")
        return column

    def _start_beside(self, local: str, attributes: Mapping[str, str]) -> None:
        if local == "col" and (attributes.get("hidden") in _TRUE or _is_nothing(attributes.get("width"))):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdigit() and last.isdigit():
                self._marks.hidden_columns.append((int(first) - 1, int(last) - 1))
        elif local == "mergeCell":
            self._marks.merged += _areas(attributes.get("ref", ""))
        elif local == "filterColumn":
            self._marks.is_filtered = True

    def _characters(self, text: str) -> None:
        if self._is_text:
            self._texts.append(text)
            self._length += len(text)
            if self._length > self._longest:
                place = f"{column_letter(self._column)}{self._row or self._last_row + 1}"
                raise refuse("FILE-017", place, f"单元格超过 {self._longest} 字符")

    def _end(self, name: str) -> None:
        local = _ELEMENTS.get(name)
        if local == "v" or local == "t":
            self._is_text = False
        elif local == "c":
            if self._is_cell:
                self._end_cell()
        elif local == "row" and self._is_table:
            self._end_row()
        elif local == "rPh":
            self._is_guide = False
        elif local == "sheetData":
            self._is_table = False

    def _end_cell(self) -> None:
        self._is_cell = False
        text = "".join(self._texts)
        if text:
            self._cells[self._column] = SheetCell(self._kind, self._style, text)
        elif self._has_formula and self._kind != "str":
            self._cells[self._column] = SheetCell(self._kind, self._style, None)

    def _end_row(self) -> None:
        row = self._row if self._row is not None else self._last_row + 1
        if row > _ROWS:
            raise refuse("FILE-026", f"第{row}行")
        self._last_row = row
        if not self._cells:
            return
        if row - self._last_filled > _ROW_GAP:
            raise refuse("FILE-026", f"第{row}行", f"与上一行相隔 {row - self._last_filled} 行")
        if (far := max(self._cells)) >= self._columns:
            raise refuse("FILE-026", f"{column_letter(far)}{row}", f"列数上限 {self._columns}")
        self._last_filled = row
        self.rows.append(SheetRow(row, self._cells, self._is_row_hidden))


def _is_nothing(size: str | None) -> bool:
    """Whether a height or width is given and is zero."""
    return size is not None and not size.strip("0.") and "0" in size


def _areas(reference: str) -> Iterator[Area]:
    first, _, last = reference.partition(":")
    begin, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
    if begin and end:
        area = Area(column_index(begin[1]), int(begin[2]), column_index(end[1]), int(end[2]))
        if (area.left, area.top) != (area.right, area.bottom):
            yield area
