"""The Excel template of a record type: Chinese headers, typed cells, drop-downs, notes, declared totals, words on each field.

The first sheet holds the header and nothing else: examples stand on the sheet of notes, where no load looks.
"""

from __future__ import annotations

import datetime as dt
import pathlib
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Format, Workbook
from xlsxwriter.worksheet import Worksheet

from schemas.code_lists import load_code_list
from schemas.contract import Contract, Field, Kind
from schemas.generate import CLASSIFICATION_NAMES, requirement_chinese
from schemas.template_words import allowed, drop_down_values, example, how, kind_name, meaning, note

__all__ = [
    "CODES_SHEET",
    "CONTROL_HEADS",
    "CONTROL_ROWS",
    "CONTROL_SHEET",
    "NOTES_SHEET",
    "control_amounts",
    "control_label",
    "drop_down_values",
    "write_template",
]

#: Rows below the header that carry drop-downs and checks.
ROWS = 20_000

NOTES_SHEET = "填写说明"
CODES_SHEET = "代码表"
CONTROL_SHEET, CONTROL_HEADS, CONTROL_ROWS = "控制总数", ("项目", "填写"), "数据行数"
NOTES = ("列号", "列名", "必填", "含义", "怎样填写", "示例", "可填的值", "类型", "密级")
WIDTHS = (6, 26, 24, 48, 48, 24, 48, 20, 14)

#: How the cells of a kind are typed; all others are text, so that a leading zero stays.
NUMBER_FORMATS: dict[Kind, str] = {
    "date": "yyyy-mm-dd",
    "timestamp": "yyyy-mm-dd hh:mm:ss",
    "amount": "0.00",
    "decimal": "0.00####",
    "ratio": "0.00####",
    "count": "0",
}
FIRST_DAY = dt.date(1990, 1, 1)
#: What Excel checks as it is typed; a person may go on after the warning, since the hub reads more than Excel does.
CHECKS: dict[Kind, dict[str, Any]] = {
    "date": {"validate": "date", "criteria": ">=", "value": FIRST_DAY},
    "timestamp": {"validate": "date", "criteria": ">=", "value": FIRST_DAY},
    "amount": {"validate": "decimal", "criteria": "between", "minimum": -1e13, "maximum": 1e13},
    "decimal": {"validate": "decimal", "criteria": "between", "minimum": -1e13, "maximum": 1e13},
    "ratio": {"validate": "decimal", "criteria": "between", "minimum": -1000, "maximum": 1000},
    "count": {"validate": "integer", "criteria": ">=", "value": 0},
}

#: The workbook names a fixed day of creation, so that the same contract gives the same bytes.
_CREATED = dt.datetime(2026, 1, 1)  # noqa: DTZ001  # xlsxwriter takes naive times only


def write_template(contract: Contract, file: pathlib.Path | BinaryIO) -> None:
    """Write the .xlsx template of ``contract``; the first row of its first sheet is the header, rows follow."""
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"title": contract.business_name, "created": _CREATED})
        records = workbook.add_worksheet(contract.business_name)
        notes, codes = workbook.add_worksheet(NOTES_SHEET), workbook.add_worksheet(CODES_SHEET)
        control = workbook.add_worksheet(CONTROL_SHEET)
        _write_records(workbook, records, contract)
        _write_notes(workbook, notes, contract)
        sources = _write_codes(workbook, codes, contract)
        _write_control(workbook, control, contract)
        for column, field in enumerate(contract.fields):
            _check_cells(records, (column, field), sources)


def control_amounts(contract: Contract) -> list[Field]:
    """Amount fields whose sum may be declared, the main one first: those that every record has, then the others."""
    amounts = [field for field in contract.fields if field.kind == "amount"]
    return sorted(amounts, key=lambda field: not field.is_required)


def control_label(field: Field) -> str:
    """How the control sheet calls the sum of an amount field."""
    return f"{field.business_name}合计(元)"


