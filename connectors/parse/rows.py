"""Rows of text under a checked header become record batches: every source column as text, empty cells null.

Imported in the child process: nothing heavier than pyarrow may be imported here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from connectors.parse.limits import Limits
from connectors.parse.reasons import refuse
from schemas.errors import TellInsurer

ROW_NO, LINE_NO = "row_no", "line_no"
_SHOWN_RUNS = 5


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


class Runs:
    """Growing numbers in runs, so that rows without gaps cost nothing."""

    def __init__(self) -> None:
        self._runs: list[list[int]] = []
        self.count = 0

    def add(self, number: int) -> None:
        """Add a number greater than all before."""
        self.count += 1
        if self._runs and self._runs[-1][1] == number - 1:
            self._runs[-1][1] = number
        else:
            self._runs.append([number, number])

    def has_any(self, first: int, last: int) -> bool:
        """Whether one of these numbers, both included, was added."""
        return any(begin <= last and end >= first for begin, end in self._runs)

    def __str__(self) -> str:
        """The numbers as people write them: 5、7-9."""
        shown = [str(begin) if begin == end else f"{begin}-{end}" for begin, end in self._runs[:_SHOWN_RUNS]]
        return "、".join(shown) + ("等" if len(self._runs) > _SHOWN_RUNS else "")


def column_letter(index: int) -> str:
    """Name of a column as a spreadsheet shows it: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def make_header(
    found: Sequence[tuple[int, str]],
    row_no: int,
    expected: Collection[str],
    limits: Limits,
    place: Callable[[int], str],
    *,
    sheet: str = "",
) -> tuple[Header, list[TellInsurer]]:
    """A header of (position, name), and what is wrong with it: FILE-014 for double names, FILE-016 for strange ones.

    A name that nobody asks for may come again: its column is told apart by its place. Raises UnreadableFile (FILE-017).
    """
    if len(found) > limits.columns:
        raise refuse("FILE-017", place(0), f"{len(found)} 列,上限 {limits.columns}")
    places: dict[str, list[int]] = {}
    for position, name in found:
        places.setdefault(name, []).append(position)
    doubles = {name: at for name, at in places.items() if len(at) > 1}
    faults = [
        refuse("FILE-014", "、".join(map(place, at)), name)
        for name, at in doubles.items()
        if name in expected or not expected
    ]
    if expected and not set(places) & set(expected):
        faults.append(refuse("FILE-016", place(0), f"读到 {_some(list(places))},应有 {_some(_spoken(expected))}"))
    names = [name if places[name][0] == at else f"{name}({column_letter(at)}列)" for at, name in found]
    return Header(tuple(names), row_no, sheet, tuple(at for at, _ in found)), faults


def _spoken(expected: Collection[str]) -> list[str]:
    """Names that were agreed, those that people use first."""
    return sorted(expected, key=lambda name: (name.isascii(), name))


def columns_of(rows: list[list[str]], width: int) -> list[pa.Array]:
    """Columns of rows that are all of a width; the empty text is null."""
    return [_text(values) for values in zip(*rows, strict=True)] or [_text([]) for _ in range(width)]


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
