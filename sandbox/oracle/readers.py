"""Landed bytes to rows of source texts, with the simplest tools there are: csv, json and a sheet reader.

A row is ``(row_no, {source column: text or None})``. ``row_no`` is what a person sees in the sheet or file (header
included) or, for JSON, the running number over all pages of the batch.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

Line = Sequence[str | None]
Row = tuple[int, dict[str, str | None]]

_HEADER_SEARCH_ROWS = 30
_SHEET_DIGITS = ".15g"  # what a spreadsheet keeps and shows of a number

#: Codes of GB18030-2022 that Python's codec still maps to private use: (private code points, characters meant).
_GB18030_REPAIRS = str.maketrans(
    "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7\ue816\ue817\ue818\ue81e\ue826\ue82b"
    "\ue82c\ue831\ue832\ue83b\ue843\ue854\ue855\ue864",
    "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u1e3f\U00020087\U00020089\U000200cc\u9fb4\u9fb5\u9fb6"
    "\u9fb7\U000215d7\u9fb8\U0002298f\u9fb9\u9fba\U000241fe\u9fbb",
)


class Unreadable(Exception):
    """Raised when a payload is no file that this package can read inside its bounds, from ``rows``; holds no value."""


def stored_bytes(root: Path, sha256: str) -> bytes:
    """The landed payload with that digest. Raises OSError when it is not there."""
    return (root / sha256[:2] / sha256[2:4] / sha256).read_bytes()


def rows(payloads: Sequence[bytes], form: Mapping[str, Any], known: Collection[str] = ()) -> Iterator[Row]:
    """All rows of a batch. ``form`` has kind, items_path, encoding, delimiter, header_row, sheet.

    ``known`` are column names of the definition: they find the header of a sheet below its title rows.
    Raises Unreadable.
    """
    try:
        yield from _rows(payloads, form, known)
    except (csv.Error, CalamineError, ValueError, LookupError, TypeError, RecursionError, MemoryError) as error:
        raise Unreadable(type(error).__name__) from error


def _rows(payloads: Sequence[bytes], form: Mapping[str, Any], known: Collection[str]) -> Iterator[Row]:
    if form["kind"] == "json":
        yield from _json_rows(payloads, form)
        return
    before = 0
    for content in payloads:
        lines = list(_csv_lines(content, form) if form["kind"] == "csv" else _sheet_lines(content, form.get("sheet")))
        at = (form.get("header_row") or 1) - 1
        at = _header_place(lines, at, known) if form["kind"] == "xlsx" else at
        yield from _below_header(lines, at, before)
        before += len(lines)


def _header_place(lines: Sequence[Line], agreed: int, known: Collection[str]) -> int:
    """The line that holds most of the known names; the agreed one unless another holds more."""
    head = range(min(len(lines), max(_HEADER_SEARCH_ROWS, agreed + 1)))
    found = [len({(text or "").strip() for text in lines[i]} & set(known)) for i in head]
    return agreed if agreed < len(found) and found[agreed] == max(found) else found.index(max(found))


def _below_header(lines: Sequence[Line], at: int, before: int) -> Iterator[Row]:
    header = [(text or "").strip() for text in lines[at]]
    for row_no, cells in enumerate(lines[at + 1 :], at + 2):
        if any(cell is not None for cell in cells):
            yield before + row_no, {name: cell for name, cell in zip(header, cells, strict=False) if name}


def _csv_lines(content: bytes, form: Mapping[str, Any]) -> Iterator[Line]:
    text = io.StringIO(_text(content, form), newline="")
    csv.field_size_limit(max(csv.field_size_limit(), len(content)))
    lines = csv.reader(text, delimiter=form.get("delimiter") or ",", strict=True)
    return ([cell or None for cell in line] for line in lines)


def _text(content: bytes, form: Mapping[str, Any]) -> str:
    """Bytes in the agreed encoding; a UTF-8 mark at the beginning decides."""
    if not str(form.get("encoding") or "utf-8").startswith("gb") or content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig")
    return content.decode("gb18030").translate(_GB18030_REPAIRS).removeprefix("\ufeff")


def _sheet_lines(content: bytes, sheet: str | None) -> Iterator[Line]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    visible = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
    sheets = [book.get_sheet_by_name(name) for name in ([sheet] if sheet else visible)]
    lines = next((s for s in sheets if s.end is not None), sheets[0]).to_python(skip_empty_area=False)
    return ([_cell_text(cell) for cell in line] for line in lines)


def _cell_text(cell: Any) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(format(cell, _SHEET_DIGITS)), "f")
    if isinstance(cell, dt.datetime):
        return _to_the_second(cell).isoformat(" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    text = str(cell)
    return text or None


def _to_the_second(moment: dt.datetime) -> dt.datetime:
    """A sheet holds times as fractions of a day: what misses a second by a millisecond or less means that second."""
    second = (moment + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    return second if abs(second - moment) <= dt.timedelta(milliseconds=1) else moment


def _json_rows(payloads: Sequence[bytes], form: Mapping[str, Any]) -> Iterator[Row]:
    """Rows of JSON pages; a page of no bytes holds none. ``form["inside"]`` names a list in each item that holds them."""
    row_no = 0
    for content in filter(None, payloads):
        body = json.loads(_text(content, form), parse_float=str, parse_int=str)
        for key in filter(None, (form.get("items_path") or "").split(".")):
            body = body[key]
        for item in body or ():
            for record in _held(item, form["inside"]) if form.get("inside") else (item,):
                row_no += 1
                yield row_no, dict(_flat("", record))


def _held(item: Mapping[str, Any], inside: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The records in an item's list, each with what it takes over from the item, under ``../`` and the column's name."""
    outer = {f"../{column}": _dug(item, column) for column in inside["inherit"].values()}
    for record in _dug(item, inside["path"]) or ():
        yield {**record, **outer}


def _dug(item: Any, path: str) -> Any:
    for key in path.split("."):
        item = item.get(key) if isinstance(item, dict) else None
    return item


def _flat(prefix: str, item: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    for key, value in item.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            yield prefix + key, _leaf(value)


def _leaf(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        is_plain = not any(isinstance(v, dict | list) or (isinstance(v, str) and ";" in v) for v in value)
        return ";".join(_leaf(v) or "" for v in value) or None if is_plain else json.dumps(value, ensure_ascii=False)
    return None if value is None or value == "" else str(value)
