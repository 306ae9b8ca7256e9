"""Hostile workbooks are refused with a code and never end the parent."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.parse import Limits
from connectors.parse.reasons import REASONS
from connectors.parse.xlsx import read_xlsx
from schemas.errors import TellInsurer
from tests.connectors.parse.writing import LEDGER_ROW, XLSX, in_sheet, ledger, read_rows, refused, rezip, workbook


def _encrypted_flag(path: Path) -> None:
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)


def _overlap(path: Path) -> None:
    """Two directory entries over the same bytes."""
    content = bytearray(path.read_bytes())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    path.write_bytes(content)


def _bomb(path: Path) -> None:
    rezip(path, lambda _n, content: content, {"xl/media/zero.bin": b"\0" * 5_000_000})


def _many_entries(path: Path) -> None:
    rezip(path, lambda _n, content: content, {f"x/{i}": b"" for i in range(3_000)})


def _twin_entries(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/workbook.xml", b"<a/>")


def _doctype(path: Path) -> None:
    rezip(path, in_sheet(rb"<worksheet", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet'))


def _utf16_xml(path: Path) -> None:
    rezip(path, lambda name, content: content.decode().encode("utf-16") if name == "xl/workbook.xml" else content)


def _old_xls(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)


def _encrypted_package(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))


def _without_styles(path: Path) -> None:
    """Without them the dates of a workbook are numbers."""
    content = path.read_bytes()
    at = content.rindex(b"xl/styles.xml")
    path.write_bytes(content[:at] + b"xl/stylez.xml" + content[at + 13 :])
    with zipfile.ZipFile(path) as archive:
        assert "xl/stylez.xml" in archive.namelist()


def _torn_entry(path: Path) -> None:
    content = path.read_bytes()
    at = content.index(b"xl/worksheets/sheet1.xml") + 80
    path.write_bytes(content[:at] + b"\xff" * 40 + content[at + 40 :])


def _far_column(path: Path) -> None:
    rezip(path, in_sheet(rb"</row>", b'<c r="XFD1"><v>1</v></c></row>'))


def _far_row(path: Path) -> None:
    rezip(path, in_sheet(rb"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'))


def _far_cell_unannounced(path: Path) -> None:
    rezip(path, in_sheet(rb"</sheetData>", b"<row><c s=\"0\"  r='XFD1048576'><v>1</v></c></row></sheetData>"))


HOSTILE: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "not a workbook": (lambda p: p.write_bytes(b"hello"), {"FILE-018"}),
    "an empty file": (lambda p: p.write_bytes(b""), {"FILE-003"}),
    "a zip cut short": (lambda p: p.write_bytes(p.read_bytes()[:-400]), {"FILE-020"}),
    "styles lost": (_without_styles, {"FILE-020"}),
    "a torn entry": (_torn_entry, {"FILE-020"}),
    "xls renamed": (_old_xls, {"FILE-021"}),
    "an encrypted workbook": (_encrypted_package, {"FILE-022"}),
    "an encrypted entry": (_encrypted_flag, {"FILE-022"}),
    "a macro": (lambda p: rezip(p, lambda _n, c: c, {"xl/vbaProject.bin": b"x"}), {"FILE-023"}),
    "a bomb": (_bomb, {"FILE-024"}),
    "too many entries": (_many_entries, {"FILE-024"}),
    "two entries of one name": (_twin_entries, {"FILE-024"}),
    "entries that overlap": (_overlap, {"FILE-020", "FILE-024"}),
    "a document type": (_doctype, {"FILE-025"}),
    "XML whose encoding is not the one that it names": (_utf16_xml, {"FILE-020"}),
    "a far column": (_far_column, {"FILE-026"}),
    "a far row": (_far_row, {"FILE-026"}),
    "a far cell that aborts the reader": (_far_cell_unannounced, {"FILE-026", "FILE-031"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_workbooks_are_refused_with_a_code(tmp_path: Path, name: str) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    change, codes = HOSTILE[name]
    change(path)
    refusal = refused(path)
    assert refusal.code in codes, str(refusal)
    assert "Traceback" not in str(refusal)


def test_a_declared_size_that_lies_is_no_way_round_the_limits(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    rezip(path, lambda _n, content: content, {"xl/media/zero.bin": b"\0" * 5_000_000})
    content = bytearray(path.read_bytes())
    at = content.rindex(b"xl/media/zero.bin") - 46
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(content)
    assert read_rows(path, XLSX) == [LEDGER_ROW]


def _in_this_process(content: bytes) -> list[list[str | None]]:
    batches = [batch for _, batch in read_xlsx(io.BytesIO(content), XLSX, Limits())]
    return [list(row.values()) for batch in batches for row in batch.to_pylist()]


def test_a_flipped_bit_changes_nothing_or_refuses_the_file(tmp_path: Path) -> None:
    path = rezip(workbook(tmp_path / "a.xlsx", ledger), lambda _n, content: content, packing=zipfile.ZIP_STORED)
    good = path.read_bytes()
    rows = _in_this_process(good)
    for at in range(7, len(good), len(good) // 250):
        spoilt = bytearray(good)
        spoilt[at] ^= 1 << at % 8
        try:
            assert _in_this_process(bytes(spoilt)) == rows, at
        except TellInsurer as refusal:
            assert refusal.code in REASONS  # noqa: PT017 - either outcome is right
