"""CSV by RFC 4180, strictly: one column count, quotes only around whole fields, a line end after every record.

A file is read in blocks that end where a record ends. In each block the quoted fields are found by one pattern; a
quote, or a lone carriage return, left outside of them is a fault. What remains is exactly what ``csv`` reads alike.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from connectors.model import SourceFormat
from connectors.parse.archive import ARCHIVE_MARK, OLE_MARK
from connectors.parse.decoding import decode
from connectors.parse.limits import Limits
from connectors.parse.notes import Note, packed
from connectors.parse.reasons import refuse, together
from connectors.parse.rows import Header, columns_of, make_batch, make_header
from connectors.parse.surroundings import Surroundings
from schemas.errors import TellInsurer

_NEWLINE = "\n"
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)
"""What a spreadsheet writes in the first line for itself: the delimiter of the lines that follow."""
_MARKS = {",": "逗号“,”", ";": "分号“;”", "\t": "制表符", "|": "竖线“|”"}
_HEADER_SEARCH_ROWS = 30
Part = tuple[Header, pa.RecordBatch]
_LONE_RETURN = re.compile(r"\r(?!\n)")


def read_delimited(
    stream: BinaryIO, source: SourceFormat, limits: Limits, expected: Collection[str] = ()
) -> Iterator[tuple[Header, pa.RecordBatch]]:
    """Batches of a CSV file with its header; a file with a header alone gives one empty batch.

    Raises TellInsurer naming the line: FILE-002 to FILE-018.
    """
    if stream.read(len(OLE_MARK)).startswith((ARCHIVE_MARK, OLE_MARK)):
        raise refuse("FILE-018", "", "约定为 CSV,实际是工作簿")
    stream.seek(0)
    reader = _Reader(source, limits, expected)
    last: Part | None = None
    for block in _blocks(decode(stream, source.encoding, source.delimiter), limits):
        for part in reader.take(block):
            if last is not None:
                yield last
            last = part
    yield reader.finished(last)


def _blocks(texts: Iterator[str], limits: Limits) -> Iterator[str]:
    """Text cut after the last line end that stands outside quotes; the last record may lack one, as RFC 4180 allows.

    Raises UnreadableFile (FILE-012, 017).
    """
    rest, line = "", 1
    for text in texts:
        rest += text
        cut = _last_record_end(rest)
        if cut:
            yield rest[:cut]
            line += rest.count("\n", 0, cut)
            rest = rest[cut:]
        if len(rest) > limits.record_chars:
            raise refuse("FILE-012" if rest.count('"') % 2 else "FILE-017", f"从第{line}行起")
    if rest.count('"') % 2:
        raise refuse("FILE-012", f"从第{line}行起")
    if rest:
        yield rest + "\n"


def _place(column: int, row_no: int) -> str:
    return f"第{row_no}行第{column + 1}列"


def _last_record_end(text: str) -> int:
    """Position after the last line end with an even number of quotes before it, or 0."""
    end = text.rfind("\n")
    quotes = text.count('"', 0, end + 1)
    while end >= 0 and quotes % 2:
        before = text.rfind("\n", 0, end)
        quotes -= text.count('"', before + 1, end + 1)
        end = before
    return end + 1


class _Reader:
    """Turns blocks of whole records into batches; knows the header and the numbers reached."""

    def __init__(self, source: SourceFormat, limits: Limits, expected: Collection[str]) -> None:
        self._agreed_row, self._limits, self._expected = source.header_row, limits, expected
        self._use_delimiter(source.delimiter)
        self._header: Header | None = None
        self._faults: list[TellInsurer] = []
        self._width = self._record_no = self._row_count = 0
        self._line = 1
        csv.field_size_limit(limits.record_chars)

    def _use_delimiter(self, delimiter: str) -> None:
        self._delimiter = delimiter
        mark = re.escape(delimiter)
        self._quoted = re.compile(rf'"(?<![^{mark}\n]")[^"]*+(?:""[^"]*+)*+"(?={mark}|\r?\n)')

    def take(self, block: str) -> Iterator[Part]:
        """Batches of the records of one block."""
        if self._header is None:
            if given := _SEPARATOR_LINE.match(block):
                self._use_delimiter(given[1])
            self._refuse_other_delimiter(block.split("\n", _HEADER_SEARCH_ROWS)[:_HEADER_SEARCH_ROWS])
        self._refuse_stray(block)
        try:
            if self._header is None:
                block = self._take_header(block)
            if self._header is not None and block:
                yield from self._take_rows(self._header, block)
        except csv.Error as error:
            raise refuse("FILE-017", f"从第{self._line}行起") from error

    def _take_header(self, block: str) -> str:
        """Read titles and header; what is left of the block after them."""
        head = list(itertools.islice(self._records(block), max(_HEADER_SEARCH_ROWS, self._agreed_row)))
        at = self._header_at(head)
        self._header = self._make_header(head[at], at + 1)
        rows = self._records(block)
        for _ in range(at + 1):
            next(rows)
        self._record_no = at + 1
        self._line += rows.line_num
        return block.split("\n", rows.line_num)[-1]

    def _records(self, block: str) -> Any:
        return csv.reader(io.StringIO(block, newline="\n"), delimiter=self._delimiter, strict=True)

    def _header_at(self, head: list[list[str]]) -> int:
        """Position of the record with most of the expected names, else of the one agreed. Raises FILE-003, 016."""
        if not any(any(cells) for cells in head):
            raise refuse("FILE-003")
        matches = [len({cell.strip() for cell in cells} & set(self._expected)) for cells in head]
        agreed = self._agreed_row - 1
        if agreed >= len(head) and not any(matches):
            raise refuse("FILE-016", "", f"共 {len(head)} 行")
        return agreed if agreed < len(head) and matches[agreed] == max(matches) else matches.index(max(matches))

    def _take_rows(self, header: Header, block: str) -> Iterator[Part]:
        columns, lines = self._by_arrow(block) or self._by_csv(block)
        count = len(lines)
        self._see_beside(header, columns)
        kept = [columns[position] for position in header.columns]
        for at in range(0, 0 if self._faults else count, self._limits.chunk_rows):
            part = slice(at, min(at + self._limits.chunk_rows, count))
            numbers = range(self._record_no + 1 + part.start, self._record_no + 1 + part.stop)
            yield header, make_batch(header, [column[part] for column in kept], numbers, lines[part])
        self._record_no += count
        self._row_count += count
        self._line += block.count("\n")

    def _see_beside(self, header: Header, columns: list[pa.Array]) -> None:
        """Take note of content in columns without a name, or apart from the table."""
        for position in set(range(len(columns))) - set(header.columns):
            filled = pc.is_valid(
                pc.if_else(pc.equal(pc.utf8_trim_whitespace(columns[position]), ""), None, columns[position])
            )
            if count := pc.sum(filled).as_py():
                self._surroundings.add(position, self._record_no + 1 + pc.index(filled, True).as_py(), count)

    def _by_arrow(self, block: str) -> tuple[list[pa.Array], Sequence[int]] | None:
        """Columns of a block in which every line is a record; None for any other block."""
        if block.startswith(("\n", "\r\n")) or "\n\n" in block or "\n\r\n" in block:
            return None
        text = block.encode()
        try:
            table = pacsv.read_csv(pa.BufferReader(text), **self._arrow_options(len(text)))
        except pa.ArrowInvalid:
            return None
        if table.num_rows != block.count("\n"):
            return None
        return [c.combine_chunks() for c in table.columns], range(self._line, self._line + table.num_rows)

    def _arrow_options(self, size: int) -> dict[str, Any]:
        names = [str(i) for i in range(self._width)]
        return {
            "read_options": pacsv.ReadOptions(column_names=names, block_size=size + 1, use_threads=False),
            "parse_options": pacsv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True),
            "convert_options": pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        }

    def _by_csv(self, block: str) -> tuple[list[pa.Array], Sequence[int]]:
        """Columns of any block, and the line on which each record begins. Raises UnreadableFile (FILE-010)."""
        reader = self._records(block)
        width, rows, lines, line = self._width, [], [], self._line
        for row in reader:
            if len(row) not in {width, 0}:
                raise refuse("FILE-010", f"第{line}行", f"表头 {width} 列,此行 {len(row)} 列")
            rows.append(row or [""] * width)
            lines.append(line)
            line = self._line + reader.line_num
        return columns_of(rows, width), lines

    def finished(self, last: Part | None) -> Part:
        """The last batch, empty where there are no rows, with the notes of the file. Raises TellInsurer."""
        if self._header is None:
            raise refuse("FILE-003")
        if faults := [*self._faults, *self._surroundings.faults(self._row_count)]:
            raise together(faults, self._header.names)
        header, batch = last or (
            self._header,
            make_batch(self._header, columns_of([], len(self._header.names)), [], []),
        )
        notes = self._surroundings.notes(self._row_count)
        if header.row_no != self._agreed_row:
            notes.append(Note("FILE-037", f"第{header.row_no}行", f"第{self._agreed_row}行"))
        return header, batch.replace_schema_metadata(packed(notes) or None)

    def _make_header(self, cells: list[str], row_no: int) -> Header:
        named = [(position, cell.strip()) for position, cell in enumerate(cells) if cell.strip()]
        if not named:
            raise refuse("FILE-016", f"第{row_no}行", "表头行是空行")
        if len(cells) > self._limits.columns:
            raise refuse("FILE-017", f"第{row_no}行", f"{len(cells)} 列,上限 {self._limits.columns}")
        self._width = len(cells)
        self._surroundings = Surroundings(named, row_no, self._expected, _place)
        header, self._faults = make_header(
            self._surroundings.table, row_no, self._expected, self._limits, lambda column: _place(column, row_no)
        )
        return header

    def _refuse_other_delimiter(self, lines: list[str]) -> None:
        """Refuse a file whose header another mark than the agreed one divides (FILE-016), and name it."""
        at = [self._header_line(lines, mark) for mark in _MARKS]
        own = self._header_line(lines, self._delimiter)
        for mark, row_no in zip(_MARKS, at, strict=True):
            if row_no and not own:
                found = f"实际用{_MARKS[mark]}分隔,约定用{_MARKS[self._delimiter]}"
                raise refuse("FILE-016", f"第{row_no}行", found)

    def _header_line(self, lines: list[str], mark: str) -> int:
        """Number of the first line that a mark divides into agreed names, or at all where none were agreed; 0 for none."""
        if not self._expected:
            return self._agreed_row if mark in "".join(lines[self._agreed_row - 1 : self._agreed_row]) else 0
        divided = ({part.strip('" \r') for part in line.split(mark)} for line in lines)
        return next((i for i, parts in enumerate(divided, start=1) if parts & set(self._expected)), 0)

    def _refuse_stray(self, block: str) -> None:
        """Refuse a quote or a lone carriage return outside of quoted fields (FILE-011, 013)."""
        if '"' not in block and "\r" not in block:
            return
        bare = self._quoted.sub("", block)
        if '"' not in bare and not ("\r" in bare and _LONE_RETURN.search(bare)):
            return
        bare = self._quoted.sub(lambda found: "\n" * found[0].count("\n"), block)
        at, code = bare.find('"'), "FILE-011"
        if at < 0 and (lone := _LONE_RETURN.search(bare)):
            at, code = lone.start(), "FILE-013"
        column = bare.count(self._delimiter, bare.rfind("\n", 0, at) + 1, at) + 1
        raise refuse(code, f"第{self._line + bare.count(_NEWLINE, 0, at)}行第{column}列")
