"""What stands in a workbook's zip directory and XML, judged before any spreadsheet library opens it."""

from __future__ import annotations

import itertools
import re
import zipfile
import zlib
from typing import BinaryIO
from xml.etree import ElementTree as ET

from connectors.parse.limits import Limits
from connectors.parse.reasons import refuse

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_LOCAL_HEADER_BYTES = 30
_PROLOG_BYTES = 65_536
_ROOT = re.compile(rb"<[A-Za-z_]")
_RATIO_FROM_BYTES = 1_000_000
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
"""What the zip library raises for content that is not what its directory says."""
_STRICT_REL_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


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
    except (ET.ParseError, KeyError, *BROKEN_ZIP) as error:
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
    except BROKEN_ZIP as error:
        raise refuse("FILE-020", entry.filename, "压缩内容损坏") from error
    root = _ROOT.search(prolog)
    if root is None and prolog.strip():
        raise refuse("FILE-025", entry.filename, "编码或开头异常")
    if root is not None and b"<!DOCTYPE" in prolog[: root.start()].upper():
        raise refuse("FILE-025", entry.filename)
