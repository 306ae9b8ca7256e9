"""What stands in a workbook's zip directory, judged before anything of it is unpacked."""

from __future__ import annotations

import itertools
import zipfile
from typing import BinaryIO

from connectors.parse.limits import Limits
from connectors.parse.reasons import refuse

ARCHIVE_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_LOCAL_HEADER_BYTES = 30
_RATIO_FROM_BYTES = 1_000_000


def open_archive(stream: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """The zip of a workbook whose directory is harmless. Raises UnreadableFile (FILE-018, 020 to 024)."""
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
    if "[content_types].xml" not in names:
        raise refuse("FILE-020", "", "不含工作簿")
    return archive


def _refuse_disguise(stream: BinaryIO) -> None:
    head = stream.read(4096)
    stream.seek(0)
    if head.startswith(OLE_MARK):
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
