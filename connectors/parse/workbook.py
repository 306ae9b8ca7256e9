"""What a workbook says of itself: its sheets in their order, shared texts, the number format of each cell style."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.parse.format_tokens import BUILT_IN
from connectors.parse.limits import Limits
from connectors.parse.markup import fed, make_parser, names, walk
from connectors.parse.number_format import GENERAL, NumberFormat, compiled
from connectors.parse.reasons import refuse

BOOK_PART, _ROOT_LINKS = "xl/workbook.xml", "_rels/.rels"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE = frozenset({"1", "true", "on"})
_PART_OF = re.compile(r"/relationships/([A-Za-z]+)$")


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name and the part that holds it."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True)
class Workbook:
    """A workbook without its cells. ``formats`` go by cell style, in the order of the styles."""

    archive: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    texts: tuple[str, ...]
    formats: tuple[NumberFormat, ...]
    is_1904: bool

    def format_of(self, style: int) -> NumberFormat:
        """The number format of a cell style. Raises UnreadableFile (FILE-020) for a style that there is not."""
        if style < len(self.formats):
            return self.formats[style]
        if style == 0:
            return GENERAL
        raise refuse("FILE-020", "", f"没有单元格样式 {style}")


def open_workbook(archive: zipfile.ZipFile, limits: Limits) -> Workbook:
    """Read all but the sheets. Raises UnreadableFile (FILE-020, 024, 025)."""
    book = main_part(archive, limits)
    links = links_of(archive, book, limits)
    found: list[Mapping[str, str]] = []
    properties: dict[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            found.append(attributes)
        elif name == "workbookPr":
            properties.update(attributes)

    walk(archive, book, limits, start)
    by_kind = dict(links.values())
    sheets = tuple(_sheet(attributes, links) for attributes in found)
    return Workbook(
        archive,
        tuple(sheet for sheet in sheets if sheet is not None),
        _shared_texts(archive, by_kind.get("sharedStrings"), limits),
        _formats(archive, by_kind.get("styles"), limits),
        properties.get("date1904", "0") in _TRUE,
    )


def list_sheets(archive: zipfile.ZipFile, limits: Limits) -> tuple[Sheet, ...]:
    """The worksheets of a workbook in their order, and nothing else of it. Raises UnreadableFile (FILE-020, 024, 025)."""
    book = main_part(archive, limits)
    links = links_of(archive, book, limits)
    found: list[Mapping[str, str]] = []
    walk(archive, book, limits, lambda name, attributes: found.append(attributes) if name == "sheet" else None)
    return tuple(sheet for each in found if (sheet := _sheet(each, links)) is not None)


def main_part(archive: zipfile.ZipFile, limits: Limits) -> str:
    """The part that lists the sheets. Raises UnreadableFile (FILE-020, 024, 025)."""
    if BOOK_PART in archive.namelist():
        return BOOK_PART
    links = _links_in(archive, _ROOT_LINKS, "", limits)
    return next((part for kind, part in links.values() if kind == "officeDocument"), BOOK_PART)


def links_of(archive: zipfile.ZipFile, part: str, limits: Limits) -> dict[str, tuple[str, str]]:
    """Relationship id -> (kind, part that it leads to) of a part that has such. Raises UnreadableFile (FILE-020, 024, 025)."""
    folder, name = posixpath.split(part)
    return _links_in(archive, f"{folder}/_rels/{name}.rels", folder, limits)


def _links_in(archive: zipfile.ZipFile, part: str, folder: str, limits: Limits) -> dict[str, tuple[str, str]]:
    """Relationship id -> (kind, part that it leads to); names of parts do not differ by case."""
    links: dict[str, tuple[str, str]] = {}
    parts = {name.lower(): name for name in archive.namelist()}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        kind = _PART_OF.search(attributes.get("Type", ""))
        if name == "Relationship" and kind and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/" + folder, attributes.get("Target", ""))).lstrip("/")
            links[attributes.get("Id", "")] = (kind[1], parts.get(target.lower(), target))

    walk(archive, part, limits, start)
    return links


def _sheet(attributes: Mapping[str, str], links: Mapping[str, tuple[str, str]]) -> Sheet | None:
    """A worksheet of the list, or None for a chart or dialogue sheet. Raises UnreadableFile (FILE-020)."""
    name = attributes.get("name", "")
    link = next((value for key, value in attributes.items() if key.endswith("/relationships id")), "")
    if link not in links:
        raise refuse("FILE-020", name, "工作簿目录损坏")
    kind, part = links[link]
    is_hidden = attributes.get("state", "visible") != "visible"
    return Sheet(name, part, is_hidden) if kind == "worksheet" else None


def _shared_texts(archive: zipfile.ZipFile, part: str | None, limits: Limits) -> tuple[str, ...]:
    """Shared texts without their phonetic guides. Raises UnreadableFile (FILE-017, 020)."""
    if part is None:
        return ()
    reader = _TextReader(part, limits)
    for _ in fed(reader.parser, archive, part, limits):
        pass
    return tuple(reader.texts)


class _TextReader:
    """The handlers of the part of shared texts."""

    _ELEMENTS = names("si", "t", "rPh")

    def __init__(self, part: str, limits: Limits) -> None:
        self.texts: list[str] = []
        self._part, self._limits = part, limits
        self._parts: list[str] = []
        self._is_text = self._is_guide = False
        self._length = 0
        self.parser = make_parser(part)
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, name: str, _: Mapping[str, str]) -> None:
        local = self._ELEMENTS.get(name)
        if local == "si":
            self._parts.clear()
            self._length = 0
        elif local == "rPh":
            self._is_guide = True
        elif local == "t":
            self._is_text = not self._is_guide

    def _end(self, name: str) -> None:
        local = self._ELEMENTS.get(name)
        if local == "t":
            self._is_text = False
        elif local == "rPh":
            self._is_guide = False
        elif local == "si":
            self.texts.append(unescaped("".join(self._parts)))

    def _characters(self, text: str) -> None:
        if self._is_text:
            self._parts.append(text)
            self._length += len(text)
            if self._length > self._limits.record_chars:
                raise refuse("FILE-017", self._part, f"单元格超过 {self._limits.record_chars} 字符")


def unescaped(text: str) -> str:
    """Text with ``_x000D_`` and its like as the characters meant; half of a surrogate pair stays as it is written."""
    if "_x" not in text:
        return text
    made = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    try:
        return made.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return text


def _formats(archive: zipfile.ZipFile, part: str | None, limits: Limits) -> tuple[NumberFormat, ...]:
    """The number format of each cell style; without a part of styles every number is shown as it is."""
    if part is None:
        return ()
    codes: dict[str, str] = {}
    styles: list[str] = []
    is_cell = False

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal is_cell
        if name == "numFmt":
            codes.setdefault(attributes.get("numFmtId", ""), attributes.get("formatCode", ""))
        elif name in {"cellXfs", "cellStyleXfs", "dxfs"}:
            is_cell = name == "cellXfs"
        elif name == "xf" and is_cell:
            styles.append(attributes.get("numFmtId", "0"))

    walk(archive, part, limits, start)
    made = {number: compiled(codes.get(number, BUILT_IN.get(number, "General"))) for number in set(styles)}
    return tuple(made[number] for number in styles)
