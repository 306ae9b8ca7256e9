"""Writes the files that the parser's tests read: CSV in any dialect, workbooks, workbooks changed by hand."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from connectors.model import SourceFormat, Use
from connectors.parse import Limits, read_batch
from connectors.parse.delimited import read_delimited
from connectors.parse.notes import Note, unpacked
from schemas.errors import TellInsurer

Rows = list[dict[str, str | None]]


def csv_bytes(
    rows: Sequence[Sequence[str]], *, encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n", quoting: int = 0
) -> bytes:
    """Rows, header first, as the csv module writes them."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return text.getvalue().encode(encoding)


def parsed(content: bytes, source: SourceFormat | None = None, limits: Limits | None = None) -> list[list[str | None]]:
    """Rows of a CSV file read in this process, without their numbers."""
    rows: list[list[str | None]] = []
    for header, batch in read_delimited(io.BytesIO(content), source or SourceFormat("csv"), limits or Limits()):
        columns = [column.to_pylist() for column in batch.columns[: len(header.names)]]
        rows.extend(list(row) for row in zip(*columns, strict=True))
    return rows


def read_rows(
    path: Path, source: SourceFormat, limits: Limits | None = None, expected: Sequence[str] | Mapping[str, Use] = ()
) -> Rows:
    """Rows of a file as the hub reads it, in a child process."""
    return [row for chunk in read_batch([path], source, limits, expected) for row in chunk.to_pylist()]


def noted(path: Path, source: SourceFormat, expected: Sequence[str] | Mapping[str, Use] = ()) -> list[Note]:
    """What reading a file noted, in a child process."""
    return [note for chunk in read_batch([path], source, expected=expected) for note in unpacked(chunk.schema.metadata)]


def workbook(path: Path, write: Callable[[Any, Any], None], sheet: str = "台账") -> Path:
    """A workbook with one sheet, filled by ``write(book, sheet)``."""
    book = xlsxwriter.Workbook(str(path))
    write(book, book.add_worksheet(sheet))
    book.close()
    return path


def rezip(
    path: Path,
    change: Callable[[str, bytes], bytes],
    extra: dict[str, bytes] | None = None,
    packing: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """The same archive with every entry passed through ``change(name, content)``, and entries added."""
    with zipfile.ZipFile(path) as old:
        entries = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", packing) as new:
        for name, content in (entries | (extra or {})).items():
            new.writestr(name, content)
    return path


def in_sheet(pattern: bytes, replacement: bytes) -> Callable[[str, bytes], bytes]:
    """A change of the first sheet's XML."""
    return lambda name, content: (
        re.sub(pattern, replacement, content, count=1) if name == "xl/worksheets/sheet1.xml" else content
    )


XLSX = SourceFormat("xlsx")
HEADER = ["保单号", "信用代码", "签单日期", "更新时间", "保费", "人数", "共保"]


def ledger(book: Any, sheet: Any) -> None:
    date, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.write_row(0, 0, HEADER)
    sheet.write_string(1, 0, "000123")
    sheet.write_string(1, 1, "91370100MA3C00001X")
    sheet.write_datetime(1, 2, dt.date(2026, 11, 20), date)
    sheet.write_datetime(1, 3, dt.datetime.fromisoformat("2026-11-20T16:30:01"), moment)
    sheet.write_number(1, 4, 1234.56)
    sheet.write_number(1, 5, 85)
    sheet.write_boolean(1, 6, True)


LEDGER_ROW = {
    "保单号": "000123",
    "信用代码": "91370100MA3C00001X",
    "签单日期": "2026-11-20",
    "更新时间": "2026-11-20T16:30:01",
    "保费": "1234.56",
    "人数": "85",
    "共保": "true",
    "row_no": 2,
    "place": "台账!2",
}


def refused(path: Path, source: SourceFormat = XLSX, limits: Limits | None = None) -> TellInsurer:
    with pytest.raises(TellInsurer) as refusal:
        read_rows(path, source, limits)
    return refusal.value
