"""A worksheet's XML as a stream in which some cells get another format; everything else keeps its bytes."""

from __future__ import annotations

import functools
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from connectors.parse.limits import Limits
from connectors.parse.markup import BROKEN_ZIP, make_parser, names
from connectors.parse.rows import column_letter
from connectors.parse.sheet import column_index
from pipeline.reporting.styles import Styles
from pipeline.reporting.xml_pieces import (
    Edit,
    Unpatchable,
    attribute,
    edited,
    prefix_of,
    refuse_encoding,
    tag_end,
    with_attributes,
)

PIECE_BYTES = 1 << 16
#: What may be held of a sheet at once: a row, or what stands before or behind the rows.
HELD_BYTES = 64 << 20
ROW = -1
"""In place of a column: a problem of a whole row, which is shown at the row's first cell that holds something."""
Marks = dict[int, dict[int, str]]
"""Row (1-based) -> column (0-based, or ROW) -> severity."""
#: What a worksheet has behind the place of its legacyDrawing.
_BEHIND = frozenset(
    {"legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"}
)  # fmt: skip
_ALTERNATIVE = "http://schemas.openxmlformats.org/markup-compatibility/2006 AlternateContent"
_KNOWN = {**names("c", "row", "sheetData", "worksheet", "col", *_BEHIND), _ALTERNATIVE: "legacyDrawing"}
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass
class Marked:
    """What became of the marks of a sheet, complete when it has been read."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    """(row, column) of every coloured cell -> severity."""
    rows: dict[int, int] = field(default_factory=dict)
    """Row -> column at which what concerns the whole row is shown."""


@dataclass(frozen=True)
class Wish:
    """What is wanted of one sheet: marks, and the relationship of a drawing of comments if it has none yet."""

    marks: Marks
    drawing_id: str | None = None


def patched_sheet(
    archive: zipfile.ZipFile, part: str, limits: Limits, styles: Styles, wish: Wish, told: Marked
) -> Iterator[bytes]:
    """The sheet's bytes with its marks; ``told`` is filled on the way. Raises Unpatchable, and TellInsurer (FILE-025)."""
    patch = _Patch(part, styles, wish, told)
    size = 0
    try:
        with archive.open(part) as stream:
            while piece := stream.read(PIECE_BYTES):
                size += len(piece)
                if size > limits.unpacked_bytes:
                    raise Unpatchable("工作表过大")
                yield patch.feed(piece)
        yield patch.finish()
    except expat.ExpatError as error:
        raise Unpatchable(f"工作表的 XML 第 {error.lineno} 行有误") from error
    except BROKEN_ZIP as error:
        raise Unpatchable("工作表的压缩内容损坏") from error


