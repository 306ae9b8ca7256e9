"""Every table that leaves the hub as a file: CSV and XLSX in which no value of a delivery runs as a formula.

A spreadsheet runs a cell of a CSV file that begins with = + - @, a tab or a carriage return, and reads their full-width
forms likewise; spaces, quotes and line ends before them do not stop every program. Such a text gets an apostrophe in
front, and nothing else of it changes; who reads the file by program takes off one apostrophe before such a sign. Numbers
are numbers: -12.50 stays. In a workbook text is typed as text and needs nothing.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import pathlib
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, TextIO

from schemas.folding import written_out
from schemas.time_zone import SHANGHAI

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: What a formula begins with, and as what a Chinese keyboard types it.
STARTS = frozenset("=+-@\t\r＝＋－＠﹦﹢﹣﹫")
QUOTES = frozenset("\"'`“”‘’＂＇｀")
#: What a spreadsheet keeps of a number exactly, and what it keeps of a text.
EXACT_DIGITS, CELL_CHARACTERS = 15, 32_767
WIDEST, NARROWEST = 60, 8


def neutral(value: object) -> object:
    """A value of a CSV cell that no spreadsheet runs: text is looked at, numbers are numbers."""
    plain = text_of(value)
    return f"'{plain}" if isinstance(plain, str) and _begins_a_formula(_raw(value, plain)) else plain


def _raw(value: object, plain: str) -> str:
    return value if isinstance(value, str) else plain


def text_of(value: object) -> object:
    """A value as text, or the number that it is: lists joined, moments in Shanghai's time, unseen characters shown."""
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(SHANGHAI).isoformat(sep=" ")
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "; ".join(value)
    elif isinstance(value, list | tuple | dict):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return _shown(str(value))


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows under ``columns``, neutral."""
    written = csv.writer(file, lineterminator="\n")
    written.writerow([neutral(column) for column in columns])
    written.writerows([neutral(value) for value in row] for row in rows)


def write_csv_file(path: pathlib.Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a new CSV file that a spreadsheet opens with its Chinese (UTF-8 with BOM). Raises FileExistsError."""
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        write_csv(file, columns, rows)


def write_xlsx_file(path: pathlib.Path, sheet: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a new workbook: text typed as text, header frozen, columns as wide as what they hold. Raises FileExistsError."""
    import xlsxwriter

    cells = [[text_of(value) for value in row] for row in rows]
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with path.open("xb") as file, xlsxwriter.Workbook(file, {**options, "in_memory": True}) as workbook:
        page = workbook.add_worksheet(sheet)
        head = workbook.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1, "num_format": "@"})
        body = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for n, column in enumerate(columns):
            page.set_column(n, n, _width([column, *(row[n] for row in cells)]))
            page.write_string(0, n, column, head)
        for line, row in enumerate(cells, start=1):
            for n, value in enumerate(row):
                _write_cell(page, (line, n), value, body)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, len(cells), len(columns) - 1)


def _write_cell(page: Worksheet, at: tuple[int, int], value: object, text: Format) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_boolean(*at, value)
    elif isinstance(value, int | float | Decimal) and len(Decimal(str(value)).as_tuple().digits) <= EXACT_DIGITS:
        page.write_number(*at, value)
    else:
        page.write_string(*at, _fitting(str(value)), text)


def _fitting(text: str) -> str:
    """A text that a cell can hold; one that is cut says so."""
    return text if len(text) <= CELL_CHARACTERS else f"{text[: CELL_CHARACTERS - 20]}…(过长,见 --csv)"


def _begins_a_formula(text: str) -> bool:
    for character in text:
        if character in STARTS:
            return True
        if not (character.isspace() or character in QUOTES or unicodedata.category(character) == "Cf"):
            return False
    return False


def _shown(text: str) -> str:
    """Characters that a terminal obeys, or no file can hold, are written out; tabs and line ends stay."""
    return text if text.isprintable() else "".join(written_out(c) if _acts(c) else c for c in text)


def _acts(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} and character not in "\t\n"


def _width(values: Iterable[object]) -> int:
    """A column's width in characters of a digit's size: of its longest line, within reason."""
    lines = (line for value in values if value is not None for line in str(value).splitlines())
    longest = max(
        (sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line[:WIDEST]) for line in lines), default=0
    )
    return min(max(longest + 2, NARROWEST), WIDEST)