def _write_records(workbook: Workbook, sheet: Worksheet, contract: Contract) -> None:
    required, optional = _header(workbook, "#F4B183"), _header(workbook, "#D9E2F3")
    formats = {kind: workbook.add_format({"num_format": form}) for kind, form in NUMBER_FORMATS.items()}
    text = workbook.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    for column, field in enumerate(contract.fields):
        width = max(12, 2 * len(field.business_name) + 2, len(NUMBER_FORMATS.get(field.kind, "")) + 2)
        sheet.set_column(column, column, width, formats.get(field.kind, text))
        sheet.write_string(0, column, field.business_name, required if field.is_required else optional)
        sheet.write_comment(0, column, note(contract, field), {"x_scale": 2.4, "y_scale": 1.6, "author": ""})


def _header(workbook: Workbook, colour: str) -> Format:
    return workbook.add_format({"bold": True, "bg_color": colour, "border": 1, "num_format": "@"})


def _write_notes(workbook: Workbook, sheet: Worksheet, contract: Contract) -> None:
    """A line a field; the example of each stands here, and is no row of the table."""
    head = _header(workbook, "#D9E2F3")
    body = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 2)
    for column, (name, width) in enumerate(zip(NOTES, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    for row, field in enumerate(contract.fields, start=1):
        cells = (
            xl_col_to_name(row - 1), field.business_name, requirement_chinese(contract, field), meaning(field),
            how(field), example(field), allowed(field), kind_name(field), CLASSIFICATION_NAMES[field.classification],
        )  # fmt: skip
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, body)


def _write_codes(workbook: Workbook, sheet: Worksheet, contract: Contract) -> dict[str, str]:
    """Each list in a column of its own; returns the range of each list by list code."""
    bold = workbook.add_format({"bold": True})
    sources: dict[str, str] = {}
    for column, list_code in enumerate(dict.fromkeys(f.code_list for f in contract.fields if f.code_list)):
        code_list = load_code_list(list_code)
        values = drop_down_values(code_list)
        sheet.set_column(column, column, 24)
        sheet.write_string(0, column, code_list.name, bold)
        for row, value in enumerate(values, start=1):
            sheet.write_string(row, column, value)
        letter = xl_col_to_name(column)
        sources[list_code] = f"='{CODES_SHEET}'!${letter}$2:${letter}${len(values) + 1}"
    return sources


def _write_control(workbook: Workbook, sheet: Worksheet, contract: Contract) -> None:
    """Labels with an empty cell beside each: who fills one in declares that total, and a difference is told."""
    head = _header(workbook, "#D9E2F3")
    labels = {CONTROL_ROWS: "0", **{control_label(field): "0.00" for field in control_amounts(contract)[:1]}}
    explained = "可不填。填写后,收到的行数或合计与此不符时整批退回,可防漏行、截断和单位填错。"
    sheet.set_column(0, 1, 28)
    sheet.set_column(2, 2, 80)
    for column, text in enumerate((*CONTROL_HEADS, "说明")):
        sheet.write_string(0, column, text, head)
    for row, (label, form) in enumerate(labels.items(), start=1):
        sheet.write_string(row, 0, label)
        sheet.write_blank(row, 1, None, workbook.add_format({"num_format": form, "bg_color": "#FFF2CC", "border": 1}))
        sheet.write_string(row, 2, explained)


def _check_cells(sheet: Worksheet, at: tuple[int, Field], sources: dict[str, str]) -> None:
    """The drop-down or the check of a column's cells, with what to do when it does not fit."""
    column, field = at
    source: str | list[str] | None = ["是", "否"] if field.kind == "boolean" else sources.get(field.code_list or "")
    if source is not None:
        message = {"error_title": "代码有误", "error_message": f"请从列表中选择{field.business_name}"[:255]}
        sheet.data_validation(1, column, ROWS, column, {"validate": "list", "source": source, **message})
    elif field.kind in CHECKS:
        wanted = f"{field.business_name}:{how(field)},例如 {example(field)}"[:255]
        told = {"error_type": "warning", "error_title": "请核对", "error_message": wanted}
        sheet.data_validation(1, column, ROWS, column, {**CHECKS[field.kind], **told})
