"""What stands in a workbook's zip directory and XML, judged before any spreadsheet library opens it."""

from __future__ import annotations

import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree import ElementTree as ET

from connectors.parse.limits import Limits
from connectors.parse.reasons import refuse

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_LOCAL_HEADER_BYTES = 30
_PROLOG_BYTES = 65_536
_ROOT = re.compile(rb"<[A-Za-z_]")
_CHUNK_BYTES = 1 << 20
_RATIO_FROM_BYTES = 1_000_000
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d+)"')
_FAR_COLUMN = re.compile(rb' r="[A-Z]{3}')
_ERROR_MARK = re.compile(rb"<(?:\w+:)?c\s[^>]*?\bt=[\"']e[\"']")
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*?\bt=[\"']e[\"'])(?=[^>]*?\br=[\"']([A-Z]+)(\d+)[\"'])[^>]*(?<!/)>(.*?)</(?:\w+:)?c>",
    re.DOTALL,
)
_ERROR_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_ROW_GAP = 100_000
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_REL_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True)
class SheetScan:
    """What a sheet's XML holds that a spreadsheet library would not tell: its error cells by (row, column), 0-based."""

    error_cells: dict[tuple[int, int], str]


def open_archive(stream: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """The zip of a workbook whose directory is harmless. Raises UnreadableFile (FILE-018, 020 to 025)."""
    _refuse_disguise(stream)
    try:
        archive = zipfile.ZipFile(stream)
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise refuse("FILE-020", "", "压缩目录损坏") from error
    _refuse_bomb(entries, limits)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise refuse("FILE-022")
    names = [entry.filename.lower() for entry in entries]
    if any(name.endswith(("vbaproject.bin", "macrosheet.xml")) or "/macrosheets/" in name for name in names):
        raise refuse("FILE-023")
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        raise refuse("FILE-020", "", "不含工作簿")
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            _refuse_doctype(archive, entry)
    return archive


def sheet_part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Entry name of a sheet's XML. Raises UnreadableFile (FILE-020) for a workbook that does not say."""
    try:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - DOCTYPE was refused, and a child parses
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (ET.ParseError, KeyError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise refuse("FILE-020", "", "工作簿目录损坏") from error
    ids = {
        s.get("name"): s.get(_REL_ID) or s.get(_STRICT_REL_ID)
        for s in book.iter()
        if s.tag in {_MAIN + "sheet", _STRICT + "sheet"}
    }
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    target = targets.get(ids.get(sheet), "")
    name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    if name not in archive.namelist():
        raise refuse("FILE-020", sheet, "工作簿目录损坏")
    return name


def scan_sheet(archive: zipfile.ZipFile, part: str, limits: Limits) -> SheetScan:
    """Read a sheet's XML once, in pieces. Raises UnreadableFile (FILE-020, 024, 026)."""
    errors: dict[tuple[int, int], str] = {}
    last_row = 0
    for piece in _pieces(archive, part, limits):
        for found in _ROW.finditer(piece):
            row = int(found[1])
            if row - last_row > _ROW_GAP:
                raise refuse("FILE-026", f"第{row}行", f"与上一行相隔 {row - last_row} 行")
            last_row = row
        if far := _FAR_COLUMN.search(piece):
            raise refuse("FILE-026", f"{far[0][4:].decode()}列", f"列数上限 {limits.columns}")
        if b't="e"' in piece or b"t='e'" in piece:
            errors.update(_error_cells(piece))
    return SheetScan(errors)


def _error_cells(piece: bytes) -> Iterator[tuple[tuple[int, int], str]]:
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
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise refuse("FILE-020", part, "压缩内容损坏") from error
    yield rest


def _refuse_disguise(stream: BinaryIO) -> None:
    head = stream.read(4096)
    stream.seek(0)
    if head.startswith(_OLE):
        raise refuse("FILE-022" if _ENCRYPTED_STREAM in stream.read() else "FILE-021")
    if not head:
        raise refuse("FILE-003")
    if not head.startswith(b"PK"):
        raise refuse("FILE-018", "", "约定为 XLSX,实际不是")


def _refuse_bomb(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.archive_entries:
        raise refuse("FILE-024", "", f"{len(entries)} 个条目")
    if len({entry.filename for entry in entries}) < len(entries):
        raise refuse("FILE-024", "", "条目重名")
    total = sum(entry.file_size for entry in entries)
    if total > limits.unpacked_bytes:
        raise refuse("FILE-024", "", f"解压后 {total} 字节")
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > _RATIO_FROM_BYTES and ratio > limits.unpacked_ratio:
            raise refuse("FILE-024", entry.filename, f"压缩比 {ratio:.0f}")
    placed = sorted(entries, key=lambda entry: entry.header_offset)
    for entry, following in itertools.pairwise(placed):
        if entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size > following.header_offset:
            raise refuse("FILE-024", entry.filename, "条目重叠")


def _refuse_doctype(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse a document type before the root element, and XML whose prolog hides it."""
    try:
        with archive.open(entry) as part:
            prolog = part.read(_PROLOG_BYTES)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise refuse("FILE-020", entry.filename, "压缩内容损坏") from error
    root = _ROOT.search(prolog)
    if root is None and prolog.strip():
        raise refuse("FILE-025", entry.filename, "编码或开头异常")
    if root is not None and b"<!DOCTYPE" in prolog[: root.start()].upper():
        raise refuse("FILE-025", entry.filename)
