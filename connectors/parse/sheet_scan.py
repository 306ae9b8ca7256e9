"""One look over a sheet's XML, for what a spreadsheet library would not tell: errors, lost results, numbers shown padded."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from connectors.parse.archive import BROKEN_ZIP
from connectors.parse.limits import Limits
from connectors.parse.reasons import refuse

_CHUNK_BYTES = 1 << 20
_ROW = re.compile(rb'<row\s[^>]*?\br="(\d+)"')  # begins with a literal: five times as fast
_PREFIXED_ROW = re.compile(rb'<\w+:row\s[^>]*?\br="(\d+)"')
_FAR_COLUMN = re.compile(rb' r="[A-Z]{3}')
_ERROR_MARK = re.compile(rb"<(?:\w+:)?c\s[^>]*?\bt=[\"']e[\"']")
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*?\bt=[\"']e[\"'])(?=[^>]*?\br=[\"']([A-Z]+)(\d+)[\"'])[^>]*(?<!/)>(.*?)</(?:\w+:)?c>",
    re.DOTALL,
)
_ERROR_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_ROW_GAP = 100_000
_SHEET_DATA_END = re.compile(rb"</(?:\w+:)?sheetData>")
_FORMULA_MARK = re.compile(rb"<(?:\w+:)?f[\s>/]")
_FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*?)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(<(?:\w+:)?v(?:\s[^>]*)?>[^<]+<)?"
)
_PLACE = re.compile(rb"\br=[\"']([A-Z]+)(\d+)[\"']")
_TEXT_RESULT = re.compile(rb"\bt=[\"']str[\"']")
_STYLE = re.compile(rb"\bs=[\"'](\d+)[\"']")
_PADDED_FORM = re.compile(r'((?:"[\w-]*"|\\[\w-])*)(0+)')
"""A number format that writes what a number does not hold: letters before it, or zeros up to a width."""

Cell = tuple[int, int]
"""Row and column of a cell, 0-based."""


@dataclass(frozen=True)
class Padding:
    """How a number format shows a whole number: text before it, zeros up to a width."""

    prefix: str
    width: int

    def shown(self, number: str) -> str:
        """What a person sees of a whole number."""
        return self.prefix + number.zfill(self.width)


@dataclass
class SheetScan:
    """What a sheet's XML holds that a spreadsheet library would not tell: error cells, and cells shown padded."""

    error_cells: dict[Cell, str] = field(default_factory=dict)
    padded_cells: dict[Cell, Padding] = field(default_factory=dict)


def scan_sheet(archive: zipfile.ZipFile, part: str, limits: Limits) -> SheetScan:
    """Read a sheet's XML once, in pieces. Raises UnreadableFile (FILE-020, 024, 026, 032)."""
    scan, last_row, tables = SheetScan(), 0, 0
    paddings = _paddings(archive)
    for piece in _pieces(archive, part, limits):
        tables += piece.count(b"<sheetData")
        if tables > 1:
            raise refuse("FILE-020", "", "工作表有两份数据")
        last_row = _last_row(piece, last_row)
        if far := _FAR_COLUMN.search(piece):
            raise refuse("FILE-026", f"{far[0][4:].decode()}列", f"列数上限 {limits.columns}")
        if b't="e"' in piece or b"t='e'" in piece:
            scan.error_cells.update(_error_cells(piece))
        if b"f>" in piece or b"<f " in piece:
            _refuse_lost_results(_SHEET_DATA_END.split(piece, 1)[0])
        if paddings:
            scan.padded_cells.update(_padded_cells(piece, paddings))
    return scan


def _last_row(piece: bytes, last_row: int) -> int:
    """The last row number of a piece. Refuses rows that come twice or turn back: the library would keep one of them."""
    for found in (_PREFIXED_ROW if b":row " in piece else _ROW).finditer(piece):
        row = int(found[1])
        if row - last_row > _ROW_GAP:
            raise refuse("FILE-026", f"第{row}行", f"与上一行相隔 {row - last_row} 行")
        if row <= last_row:
            raise refuse("FILE-020", f"第{row}行", "行号重复或次序颠倒")
        last_row = row
    return last_row


