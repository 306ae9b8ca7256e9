"""F01: every format in which an insurer may hand in the same rows gives the same rows."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.model import SourceFormat
from tests.connectors.parse.writing import csv_bytes, read_rows, workbook

NAMES = ["保单号", "信用代码", "企业名称", "签单日期", "更新时间", "保费", "备注"]
ROWS = [
    ["000123", "91370100MA3C00001X", "济南安信机械有限公司", "2026-11-20", "2026-11-20T16:30:01", "1200.5", "=1+1"],
    [
        "000124",
        "913702001234567890",
        '青岛"海工"(集团)有限公司;二部',
        "2026-11-19",
        "2026-11-19",
        "85",
        "两行\n备注, 好",
    ],
    ["NA", "91370300MA3C00003Y", "淄博𠂇厂", "2025-12-31", "2025-12-31T23:59:59", "0.01", "@x"],
    ["000126", "91370400MA3C00004Z", "枣庄化工", "2026-02-28", "2026-02-28T08:00:00", "-3", ""],
]
TABLE = [NAMES, *ROWS]


def _csv(**how: Any) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(csv_bytes(TABLE, **how)) and None


def _ledger(path: Path) -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 6, "承保台账")
        date, moment = book.add_format({"num_format": "yyyy/m/d"}), book.add_format({"num_format": "yyyy-m-d h:mm:ss"})
        sheet.write_row(2, 0, NAMES)
        for i, row in enumerate(ROWS, start=3):
            for j in (0, 1, 2, 6):
                sheet.write_string(i, j, row[j])
            sheet.write_datetime(i, 3, dt.datetime.fromisoformat(row[3]), date)
            sheet.write_datetime(i, 4, dt.datetime.fromisoformat(row[4]), moment)
            sheet.write_number(i, 5, float(row[5]))
        hidden = book.add_worksheet("字典")
        hidden.write(0, 0, "代码")
        hidden.hide()

    workbook(path, write)


def _plain(path: Path) -> None:
    def write(_book: Any, sheet: Any) -> None:
        for i, row in enumerate(TABLE):
            for j, value in enumerate(row):
                sheet.write_string(i, j, value)

    workbook(path, write)


def _page(path: Path) -> None:
    items = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
    path.write_text(json.dumps({"data": {"list": items}}, ensure_ascii=False), encoding="utf-8")


FORMATS: dict[str, tuple[SourceFormat, Callable[[Path], None]]] = {
    "utf-8": (SourceFormat("csv"), _csv()),
    "utf-8 with mark": (SourceFormat("csv", encoding="utf-8-sig"), _csv(encoding="utf-8-sig")),
    "utf-8 with mark, declared plain": (SourceFormat("csv"), _csv(encoding="utf-8-sig")),
    "utf-8 with mark, declared gb18030": (SourceFormat("csv", encoding="gb18030"), _csv(encoding="utf-8-sig")),
    "gb18030": (SourceFormat("csv", encoding="gb18030"), _csv(encoding="gb18030")),
    "tab": (SourceFormat("csv", delimiter="\t"), _csv(delimiter="\t")),
    "gb18030 semicolon": (
        SourceFormat("csv", encoding="gb18030", delimiter=";"),
        _csv(encoding="gb18030", delimiter=";"),
    ),
    "unix line ends": (SourceFormat("csv"), _csv(end="\n")),
    "all quoted": (SourceFormat("csv"), _csv(quoting=csv.QUOTE_ALL)),
    "ledger": (SourceFormat("xlsx", header_row=3), _ledger),
    "ledger, header found by its names": (SourceFormat("xlsx"), _ledger),
    "texts in a workbook": (SourceFormat("xlsx"), _plain),
    "json": (SourceFormat("json", items_path="data.list"), _page),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_identical_rows(tmp_path: Path, name: str) -> None:
    source, write = FORMATS[name]
    path = tmp_path / "landed"
    write(path)
    rows = read_rows(path, source, expected=NAMES)
    assert [[row[column] for column in NAMES] for row in rows] == [[cell or None for cell in row] for row in ROWS]
    assert len({row["row_no"] for row in rows}) == len(ROWS)
