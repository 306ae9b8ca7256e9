"""CSV by RFC 4180, strictly: one column count, quotes only around whole fields, a line end after every record.

A file is read in blocks that end where a record ends. In each block the quoted fields are found by one pattern; a
quote, or a lone carriage return, left outside of them is a fault. What remains is exactly what ``csv`` reads alike.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv as pacsv

from connectors.model import SourceFormat
from connectors.parse.decoding import decode
from connectors.parse.limits import Limits
from connectors.parse.reasons import refuse
from connectors.parse.rows import Header, columns_of, make_batch, make_header

_ARCHIVE, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_NEWLINE = "\n"
_LONE_RETURN = re.compile(r"\r(?!\n)")


def read_delimited(
    stream: BinaryIO, source: SourceFormat, limits: Limits, expected: Collection[str] = ()
) -> Iterator[tuple[Header, pa.RecordBatch]]:
    """Batches of a CSV file with its header; a file with a header alone gives one empty batch.

    Raises TellInsurer naming the line: FILE-002 to FILE-018.
    """
    if stream.read(4) in {_ARCHIVE, _OLE}:
        raise refuse("FILE-018", "", "约定为 CSV,实际是工作簿")
    stream.seek(0)
    reader = _Reader(source, limits, expected)
    for block in _blocks(decode(stream, source.encoding), limits):
        yield from reader.take(block)
    yield from reader.finish()


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
        self._delimiter, self._header_row = source.delimiter, source.header_row
        self._limits, self._expected = limits, expected
        mark = re.escape(source.delimiter)
        self._quoted = re.compile(rf'"(?<![^{mark}\n]")[^"]*+(?:""[^"]*+)*+"(?={mark}|\r?\n)')
        self._header: Header | None = None
        self._record_no, self._line, self._has_rows = 0, 1, False
        csv.field_size_limit(limits.record_chars)

    def take(self, block: str) -> Iterator[tuple[Header, pa.RecordBatch]]:
        """Batches of the records of one block."""
        if self._header is None and self._record_no + 1 == self._header_row:
            self._refuse_other_delimiter(block.split("\n", 1)[0])
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
        rows = csv.reader(io.StringIO(block, newline="\n"), delimiter=self._delimiter, strict=True)
        for cells in rows:
            self._record_no += 1
            if self._record_no == self._header_row:
                self._header = self._make_header(cells)
                break
        self._line += rows.line_num
        return block.split("\n", rows.line_num)[-1]

    def _take_rows(self, header: Header, block: str) -> Iterator[tuple[Header, pa.RecordBatch]]:
        columns, lines = self._by_arrow(header, block) or self._by_csv(header, block)
        count = len(lines)
        for at in range(0, count, self._limits.chunk_rows):
            part = slice(at, min(at + self._limits.chunk_rows, count))
            numbers = range(self._record_no + 1 + part.start, self._record_no + 1 + part.stop)
            yield header, make_batch(header, [column[part] for column in columns], numbers, lines[part])
        self._record_no += count
        self._has_rows |= count > 0
        self._line += block.count("\n")

    def _by_arrow(self, header: Header, block: str) -> tuple[list[pa.Array], Sequence[int]] | None:
        """Columns of a block in which every line is a record; None for any other block."""
        if block.startswith(("\n", "\r\n")) or "\n\n" in block or "\n\r\n" in block:
            return None
        text = block.encode()
        try:
            table = pacsv.read_csv(pa.BufferReader(text), **self._arrow_options(header, len(text)))
        except pa.ArrowInvalid:
            return None
        if table.num_rows != block.count("\n"):
            return None
        return [c.combine_chunks() for c in table.columns], range(self._line, self._line + table.num_rows)

    def _arrow_options(self, header: Header, size: int) -> dict[str, Any]:
        names = [str(i) for i in range(len(header.names))]
        return {
            "read_options": pacsv.ReadOptions(column_names=names, block_size=size + 1, use_threads=False),
            "parse_options": pacsv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True),
            "convert_options": pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        }

    def _by_csv(self, header: Header, block: str) -> tuple[list[pa.Array], Sequence[int]]:
        """Columns of any block, and the line on which each record begins. Raises UnreadableFile (FILE-010)."""
        reader = csv.reader(io.StringIO(block, newline="\n"), delimiter=self._delimiter, strict=True)
        width, rows, lines, line = len(header.names), [], [], self._line
        for row in reader:
            if len(row) not in {width, 0}:
                raise refuse("FILE-010", f"第{line}行", f"表头 {width} 列,此行 {len(row)} 列")
            rows.append(row or [""] * width)
            lines.append(line)
            line = self._line + reader.line_num
        return columns_of(rows, header), lines

    def finish(self) -> Iterator[tuple[Header, pa.RecordBatch]]:
        """An empty batch, so that a header without rows is told from no file. Raises EmptyFile (FILE-003)."""
        if self._header is None:
            raise refuse("FILE-003" if not self._record_no else "FILE-016", "", f"共 {self._record_no} 行")
        if not self._has_rows:
            yield self._header, make_batch(self._header, columns_of([], self._header), [], [])

    def _make_header(self, cells: list[str]) -> Header:
        line = self._record_no
        if not cells:
            raise refuse("FILE-016", f"第{line}行", "表头行是空行")
        if len(cells) == 1:
            self._refuse_other_delimiter(cells[0])
        return make_header(cells, line, self._expected, self._limits)

    def _refuse_other_delimiter(self, line: str) -> None:
        if self._delimiter not in line and any(mark in line for mark in ",;\t"):
            raise refuse("FILE-016", f"第{self._line}行", f"只有一列,分隔符不是约定的 {self._delimiter!r}")

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
