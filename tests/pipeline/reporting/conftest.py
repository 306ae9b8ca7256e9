"""A workbook as a clerk keeps it."""

from __future__ import annotations

import pathlib

import pytest
import xlsxwriter

from tests.pipeline.reporting.returning import (
    HEADS,
)


@pytest.fixture
def ledger(tmp_path: pathlib.Path) -> pathlib.Path:
    """Fifty rows as a clerk keeps them: a coloured column, a comment, no number of people in row 5."""
    path = tmp_path / "o.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, green = book.add_worksheet("台账"), book.add_format({"bg_color": "#DDFFDD", "num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADS)
        for row in range(1, 51):
            sheet.write_row(row, 0, [f"P{row:03d}", None, row * 1.5, None if row == 4 else 3])
            sheet.write_number(row, 1, 46000 + row, green)
        sheet.write_comment(3, 2, "我的备注")
    return path
