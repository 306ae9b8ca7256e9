"""XLSX workbooks become rows of text: what the person sees in the cell, codes and leading zeros untouched."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

import pyarrow as pa

from connectors.model import SourceFormat, Use
from connectors.parse.archive import open_archive
from connectors.parse.cells import CellReader, Doubt
from connectors.parse.choosing import HEADER_SEARCH_ROWS, chosen_sheet, header_at, texts_of
from connectors.parse.limits import Limits
from connectors.parse.notes import Note, packed, unpacked
from connectors.parse.reasons import refuse, together
from connectors.parse.rows import Header, Runs, column_letter, columns_of, make_batch, make_header
from connectors.parse.sheet import Area, SheetMarks, SheetRow, read_rows
from connectors.parse.surroundings import Surroundings
from connectors.parse.workbook import Sheet, Workbook, open_workbook
from schemas.errors import TellInsurer

_SHOWN_AREAS = 5
Part = tuple[Header, pa.RecordBatch]


def read_xlsx(stream: BinaryIO, source: SourceFormat, limits: Limits, expected: Collection[str] = ()) -> Iterator[Part]:
    """Batches of the one sheet with rows; row numbers are the sheet's own, notes stand in the batches' metadata.

    ``expected``: names of columns, as a mapping also what each is read for. Raises TellInsurer naming sheet and cell:
    FILE-003, FILE-014 to 031.
    """
    uses: Mapping[str, Use] = expected if isinstance(expected, Mapping) else dict.fromkeys(expected, "text")
    book = open_workbook(open_archive(stream, limits), limits)
    sheet, notes = chosen_sheet(book, source, limits, uses)
    return _Table(book, sheet, limits, uses).parts(source, notes)


class _Table:
    """The rows of one sheet below its header, and all that is to be told of it."""

    def __init__(self, book: Workbook, sheet: Sheet, limits: Limits, uses: Mapping[str, Use]) -> None:
        self._name, self._limits, self._uses = sheet.name, limits, uses
        self._cells, self._marks = CellReader(book), SheetMarks()
        self._rows = read_rows(book.archive, sheet.part, limits, self._marks)
        self._filled, self._hidden = Runs(), Runs()
        self._doubts: list[Note] = []

    def parts(self, source: SourceFormat, notes: list[Note]) -> Iterator[Part]:
        """The header with batch after batch; the notes of the whole sheet come with the last one. Raises TellInsurer."""
        head = list(itertools.islice(self._rows, HEADER_SEARCH_ROWS))
        texts = [texts_of(row, self._cells) for row in head]
        at = header_at([row.values() for row in texts], [row.number for row in head], source.header_row, self._uses)
        row_no = head[at].number
        surroundings = self._surroundings(texts[at], row_no)
        header, faults = make_header(
            surroundings.table, row_no, self._uses, self._limits, lambda c: self._place(c, row_no), sheet=self._name
        )
        if row_no != source.header_row:
            notes = [*notes, Note("FILE-037", f"第{row_no}行", f"第{source.header_row}行")]
        rows = itertools.chain(head[at + 1 :], self._rows)
        last: Part | None = None
        for part in self._batches(header, surroundings, rows, is_lost=bool(faults)):
            if last is not None:
                yield last
            last = part
        faults += [*surroundings.faults(self._filled.count), *self._merged(header)]
        if faults:
            raise together(faults, header.names)
        told = [*notes, *self._marked(header), *surroundings.notes(self._filled.count)]
        yield _with_notes(last or (header, make_batch(header, columns_of([], len(header.names)), [], [])), told)

    def _place(self, column: int, row_no: int) -> str:
        return f"{self._name}!{column_letter(column)}{row_no}"

    def _surroundings(self, texts: Mapping[int, str], row_no: int) -> Surroundings:
        named = [(column, text.strip()) for column, text in sorted(texts.items()) if text.strip()]
        if not named:
            raise refuse("FILE-016", f"{self._name}第{row_no}行", "表头行是空行")
        return Surroundings(named, row_no, self._uses, self._place)

    def _batches(
        self, header: Header, surroundings: Surroundings, rows: Iterator[SheetRow], *, is_lost: bool
    ) -> Iterator[Part]:
        """Batches with the doubts about their cells; none where the file is lost and only looked at for more faults."""
        lines = self._lines(header, surroundings, rows)
        while chunk := list(itertools.islice(lines, self._limits.chunk_rows)):
            doubts, self._doubts = self._doubts, []
            if not is_lost:
                numbers = [number for number, _ in chunk]
                batch = make_batch(header, columns_of([line for _, line in chunk], len(header.names)), numbers, numbers)
                yield _with_notes((header, batch), doubts)

    def _lines(
        self, header: Header, surroundings: Surroundings, rows: Iterator[SheetRow]
    ) -> Iterator[tuple[int, list[str]]]:
        """Number and texts of the rows that hold something in the table."""
        plan = [
            (position, column, self._uses.get(name, "text"))
            for position, (column, name) in enumerate(zip(header.columns, header.names, strict=True))
        ]
        for row in rows:
            line = self._line(row, plan)
            surroundings.see(row.number, row.cells)
            if "".join(line).strip():
                self._filled.add(row.number)
                if row.is_hidden:
                    self._hidden.add(row.number)
                yield row.number, line

    def _line(self, row: SheetRow, plan: list[tuple[int, int, Use]]) -> list[str]:
        find, read = row.cells.get, self._cells.read
        line: list[str] = []
        for position, column, use in plan:
            cell = find(column)
            text = "" if cell is None else read(cell, use)
            if isinstance(text, Doubt):
                self._doubts.append(Note(text.rule_id, "", text.found, row.number, position))
                text = text.text
            line.append(text)
        return line

    def _merged(self, header: Header) -> list[TellInsurer]:
        """FILE-029 for cells merged over several rows of the table: nobody can tell which row their content is of."""
        lost = [area for area in self._areas(header) if area.bottom > area.top]
        if not lost:
            return []
        shown = "、".join(area.name for area in lost[:_SHOWN_AREAS])
        more = f"等 {len(lost)} 处" if len(lost) > _SHOWN_AREAS else ""
        return [refuse("FILE-029", f"{self._name}!{shown}{more}")]

    def _areas(self, header: Header) -> Iterator[Area]:
        """Merged areas that touch the table, from its header down, where it holds something."""
        first, last = header.columns[0], header.columns[-1]
        for area in self._marks.merged:
            is_beside = area.right < first or area.left > last
            below = max(area.top, header.row_no + 1)
            holds_header = area.top <= header.row_no <= area.bottom and area.bottom > area.top
            if not is_beside and (holds_header or self._filled.has_any(below, area.bottom)):
                yield area

    def _marked(self, header: Header) -> Iterator[Note]:
        """Notes of rows merged across, of hidden rows and of hidden columns."""
        for area in self._areas(header):
            if area.top > header.row_no:
                yield Note("MAP-016", "", area.name, area.top)
        if self._hidden.count:
            how = "筛选掉" if self._marks.is_filtered else "隐藏"
            yield Note("FILE-034", f"{self._name}的 {self._hidden.count} 行(第{self._hidden}行)", how)
        hidden = [column for column in header.columns if any(a <= column <= b for a, b in self._marks.hidden_columns)]
        if hidden:
            names = dict(zip(header.columns, header.names, strict=True))
            shown = "、".join(f"{column_letter(column)}列“{names[column]}”" for column in hidden[:_SHOWN_AREAS])
            yield Note("FILE-035", shown + (f"等 {len(hidden)} 列" if len(hidden) > _SHOWN_AREAS else ""))


def _with_notes(part: Part, notes: list[Note]) -> Part:
    """A batch with more notes in its metadata."""
    header, batch = part
    known = packed([*unpacked(batch.schema.metadata), *notes])
    return header, batch.replace_schema_metadata(known or None)
