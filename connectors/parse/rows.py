"""Rows of text under a checked header become record batches: every source column as text, empty cells null.

Imported in the child process: nothing heavier than pyarrow may be imported here.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from connectors.parse.limits import Limits
from connectors.parse.reasons import refuse

ROW_NO, LINE_NO = "row_no", "line_no"


@dataclass(frozen=True)
class Header:
    """Column names of a file, in order, and the row that they stand in (1-based)."""

    names: tuple[str, ...]
    row_no: int
    sheet: str = ""
    positions: tuple[int, ...] | None = None
    """Column of the file in which each name stands, 0-based; None = the first name in the first column, and so on."""

    @property
    def columns(self) -> tuple[int, ...]:
        """Column of the file in which each name stands, 0-based."""
        return tuple(range(len(self.names))) if self.positions is None else self.positions

    @property
    def schema(self) -> pa.Schema:
        """Source columns by position (names may be anything), then row_no and line_no."""
        texts = [(str(i), pa.string()) for i in range(len(self.names))]
        return pa.schema([*texts, (ROW_NO, pa.int64()), (LINE_NO, pa.int64())])


def column_letter(index: int) -> str:
    """Name of a column as a spreadsheet shows it: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def make_header(
    cells: Sequence[str], row_no: int, expected: Collection[str], limits: Limits, *, sheet: str = ""
) -> Header:
    """A header without empty, double or unknown-altogether names. Raises UnreadableFile (FILE-014 to 017)."""
    names = tuple(cell.strip() for cell in cells)
    where = f"{sheet}第{row_no}行"
    if len(names) > limits.columns:
        raise refuse("FILE-017", where, f"{len(names)} 列,上限 {limits.columns}")
    if not all(names):
        raise refuse("FILE-015", f"{where}第{names.index('') + 1}列")
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise refuse("FILE-014", where, twice)
    if expected and not set(names) & set(expected):
        raise refuse("FILE-016", where, f"读到 {_some(names)},应有 {_some(sorted(expected))}")
    return Header(names, row_no, sheet)


def columns_of(rows: list[list[str]], header: Header) -> list[pa.Array]:
    """Columns of rows that are all as wide as the header; the empty text is null."""
    return [_text(values) for values in zip(*rows, strict=True)] or [_text([]) for _ in header.names]


def make_batch(
    header: Header, columns: list[pa.Array], row_nos: Sequence[int], line_nos: Sequence[int]
) -> pa.RecordBatch:
    """Columns of text as one batch with their row and line numbers, without rows that have no content at all.

    Raises UnreadableFile (FILE-016) where the header stands again.
    """
    numbers = [_numbers(row_nos), _numbers(line_nos)]
    batch = pa.record_batch([*columns, *numbers], schema=header.schema)
    _refuse_second_header(header, batch)
    if not all(column.null_count for column in columns):
        return batch
    has_content = functools.reduce(pc.or_, [pc.is_valid(column) for column in columns])
    return batch.filter(has_content)


def _numbers(values: Sequence[int]) -> pa.Array:
    if isinstance(values, range):
        return pa.arange(values.start, values.stop, values.step)
    return pa.array(values, pa.int64())


def _text(values: Sequence[str]) -> pa.Array:
    column = pa.array(values, pa.string())
    return pc.replace_with_mask(column, pc.equal(column, ""), pa.scalar(None, pa.string())) if "" in values else column


def _refuse_second_header(header: Header, batch: pa.RecordBatch) -> None:
    same = pc.equal(batch.column(0), header.names[0])
    if not pc.any(same).as_py():
        return
    for row in batch.filter(same).to_pylist():
        if tuple((row[str(i)] or "").strip() for i in range(len(header.names))) == header.names:
            raise refuse("FILE-016", f"第{row[ROW_NO]}行", "表头在数据中再次出现,疑为多个文件拼接")


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:5]) + ("…" if len(names) > 5 else "")
