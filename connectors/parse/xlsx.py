"""XLSX workbooks become rows of text: what the person sees in the cell, codes and leading zeros untouched."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import zipfile
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from typing import Any, BinaryIO

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from connectors.model import SourceFormat
from connectors.parse.archive import open_archive, sheet_part
from connectors.parse.limits import Limits
from connectors.parse.reasons import refuse
from connectors.parse.rows import Header, column_letter, columns_of, make_batch, make_header
from connectors.parse.sheet_scan import SheetScan, scan_sheet

#: Sheets of the hub's own template that hold no rows.
TEMPLATE_NOTES = frozenset({"填写说明", "代码表", "控制总数"})
_EXACT_BELOW = 10**15
_HEADER_SEARCH_ROWS = 30
_DIGITS = ".15g"  # what a spreadsheet keeps and shows of a number


class _LostDigits(ValueError):
    """Raised for a number that a spreadsheet cannot have kept; the caller knows its place."""


def read_xlsx(
    stream: BinaryIO, source: SourceFormat, limits: Limits, expected: Collection[str] = ()
) -> Iterator[tuple[Header, pa.RecordBatch]]:
    """Batches of the one visible sheet with rows; row numbers are the sheet's own.

    Raises TellInsurer naming sheet and cell: FILE-003, FILE-014 to 032. A broken workbook may abort the process.
    """
    archive = open_archive(stream, limits)
    stream.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
        sheet, scan = _only_filled(_open(book, archive, name, limits) for name in _candidates(book, source))
    except CalamineError as error:
        raise refuse("FILE-020", "", type(error).__name__) from error
    rows = _rows(sheet, scan)
    header, following = _find_header(sheet.name, rows, source, (frozenset(expected), limits))
    _refuse_merged(sheet, header)
    yield from _batches(sheet.name, header, rows, (following, limits.chunk_rows))


def _candidates(book: CalamineWorkbook, source: SourceFormat) -> list[str]:
    """Names of the sheets that may hold the rows: the one agreed, else the visible ones."""
    sheets = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    if source.sheet is None:
        return [m.name for m in sheets if m.visible == SheetVisibleEnum.Visible]
    if source.sheet not in {m.name for m in sheets}:
        raise refuse("FILE-028", source.sheet, f"现有 {'、'.join(m.name for m in sheets)}")
    return [source.sheet]


def _open(
    book: CalamineWorkbook, archive: zipfile.ZipFile, name: str, limits: Limits
) -> tuple[CalamineSheet, SheetScan]:
    """A sheet, opened after its XML was looked over."""
    scan = scan_sheet(archive, sheet_part(archive, name), limits)
    return book.get_sheet_by_name(name), scan


def _only_filled(sheets: Iterator[tuple[CalamineSheet, SheetScan]]) -> tuple[CalamineSheet, SheetScan]:
    filled = [(sheet, scan) for sheet, scan in sheets if sheet.end is not None]
    if len(filled) > 1:
        filled = [(sheet, scan) for sheet, scan in filled if sheet.name not in TEMPLATE_NOTES]
    if not filled:
        raise refuse("FILE-003", "", "没有含数据的可见工作表")
    if len(filled) > 1:
        raise refuse("FILE-027", "", "、".join(sheet.name for sheet, _ in filled))
    return filled[0]


def _rows(sheet: CalamineSheet, scan: SheetScan) -> Iterator[tuple[int, list[str]]]:
    """(row number from 1, texts) of every row of the sheet."""
    odd_rows = {row for row, _ in (*scan.error_cells, *scan.padded_cells)}
    for index, cells in enumerate(sheet.iter_rows()):
        try:
            texts = [cell if type(cell) is str else _TEXTS[type(cell)](cell) for cell in cells]  # most are text
        except _LostDigits as error:
            column = next(i for i, cell in enumerate(cells) if isinstance(cell, float) and abs(cell) >= _EXACT_BELOW)
            raise refuse("FILE-030", f"{sheet.name}!{column_letter(column)}{index + 1}") from error
        if index in odd_rows:
            texts = [
                _as_shown(scan, (index, i), cell, text) for i, (cell, text) in enumerate(zip(cells, texts, strict=True))
            ]
        yield index + 1, texts


def _as_shown(scan: SheetScan, at: tuple[int, int], cell: Any, text: str) -> str:
    """The text of a cell that shows an error, or a whole number padded."""
    padding = scan.padded_cells.get(at)
    if padding and isinstance(cell, int | float) and text.isdigit():
        return padding.shown(text)
    return scan.error_cells.get(at, text)


def _find_header(
    sheet: str, rows: Iterator[tuple[int, list[str]]], source: SourceFormat, bounds: tuple[frozenset[str], Limits]
) -> tuple[Header, list[tuple[int, list[str]]]]:
    """The header, and rows read past it: the row with most of the expected names, else the row that was agreed."""
    expected, limits = bounds
    head = list(itertools.islice(rows, max(_HEADER_SEARCH_ROWS, source.header_row)))
    if not any(any(texts) for _, texts in head):
        raise refuse("FILE-003", sheet)
    agreed = min(source.header_row, len(head)) - 1
    at = agreed
    if expected:
        matches = [len({text.strip() for text in texts} & expected) for _, texts in head]
        at = agreed if matches[agreed] == max(matches) else matches.index(max(matches))
    row_no, texts = head[at]
    width = max((i + 1 for i, text in enumerate(texts) if text.strip()), default=0)
    if not width:
        raise refuse("FILE-016", f"{sheet}第{row_no}行", "表头行是空行")
    return make_header(texts[:width], row_no, expected, limits, sheet=sheet), head[at + 1 :]


def _batches(
    sheet: str, header: Header, rows: Iterator[tuple[int, list[str]]], start: tuple[list[tuple[int, list[str]]], int]
) -> Iterator[tuple[Header, pa.RecordBatch]]:
    pending, chunk_rows = start
    pending.extend(itertools.islice(rows, max(chunk_rows - len(pending), 0)))
    while True:
        texts = [_fit(sheet, header, row_no, texts) for row_no, texts in pending]
        numbers = [row_no for row_no, _ in pending]
        yield header, make_batch(header, columns_of(texts, header), numbers, numbers)
        pending = list(itertools.islice(rows, chunk_rows))
        if not pending:
            return


def _fit(sheet: str, header: Header, row_no: int, texts: list[str]) -> list[str]:
    """A row cut or filled to the header's width. Raises UnreadableFile (FILE-031) for content beyond it."""
    width = len(header.names)
    if len(texts) == width:
        return texts
    if len(texts) > width:
        beyond = next((i for i in range(width, len(texts)) if texts[i].strip()), None)
        if beyond is not None:
            raise refuse("FILE-031", f"{sheet}!{column_letter(beyond)}{row_no}", texts[beyond][:20])
    return texts[:width] if len(texts) > width else texts + [""] * (width - len(texts))