def _refuse_lost_results(piece: bytes) -> None:
    """Refuse formulas that were never calculated: the library shows their cells as empty."""
    cells = _FORMULA_CELL.findall(piece)
    if len(cells) != len(_FORMULA_MARK.findall(piece)):
        raise refuse("FILE-020", "", "公式单元格不完整")
    for attributes, result in cells:
        if not result and not _TEXT_RESULT.search(attributes):
            place = _PLACE.search(attributes)
            raise refuse("FILE-032", (place[1] + place[2]).decode() if place else "")


def _paddings(archive: zipfile.ZipFile) -> dict[bytes, Padding]:
    """Cell styles, by their number in the sheet's XML, that show a number padded. Refuses broken styles (FILE-020)."""
    try:
        if "xl/styles.xml" not in archive.namelist():
            if b"styles.xml" in archive.read("xl/_rels/workbook.xml.rels"):
                raise refuse("FILE-020", "", "样式缺失")
            return {}
        styles = ET.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 - DOCTYPE was refused, and a child parses
    except (ET.ParseError, *BROKEN_ZIP) as error:
        raise refuse("FILE-020", "", "样式损坏") from error
    forms = {e.get("numFmtId"): e.get("formatCode", "") for e in styles.iter() if e.tag.endswith("}numFmt")}
    cells = next((e for e in styles if e.tag.endswith("}cellXfs")), ())
    made = {str(i).encode(): _padding(forms.get(cell.get("numFmtId"), "")) for i, cell in enumerate(cells)}
    return {number: padding for number, padding in made.items() if padding}


def _padding(form: str) -> Padding | None:
    positive = re.sub(r"\[[^]]*\]", "", form.split(";", maxsplit=1)[0])
    match = _PADDED_FORM.fullmatch(positive)
    if match is None:
        return None
    prefix, width = re.sub(r'["\\]', "", match[1]), len(match[2])
    return Padding(prefix, width) if prefix or width > 1 else None


def _padded_cells(piece: bytes, paddings: Mapping[bytes, Padding]) -> Iterator[tuple[Cell, Padding]]:
    for cell in re.finditer(rb"<(?:\w+:)?c\s([^>]*\bs=[\"'](?:" + b"|".join(paddings) + rb")[\"'][^>]*)>", piece):
        place, style = _PLACE.search(cell[1]), _STYLE.search(cell[1])
        if place and style:
            yield (int(place[2]) - 1, _column_index(place[1])), paddings[style[1]]


def _error_cells(piece: bytes) -> Iterator[tuple[Cell, str]]:
    """Places and texts of formula errors, which the library shows as empty. Refuses those that it cannot place."""
    cells = _ERROR_CELL.findall(piece)
    if len(cells) != len(_ERROR_MARK.findall(piece)):
        raise refuse("FILE-020", "", "公式错误单元格没有位置")
    for letters, row, content in cells:
        value = _ERROR_VALUE.search(content)
        yield (int(row) - 1, _column_index(letters)), value[1].decode() if value else "#VALUE!"


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _pieces(archive: zipfile.ZipFile, part: str, limits: Limits) -> Iterator[bytes]:
    """The entry in pieces that end where a row ends."""
    rest, size = b"", 0
    try:
        with archive.open(part) as entry:
            while chunk := entry.read(_CHUNK_BYTES):
                size += len(chunk)
                if size > limits.unpacked_bytes:
                    raise refuse("FILE-024", part, f"超过 {limits.unpacked_bytes} 字节")
                rest += chunk
                end = rest.rfind(b"row>")
                if end >= 0:
                    yield rest[: end + 4]
                    rest = rest[end + 4 :]
                if len(rest) > 64 * _CHUNK_BYTES:
                    raise refuse("FILE-026", part, "单行过长")
    except BROKEN_ZIP as error:
        raise refuse("FILE-020", part, "压缩内容损坏") from error
    yield rest
