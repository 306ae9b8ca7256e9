"""Every table that leaves the hub as a file: CSV and XLSX in which no value of a delivery runs as a formula.

A spreadsheet runs a cell of a CSV file that begins with = + - @, a tab or a carriage return, and reads their full-width
forms likewise; spaces, quotes and line ends before them do not stop every program. Such a text gets an apostrophe in
front, and nothing else of it changes; who reads the file by program takes off one apostrophe before such a sign. Numbers
are numbers: -12.50 stays. In a workbook text is typed as text and needs nothing.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
import pathlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO, TextIO

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
#: Rows of a sheet that say how wide its columns are.
MEASURED_ROWS = 200
Target = pathlib.Path | BinaryIO
"""Where a file goes: a path that is free, or a binary file that is open."""
Table = tuple[Sequence[str], Sequence[Sequence[object]]]
"""Names of columns, and rows."""


@dataclass(frozen=True)
class Stamp:
    """Who made a workbook and when: faint behind its cells on screen, in words at the head of each printed page."""

    login: str
    at: str


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


def write_csv_file(target: Target, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file that a spreadsheet opens with its Chinese (UTF-8 with BOM). Raises FileExistsError for a path."""
    with opened(target) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        write_csv(text, columns, rows)
        text.flush()
        text.detach()


def write_xlsx_file(target: Target, sheet: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a workbook of one sheet, see ``write_xlsx_sheets``. Raises FileExistsError for a path."""
    write_xlsx_sheets(target, {sheet: (columns, rows)})


def write_xlsx_sheets(target: Target, sheets: Mapping[str, Table], *, stamp: Stamp | None = None) -> None:
    """Write a workbook of sheets (columns, rows) by name. Raises FileExistsError for a path.

    Text is typed as text, headers are frozen, columns are as wide as what their first rows hold. A stamp marks each sheet.
    """
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with opened(target) as file, xlsxwriter.Workbook(file, {**options, "constant_memory": True}) as workbook:
        head = workbook.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1, "num_format": "@"})
        body = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for name, table in sheets.items():
            page = workbook.add_worksheet(name)
            _write_sheet(page, table, head, body)
            if stamp:
                _stamp(page, stamp)


@contextlib.contextmanager
def opened(target: Target) -> Iterator[BinaryIO]:
    """A new file at a path, closed in the end and gone when writing fails; a file that is open stays so. Raises FileExistsError."""
    if isinstance(target, pathlib.Path):
        with target.open("xb") as file, contextlib.ExitStack() as undo:
            undo.callback(target.unlink)
            yield file
            undo.pop_all()
    else:
        yield target


def _stamp(page: Worksheet, stamp: Stamp) -> None:
    said = f"{stamp.login} {stamp.at}"
    page.set_header(f"&R&8{said.replace('&', '&&')}")
    page.set_footer("&C&8&P / &N")
    page.set_background(io.BytesIO(_faint(said)))


def _faint(text: str) -> bytes:
    """A picture of a text that cells can be read over, to be laid side by side; of letters that its type lacks, boxes."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (420, 200), "white")
    ImageDraw.Draw(picture).text((20, 90), text, fill=(228, 231, 236), font=ImageFont.load_default(18))
    written = io.BytesIO()
    picture.rotate(18, fillcolor="white").save(written, "PNG")
    return written.getvalue()


def _write_sheet(page: Worksheet, table: Table, head: Format, body: Format) -> None:
    columns, rows = table
    beginning = [[text_of(value) for value in row] for row in rows[:MEASURED_ROWS]]
    for n, column in enumerate(columns):
        page.set_column(n, n, _width([column, *(row[n] for row in beginning)]))
        page.write_string(0, n, column, head)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(rows), len(columns) - 1)
    for line, row in enumerate(rows, start=1):
        for n, value in enumerate(row):
            if value is not None and value != "":
                _write_cell(page, (line, n), text_of(value), body)


def _write_cell(page: Worksheet, at: tuple[int, int], value: object, text: Format) -> None:
    if isinstance(value, str):
        page.write_string(*at, fitting(value), text)
    elif isinstance(value, bool):
        page.write_boolean(*at, value)
    elif isinstance(value, int | float | Decimal) and _is_exact(value):
        page.write_number(*at, value)
    else:
        page.write_string(*at, fitting(str(value)), text)


def _is_exact(number: float | Decimal) -> bool:
    """Whether a spreadsheet keeps every digit of a number."""
    return len(Decimal(str(number)).as_tuple().digits) <= EXACT_DIGITS


def fitting(text: str) -> str:
    """A text that a cell can hold; one that is cut says so."""
    return text if len(text) <= CELL_CHARACTERS else f"{text[: CELL_CHARACTERS - 20]}…(过长,见 CSV)"


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
