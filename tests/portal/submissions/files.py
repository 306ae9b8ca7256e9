"""Files that somebody sends to do harm, or by mistake."""

from __future__ import annotations

import io
import json
import pathlib
import zipfile

from tests.connectors.parse.test_hostile_xlsx import HOSTILE
from tests.connectors.parse.writing import ledger, workbook

NAUGHTY = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "＝1",
    "<script>",
    "' or 1=1 --",
    "\u202e",
    "\u200b",
    "\x1b[31m",
    "\U0001f4a9",
)
HEADER = "policy_no,insurer_code,operation_code,product_name"


def hostile(folder: pathlib.Path) -> dict[str, tuple[str, bytes]]:
    """Name and content of each, by what is wrong with it."""
    found = {f"xlsx, {what}": ("台账.xlsx", _workbook(folder, what)) for what in list(HOSTILE)[::2]}
    found |= {f"csv, {what}": ("a.csv", content) for what, content in _delimited().items()}
    found |= {f"json, {what}": ("a.json", content) for what, content in _json().items()}
    return found | {
        "a page called csv": ("a.csv", b"<!doctype html><script>alert(1)</script>"),
        "a workbook called csv": ("a.csv", _workbook(folder, None)),
        "a csv called xlsx": ("a.xlsx", f"{HEADER}\nA,B,I,C\n".encode()),
        "a program": ("a.exe", b"MZ" + bytes(3000)),
        "a bomb of zeros": ("a.xlsx", _zip({"xl/workbook.xml": bytes(30 << 20)})),
        "a zip that leaves its folder": ("a.xlsx", _zip({"../../etc/cron.d/x": b"x"})),
        "no name": (".", b"x"),
    }


def _workbook(folder: pathlib.Path, what: str | None) -> bytes:
    path = workbook(folder / "a.xlsx", ledger)
    if what is not None:
        HOSTILE[what][0](path)
    return path.read_bytes()


def _delimited() -> dict[str, bytes]:
    text = f"{HEADER}\n"
    return {
        "nothing": b"", "a header only": text.encode(), "one very long line": b"a" * (5 << 20),
        "an endless quote": text.encode() + b'"' + b"a,b\n" * 50_000, "20,000 columns": b",".join(b"c%d" % n for n in range(20_000)),
        "two encodings": text.encode() + "保单,机构,I,产品\n".encode() + "保单,机构,I,产品\n".encode("gb18030"),
        "UTF-16": f"{text}保,B,I,C\n".encode("utf-16"), "NUL": f"{text}A\0,B,I,C\n".encode(), "UTF-7": b"+/v8-" + text.encode(),
        "naughty strings": (text + "".join(f'P{n},X,I,"{t}"\n' for n, t in enumerate(NAUGHTY))).encode(),
        "a character over a block's end": text.encode() + ("保" * 30_000 + ",B,I,C\n").encode()[:-7] + b"\xe4\xbf",
        "a million commas": b"," * 1_000_000, "only line ends": b"\r\n" * 100_000, "ragged rows": f"{text}A\nB,C,D,E,F,G\n".encode(),
    }  # fmt: skip


def _json() -> dict[str, bytes]:
    return {
        "too deep": b"[" * 200_000, "NaN": b'[{"policy_no": NaN}]', "lone surrogate": b'[{"policy_no": "\\ud800"}]',
        "a key twice": b'[{"policy_no": "A", "policy_no": "B"}]', "a vast number": b'[{"insured_person_count": 1e999999}]',
        "NUL": b'[{"policy_no": "\\u0000"}]', "cut off": b'[{"policy_no": "A"', "no list": b'"a"', "numbers": b"[1, 2, null]",
        "a long number": b"[" + b"9" * 100_000 + b"]", "nested": json.dumps([{"policy_no": {"a": [1]}}]).encode(),
        "not UTF-8": '[{"policy_no": "保"}]'.encode("gb18030"),
    }  # fmt: skip


def _zip(entries: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return written.getvalue()