class _Patch:
    """The handlers of one sheet's elements. Bytes are held from the last safe place on, where no edit can come before."""

    def __init__(self, part: str, styles: Styles, wish: Wish, told: Marked) -> None:
        self._styles, self._wish, self._told = styles, wish, told
        self._earlier = frozenset(map(str, styles.earlier))
        self._held, self._base, self._safe = bytearray(), 0, 0
        self._edits: list[Edit] = []
        self._is_table = self._has_drawing = False
        self._row: int | None = None
        self._last_row = self._next_column = 0
        self._wanted: dict[int, str] | None = None
        self._pending: list[int] = []
        self._row_style = 0
        self._columns: list[tuple[int, int, int]] = []
        self._prefix: bytes | None = None
        self._parser = make_parser(part)
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end

    def feed(self, piece: bytes) -> bytes:
        """Take a piece; what is ready comes back."""
        if not self._base and not self._held:
            refuse_encoding(piece)
        self._held += piece
        self._parser.Parse(piece, False)
        if len(self._held) > HELD_BYTES:
            raise Unpatchable("工作表的一行或表外内容过大")
        return self._ready(self._safe)

    def finish(self) -> bytes:
        """The rest."""
        self._parser.Parse(b"", True)
        return self._ready(self._base + len(self._held))

    def _ready(self, until: int) -> bytes:
        due = [(start - self._base, stop - self._base, new) for start, stop, new in self._edits if start < until]
        made = edited(bytes(self._held[: until - self._base]), due)
        del self._edits[: len(due)]
        del self._held[: until - self._base]
        self._base = until
        return made

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = _KNOWN.get(name)
        if local == "c":
            if self._is_table and (self._wanted is not None or self._row is None or self._earlier):
                self._start_cell(attributes)
        elif local == "row":
            if self._is_table:
                self._start_row(attributes)
        elif local is not None and not self._is_table:
            self._start_beside(local, attributes)

    def _start_beside(self, local: str, attributes: Mapping[str, str]) -> None:
        self._safe = self._parser.CurrentByteIndex
        if local == "sheetData":
            self._is_table = True
            self._prefix = prefix_of(self._tag(self._safe)[0])
        elif local == "col" and attributes.get("style", "0") != "0":
            first, last, style = (int(attributes.get(key, "0")) for key in ("min", "max", "style"))
            self._columns.append((first - 1, last - 1, style))
        elif local in _BEHIND and self._prefix is not None:
            self._add_drawing(self._safe)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._safe = self._parser.CurrentByteIndex
        number = attributes.get("r")
        self._row = int(number) if number else None
        self._next_column = 0
        self._row_style = int(attributes.get("s", "0")) if attributes.get("customFormat") in {"1", "true"} else 0
        self._want(self._row)
        if self._wanted and "spans" in attributes:
            tag, start, stop = self._tag(self._safe)
            self._edits.append((start, stop, with_attributes(tag, {"spans": None})))

    def _want(self, row: int | None) -> None:
        """Look up what is wanted of a row; one without a number is known by its first cell, or by the row before."""
        wanted = None if row is None else self._wish.marks.get(row)
        self._wanted = None if wanted is None else dict(wanted)
        self._pending = sorted(column for column in wanted or () if column != ROW)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        if self._row is None:
            self._row = int(reference.lstrip("$").lstrip(_LETTERS).lstrip("$")) if reference else self._last_row + 1
            self._want(self._row)
        column = self._next_column if reference is None else _column(reference.rstrip("0123456789"))
        self._next_column = column + 1
        style = attributes.get("s", "")
        is_due = self._pending and self._pending[0] <= column
        if is_due or style in self._earlier or (self._wanted is not None and ROW in self._wanted):
            at = self._parser.CurrentByteIndex
            self._create(at, column)
            self._restyle(at, column, style)

    def _create(self, at: int, before: int) -> None:
        """Make the wanted cells that stand before a column and that the row lacks."""
        while self._pending and self._pending[0] < before:
            column = self._pending.pop(0)
            severity = (self._wanted or {})[column]
            style = self._row_style or next((s for a, b, s in self._columns if a <= column <= b), 0)
            made = attribute(f"{column_letter(column)}{self._row}") + b" s=" + self._format(style, severity)
            self._edits.append((at, at, b"<" + (self._prefix or b"") + b"c r=" + made + b"/>"))
            self._told.cells[self._row or 0, column] = severity

    def _restyle(self, at: int, column: int, style: str) -> None:
        severity = None
        if self._pending and self._pending[0] == column:
            severity = (self._wanted or {})[self._pending.pop(0)]
        tag, start, stop = self._tag(at)
        if self._wanted is not None and ROW in self._wanted and not tag.endswith(b"/>"):
            severity = min(self._wanted.pop(ROW), severity or "warning")
            self._told.rows[self._row or 0] = column
        number = int(style) if style.isdigit() else 0
        if severity is not None:
            self._told.cells[self._row or 0, column] = severity
            made = self._format(number, severity)
        elif style in self._earlier:
            made = attribute(str(self._styles.earlier[number]))
        else:
            return
        self._edits.append((start, stop, with_attributes(tag, {"s": made[1:-1].decode()})))

    def _format(self, style: int, severity: str) -> bytes:
        return attribute(str(self._styles.coloured(style, severity)))

    def _end(self, name: str) -> None:
        local = _KNOWN.get(name)
        if local == "row" and self._is_table:
            self._end_row()
        elif local == "sheetData":
            self._is_table = False
            self._safe = self._parser.CurrentByteIndex
        elif local == "worksheet":
            self._add_drawing(self._parser.CurrentByteIndex)

    def _end_row(self) -> None:
        self._last_row = self._row if self._row is not None else self._last_row + 1
        if self._pending and self._row is not None:
            at = self._parser.CurrentByteIndex
            if self._held[at - self._base : at - self._base + 2] == b"</":
                self._create(at, 1 << 14)
        self._wanted, self._pending = None, []

    def _add_drawing(self, at: int) -> None:
        if self._wish.drawing_id is None or self._has_drawing:
            return
        self._has_drawing = True
        tag = b"<" + (self._prefix or b"") + b"legacyDrawing xmlns:r=" + attribute(_RELATIONS)
        self._edits.append((at, at, tag + b" r:id=" + attribute(self._wish.drawing_id) + b"/>"))

    def _tag(self, at: int) -> tuple[bytes, int, int]:
        """A start tag with its first and last byte."""
        stop = tag_end(self._held, at - self._base)
        return bytes(self._held[at - self._base : stop]), at, self._base + stop


@functools.lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    """0-based column of the letters of a reference, which may be ``$A$``."""
    return column_index(letters.replace("$", "")) if len(letters) <= _LONGEST_LETTERS else 0


_LONGEST_LETTERS = 5
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
