"""What stands in a file beside its table: notes are told, what may be data without a name refuses the file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from connectors.parse.notes import Note
from connectors.parse.reasons import refuse
from schemas.errors import TellInsurer

_FEW_AMONG_ROWS, _MANY_ROWS = 3, 10
"""Up to three cells right beside or inside a table of ten rows or more are a note."""
_FEW_APART = 10
_SHOWN_PLACES = 5
Place = Callable[[int, int], str]
"""How a column (0-based) and a row are named."""


@dataclass
class _Column:
    """A column outside the table: how many of its cells hold something, and the first of them."""

    has_name: bool
    count: int = 0
    first_row: int = 0


class Surroundings:
    """Columns of a file that are no part of its table.

    The table reaches from the first agreed name to the last one; other names apart from it are no part of it.
    """

    def __init__(
        self, named: Sequence[tuple[int, str]], header_row: int, expected: Collection[str], place: Place
    ) -> None:
        blocks = _blocks(named)
        agreed = [i for i, block in enumerate(blocks) if not expected or any(name in expected for _, name in block)]
        kept = blocks[agreed[0] : agreed[-1] + 1] if agreed else blocks
        self.table = [column for block in kept for column in block]
        """(column, name) of the table, in order."""
        self._place = place
        self._inside = frozenset(column for column, _ in self.table)
        self._first, self._last = self.table[0][0], self.table[-1][0]
        beside = {column for column, _ in named} - self._inside
        self._columns = {column: _Column(has_name=True, count=1, first_row=header_row) for column in beside}

    def see(self, row: int, cells: Mapping[int, object]) -> None:
        """Take note of the cells of a row that stand in no column of the table."""
        if cells.keys() <= self._inside:
            return
        for column in cells.keys() - self._inside:
            self.add(column, row, 1)

    def add(self, column: int, row: int, count: int) -> None:
        """Take note of some cells outside the table, of which the first stands in a row."""
        found = self._columns.setdefault(column, _Column(has_name=False, first_row=row))
        found.count += count

    def faults(self, rows: int) -> list[TellInsurer]:
        """FILE-015 for nameless data inside the table, FILE-031 beside it. ``rows``: how many the table has."""
        lost = [column for column in sorted(self._columns) if not self._is_note(column, rows)]
        within = [column for column in lost if self._first < column < self._last]
        beyond = [column for column in lost if column not in within]
        groups = (("FILE-015", within), ("FILE-031", beyond))
        return [refuse(code, self._places(columns)) for code, columns in groups if columns]

    def notes(self, rows: int) -> list[Note]:
        """One note of all that stands beside the table and is no data."""
        columns = [column for column in sorted(self._columns) if self._is_note(column, rows)]
        return [Note("FILE-036", self._places(columns))] if columns else []

    def _is_note(self, column: int, rows: int) -> bool:
        found = self._columns[column]
        if found.has_name:
            return True
        if self._is_apart(column):
            return found.count <= _FEW_APART or found.count * 2 <= rows
        return found.count <= _FEW_AMONG_ROWS and rows >= _MANY_ROWS

    def _is_apart(self, column: int) -> bool:
        """Whether a wholly empty column stands between it and the table."""
        between = range(self._last + 1, column) if column > self._last else range(column + 1, self._first)
        return not self._first < column < self._last and any(c not in self._columns for c in between)

    def _places(self, columns: Sequence[int]) -> str:
        shown = [self._place(c, self._columns[c].first_row) for c in columns[:_SHOWN_PLACES]]
        total = sum(self._columns[column].count for column in columns)
        return "、".join(shown) + (f"等 {total} 处" if total > len(shown) else "")


def _blocks(named: Sequence[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    """Names that stand side by side, together."""
    blocks: list[list[tuple[int, str]]] = []
    for column, name in named:
        if blocks and blocks[-1][-1][0] == column - 1:
            blocks[-1].append((column, name))
        else:
            blocks.append([(column, name)])
    return blocks
