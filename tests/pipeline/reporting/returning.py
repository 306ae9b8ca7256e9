"""Returned workbooks, and what a person sees in them."""

from __future__ import annotations

import pathlib
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import load_workbook

from connectors.model import SourceFormat
from pipeline.reporting.problems import Problem, Report
from pipeline.reporting.returned_workbook import return_workbook
from pipeline.reporting.styles import COLOURS
from tests.connectors.parse.spreadsheets import Table, Written

XLSX = SourceFormat("xlsx")
RED, YELLOW = COLOURS["error"], COLOURS["warning"]
HEADS = ["保单号", "签单日期", "保费", "人数"]


def problem(
    row: int, letter: str | None, *, severity: str = "error", sheet: str = "台账", text: str = "有误"
) -> Problem:
    return Problem(
        "FLD-001",
        f"{text}。请更正。",
        severity,
        row,
        f"{sheet}!{row}",
        "policy",
        column_letter=letter,
        source_column=letter,
    )


def report(problems: Sequence[Problem]) -> Report:
    return Report(7, "tianji", "policy", ("o.xlsx",), problems)


def returned(original: pathlib.Path, problems: Sequence[Problem], name: str = "returned.xlsx") -> pathlib.Path:
    target = original.with_name(name)
    return_workbook(original, report(problems), target)
    return target


def marked(path: pathlib.Path, sheet: str = "台账") -> dict[str, str]:
    """Coloured cells of a sheet by openpyxl, and their colour."""
    cells = [cell for row in load_workbook(path)[sheet].iter_rows() for cell in row]
    return {cell.coordinate: cell.fill.fgColor.rgb for cell in cells if cell.fill.fgColor.rgb in (RED, YELLOW)}


def comments(path: pathlib.Path, sheet: str = "台账") -> dict[str, str]:
    cells = [cell for row in load_workbook(path)[sheet].iter_rows() for cell in row]
    return {cell.coordinate: cell.comment.text for cell in cells if cell.comment}


def listed(path: pathlib.Path) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(path)["问题清单"].iter_rows()]


def parts(path: pathlib.Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


TABLE: Table = [
    (0, {n: Written(name) for n, name in enumerate(HEADS)}),
    (1, {0: Written("P001"), 1: Written("46000", "n", "yyyy-mm-dd"), 2: Written("1.5", "n"), 3: Written("3", "n")}),
    (3, {0: Written("_x0041_"), 2: Written("2.5", "n", "0.00")}),
]
