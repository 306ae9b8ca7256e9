"""Workbooks by the rules of docs/reading-workbooks.md, written a second time with the standard library alone."""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from oracle import shown

_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_CODES = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0"}
_HEAD_ROWS = 30

SheetRow = tuple[int, dict[int, str]]


@dataclass(frozen=True)
class Book:
    """An open workbook: its archive, shared texts, the number format of each style, the first day of its calendar."""

    archive: zipfile.ZipFile
    texts: list[str]
    codes: list[str]
    is_1904: bool


def rows(content: bytes, sheet: str | None, known: Collection[str], kinds: Mapping[str, str]) -> list[SheetRow]:
    """(row number, texts by column) of the sheet that holds most of the known names, or of the one named.

    ``kinds``: name of a column -> key, text, number, ratio or date. The first rows, where no kind is known yet, are text.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts, is_1904, links = _sheets(archive, sheet)
        book = Book(archive, _texts(archive, links.get("sharedStrings")), _codes(archive, links.get("styles")), is_1904)
        found = [(list(_cells(book, part)), part) for part in parts]
        filled = [cells for cells, _ in found if cells] or [[]]
        best = max(filled, key=lambda cells: max((_names(book, row, known) for row in cells[:_HEAD_ROWS]), default=0))
        return list(_read(book, best, known, kinds))


SheetCell = tuple[int, str, int, str]
"""Column, type, style, text."""


def _names(book: Book, row: tuple[int, list[SheetCell]], known: Collection[str]) -> int:
    return len({_text(book, cell, "text").strip() for cell in row[1]} & set(known))


def _read(
    book: Book, found: list[tuple[int, list[SheetCell]]], known: Collection[str], kinds: Mapping[str, str]
) -> Iterator[SheetRow]:
    """Texts of all rows; the row with most of the known names says the kind of each column below it."""
    counts = [_names(book, row, known) for row in found[:_HEAD_ROWS]]
    at = counts.index(max(counts)) if counts else 0
    by_column: dict[int, str] = {}
    for i, (number, cells) in enumerate(found):
        texts = {cell[0]: _text(book, cell, by_column.get(cell[0], "text") if i > at else "text") for cell in cells}
        if i == at:
            by_column = {column: kinds.get(text.strip(), "text") for column, text in texts.items()}
        yield number, {column: text for column, text in texts.items() if text.strip()}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _sheets(archive: zipfile.ZipFile, sheet: str | None) -> tuple[list[str], bool, dict[str, str]]:
    """Parts of the sheets that may hold rows, whether days count from 1904, and other parts by their kind."""
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - a child process with bounds reads it
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    entries = {name.lower(): name for name in archive.namelist()}
    targets: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for link in links:
        part = posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/")
        targets[link.get("Id", "")] = kinds[link.get("Type", "").rpartition("/")[2]] = entries.get(part.lower(), part)
    parts: list[str] = []
    is_1904 = False
    for element in book.iter():
        name = _local(element.tag)
        is_1904 |= name == "workbookPr" and element.get("date1904") in {"1", "true"}
        is_wanted = element.get("name") == sheet if sheet else element.get("state", "visible") == "visible"
        if name == "sheet" and is_wanted:
            link_id = next(value for key, value in element.attrib.items() if key.endswith("}id"))
            parts += [targets[link_id]] if "/chartsheets/" not in f"/{targets[link_id]}" else []
    return parts, is_1904, kinds


def _texts(archive: zipfile.ZipFile, part: str | None) -> list[str]:
    if part is None:
        return []
    texts: list[str] = []
    with archive.open(part) as stream:
        for _, element in ET.iterparse(stream):  # noqa: S314 - as above
            if _local(element.tag) == "si":
                texts.append(_rich(element))
                element.clear()
    return texts


def _rich(element: ET.Element) -> str:
    """Text of an element without the guides to its pronunciation."""
    text = ""
    for child in element:
        name = _local(child.tag)
        text += (child.text or "") if name == "t" else _rich(child) if name == "r" else ""
    return _meant(text)


def _meant(text: str) -> str:
    """``_x000A_`` is the character with that number; two halves of one beyond the first plane come together."""
    if "_x" not in text:
        return text
    made = re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
    try:
        return made.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return text


def _codes(archive: zipfile.ZipFile, part: str | None) -> list[str]:
    if part is None:
        return []
    root = ET.fromstring(archive.read(part))  # noqa: S314
    own = {
        e.get("numFmtId"): e.get("formatCode", "") for group in root if _local(group.tag) == "numFmts" for e in group
    }
    cells = next((group for group in root if _local(group.tag) == "cellXfs"), ET.Element("none"))
    numbers = [style.get("numFmtId", "0") for style in cells]
    return [own.get(n, "yyyy-mm-dd" if int(n) in _DATES else _CODES.get(int(n), "General")) for n in numbers]


def _cells(book: Book, part: str) -> Iterator[tuple[int, list[SheetCell]]]:
    """Rows with their cells that hold something; a place that is not written follows the one before."""
    number = 0
    with book.archive.open(part) as stream:
        for _, row in ET.iterparse(stream):  # noqa: S314 - as above
            if _local(row.tag) != "row":
                continue
            written = row.get("r") or next((_digits(c.get("r", "")) for c in row if c.get("r")), None)
            number = int(written) if written else number + 1
            cells: list[SheetCell] = []
            column = -1
            for cell in row:
                column = _column(cell.get("r", "")) if cell.get("r") else column + 1
                if text := _cell_text(cell):
                    cells.append((column, cell.get("t", "n"), int(cell.get("s") or 0), text))
            row.clear()
            if cells:
                yield number, cells


def _digits(reference: str) -> str:
    return reference.lstrip("$ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def _column(reference: str) -> int:
    column = 0
    for letter in reference.upper():
        if letter.isalpha():
            column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _cell_text(cell: ET.Element) -> str:
    for child in cell:
        name = _local(child.tag)
        if name == "v":
            return child.text or ""
        if name == "is":
            return _rich(child)
    return ""


def _text(book: Book, cell: SheetCell, kind: str) -> str:
    _, written, style, text = cell
    code = book.codes[style] if style < len(book.codes) else "General"
    if written == "n":
        return shown.number(text, code, kind, book.is_1904)
    if written == "b":
        return "true" if text in {"1", "true"} else "false"
    if written == "d":
        return shown.iso(dt.datetime.fromisoformat(text))
    if written == "e":
        return text
    text = book.texts[int(text)] if written == "s" else text if written == "inlineStr" else _meant(text)
    return shown.beside(code, text) if kind in {"key", "text"} else text
