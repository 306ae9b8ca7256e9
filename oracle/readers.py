"""Landed bytes to rows of source texts, with the simplest tools there are: csv, json and ``sheets``.

A row is ``(row_no, {source column: text or None})``. ``row_no`` is what a person sees in the sheet or file (header
included) or, for JSON, the running number over all pages of the batch.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from oracle import sheets

Line = Sequence[str | None]
Row = tuple[int, dict[str, str | None]]
Numbered = tuple[int, Mapping[int, str | None]]
"""Line number as a person counts, texts by column."""

_HEADER_SEARCH_ROWS = 30
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ET.ParseError, StopIteration)

#: Codes of GB18030-2022 that Python's codec still maps to private use: (private code points, characters meant).
_GB18030_REPAIRS = str.maketrans(
    "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7\ue816\ue817\ue818\ue81e\ue826\ue82b"
    "\ue82c\ue831\ue832\ue83b\ue843\ue854\ue855\ue864",
    "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u1e3f\U00020087\U00020089\U000200cc\u9fb4\u9fb5\u9fb6"
    "\u9fb7\U000215d7\u9fb8\U0002298f\u9fb9\u9fba\U000241fe\u9fbb",
)


class Unreadable(Exception):
    """Raised when a payload is no file that this package can read inside its bounds, from ``rows``; holds no value."""


def rows(payloads: Sequence[bytes], form: Mapping[str, Any], known: Collection[str] = ()) -> Iterator[Row]:
    """All rows of a batch.

    ``form`` has kind, items_path, encoding, delimiter, header_row, sheet, and kinds: what a sheet's columns are read for.
    ``known`` are column names of the definition: they find the header below title rows.
    Raises Unreadable.
    """
    try:
        yield from _rows(payloads, form, known)
    except (csv.Error, *_BROKEN, ValueError, LookupError, TypeError, RecursionError, MemoryError) as error:
        raise Unreadable(type(error).__name__) from error


def _rows(payloads: Sequence[bytes], form: Mapping[str, Any], known: Collection[str]) -> Iterator[Row]:
    if form["kind"] == "json":
        yield from _json_rows(payloads, form)
        return
    before = 0
    for content in payloads:
        lines: list[Numbered]
        if form["kind"] == "csv":
            lines = [(number, dict(enumerate(line))) for number, line in enumerate(_csv_lines(content, form), 1)]
        else:
            lines = [
                (number, {**cells})
                for number, cells in sheets.rows(content, form.get("sheet"), known, form.get("kinds") or {})
            ]
        found = before
        for row_no, cells in _below_header(lines, form.get("header_row") or 1, known):
            found = before + row_no
            yield found, cells
        before = found


def _header_place(lines: Sequence[Numbered], agreed: int, known: Collection[str]) -> int:
    """The line that holds most of the known names; the agreed one unless another holds more."""
    head = lines[: max(_HEADER_SEARCH_ROWS, agreed)]
    found = [len({(text or "").strip() for text in cells.values()} & set(known)) for _, cells in head]
    at = next((i for i, (number, _) in enumerate(head) if number >= agreed), len(head) - 1)
    return at if found[at] == max(found) else found.index(max(found))


def _below_header(lines: Sequence[Numbered], agreed: int, known: Collection[str]) -> Iterator[Row]:
    """Rows that hold something in the table below its header."""
    at = _header_place(lines, agreed, known)
    names = _table({column: (text or "").strip() for column, text in lines[at][1].items()}, known)
    for row_no, cells in lines[at + 1 :]:
        row = {name: cells.get(column) for column, name in names.items()}
        if any(cell is not None for cell in row.values()):
            yield row_no, row


def _table(header: Mapping[int, str], known: Collection[str]) -> dict[int, str]:
    """The named columns from the first to the last run of names that has a known one."""
    named = sorted(column for column, name in header.items() if name)
    runs: list[list[int]] = []
    for column in named:
        if runs and runs[-1][-1] + 1 == column:
            runs[-1].append(column)
        else:
            runs.append([column])
    meant = [i for i, run in enumerate(runs) if not known or any(header[column] in known for column in run)]
    kept = runs[meant[0] : meant[-1] + 1] if meant else runs
    return {column: header[column] for run in kept for column in run}


def _csv_lines(content: bytes, form: Mapping[str, Any]) -> Iterator[Line]:
    text = _text(content, form)
    given = _SEPARATOR_LINE.match(text)
    csv.field_size_limit(max(csv.field_size_limit(), len(content)))
    delimiter = given[1] if given else form.get("delimiter") or ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return ([cell or None for cell in line] for line in lines)


def _text(content: bytes, form: Mapping[str, Any]) -> str:
    """Bytes in the agreed encoding; a UTF-8 mark at the beginning decides."""
    if not str(form.get("encoding") or "utf-8").startswith("gb") or content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig")
    return content.decode("gb18030").translate(_GB18030_REPAIRS).removeprefix("\ufeff")


def _json_rows(payloads: Sequence[bytes], form: Mapping[str, Any]) -> Iterator[Row]:
    """Rows of JSON pages; a page of no bytes holds none. ``form["inside"]`` names a list in each item that holds them."""
    row_no = 0
    for content in filter(None, payloads):
        body = json.loads(_text(content, form), parse_float=str, parse_int=str)
        for key in filter(None, (form.get("items_path") or "").split(".")):
            body = body[key]
        for item in body or ():
            for record in _inner_records(item, form["inside"]) if form.get("inside") else (item,):
                row_no += 1
                yield row_no, dict(_flat("", record))


def _inner_records(item: Mapping[str, Any], inside: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
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
