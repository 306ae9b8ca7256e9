"""The Excel template of a record type: Chinese headers, text cells, drop-downs for codes, a sheet of notes."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections import Counter
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Format, Workbook
from xlsxwriter.worksheet import Worksheet

from schemas.code_lists import CodeList, load_code_list
from schemas.contract import Contract
from schemas.generate import CLASSIFICATION_NAMES, KIND_NAMES, check_chinese, requirement_chinese

#: Rows below the header that carry text format and drop-downs.
ROWS = 20_000

NOTES_SHEET = "填写说明"
CODES_SHEET = "代码表"

#: The workbook names a fixed day of creation, so that the same contract gives the same bytes.
_CREATED = dt.datetime(2026, 1, 1)  # noqa: DTZ001  # xlsxwriter takes naive times only


def write_template(contract: Contract, file: pathlib.Path | BinaryIO) -> None:
    """Write the .xlsx template of ``contract``; the first row of its first sheet is the header, rows follow."""
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"title": contract.business_name, "created": _CREATED})
        records = workbook.add_worksheet(contract.business_name)
        notes, codes = workbook.add_worksheet(NOTES_SHEET), workbook.add_worksheet(CODES_SHEET)
        _write_records(workbook, records, contract)
        _write_notes(workbook, notes, contract)
        sources = _write_codes(workbook, codes, contract)
        _add_drop_downs(records, contract, sources)


def drop_down_values(code_list: CodeList) -> list[str]:
    """What a cell offers: the Chinese label, or the code where two codes share the label."""
    labels = Counter(entry.zh for entry in code_list.entries)
    values = (entry.zh if labels[entry.zh] == 1 else entry.code for entry in code_list.entries)
    return list(dict.fromkeys(values))


def _write_records(workbook: Workbook, sheet: Worksheet, contract: Contract) -> None:
    text = workbook.add_format({"num_format": "@"})
    required, optional = _header(workbook, "#F4B183"), _header(workbook, "#D9E2F3")
    sheet.freeze_panes(1, 0)
    for column, field in enumerate(contract.fields):
        sheet.set_column(column, column, max(12, 2 * len(field.business_name) + 2), text)
        sheet.write_string(0, column, field.business_name, required if field.is_required else optional)


def _header(workbook: Workbook, colour: str) -> Format:
    return workbook.add_format({"bold": True, "bg_color": colour, "border": 1, "num_format": "@"})


def _write_notes(workbook: Workbook, sheet: Worksheet, contract: Contract) -> None:
    bold = workbook.add_format({"bold": True})
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 5, 24)
    sheet.write_row(0, 0, ("列名", "必填", "类型", "代码表", "校验", "密级"), bold)
    for row, field in enumerate(contract.fields, start=1):
        code_list = load_code_list(field.code_list).name if field.code_list else ""
        cells = (requirement_chinese(contract, field), KIND_NAMES[field.kind], code_list, check_chinese(field))
        sheet.write_row(row, 0, (field.business_name, *cells, CLASSIFICATION_NAMES[field.classification]))


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


def _add_drop_downs(sheet: Worksheet, contract: Contract, sources: dict[str, str]) -> None:
    for column, field in enumerate(contract.fields):
        source: str | list[str] | None = ["是", "否"] if field.kind == "boolean" else sources.get(field.code_list or "")
        if source is not None:
            message = {"error_title": "代码有误", "error_message": f"请从列表中选择{field.business_name}"[:255]}
            sheet.data_validation(1, column, ROWS, column, {"validate": "list", "source": source, **message})