def _refuse_merged(sheet: CalamineSheet, header: Header) -> None:
    """Refuse merged cells from the header down; merged titles above it are harmless."""
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if bottom >= header.row_no - 1 and (top, left) != (bottom, right):
            place = f"{column_letter(left)}{top + 1}:{column_letter(right)}{bottom + 1}"
            raise refuse("FILE-029", f"{sheet.name}!{place}")


def _number(value: float) -> str:
    """A number as plain decimal text without a trailing ``.0``."""
    if abs(value) >= _EXACT_BELOW:
        raise _LostDigits
    if value.is_integer():
        return str(int(value))
    return format(Decimal(format(value, _DIGITS)), "f")


def _moment(value: dt.datetime) -> str:
    """A date, or a local time to the millisecond that a spreadsheet can hold, in ISO form."""
    rounded = (value + dt.timedelta(microseconds=500)).replace(microsecond=0)
    near = rounded if abs(rounded - value) <= dt.timedelta(milliseconds=1) else value
    is_date = near.time() == dt.time(0)
    return near.date().isoformat() if is_date else near.isoformat(timespec="auto")


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    float: _number,
    int: lambda value: _number(float(value)),
    bool: lambda value: "true" if value else "false",
    dt.date: dt.date.isoformat,
    dt.datetime: _moment,
    dt.time: dt.time.isoformat,
    dt.timedelta: str,
}
