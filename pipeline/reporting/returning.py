"""A delivery given back to its sender with its problems, whatever kind of file it was."""

from __future__ import annotations

import pathlib

from connectors.model import InsurerDefinition, SourceFormat
from connectors.template import reading
from pipeline.reporting.marking import Returned
from pipeline.reporting.problems import Report
from pipeline.reporting.returned_csv import return_csv
from pipeline.reporting.returned_workbook import list_alone, return_workbook
from pipeline.reporting.tables import Target, opened
from schemas.contract import load_contract
from schemas.errors import TellInsurer


def how_read(definition: InsurerDefinition, record_type: str, channel: str, path: pathlib.Path) -> SourceFormat | None:
    """How a delivered file is read; None where the definition does not take what it is."""
    try:
        return reading(definition, load_contract(record_type), channel, [path]).source
    except TellInsurer:
        return None


def return_delivery(
    original: pathlib.Path, source: SourceFormat | None, report: Report, target: Target, *, file_no: int = 1
) -> Returned:
    """Write one file (from 1) of a batch as a workbook with its problems. Raises FileExistsError for a path that is taken.

    A workbook comes back as it was with marks, rows of a text file as a workbook; of all else only the list is written.
    """
    if source is not None and source.kind == "xlsx":
        return return_workbook(original, report, target, file_no=file_no)
    if source is not None and source.kind == "csv":
        return return_csv(original, source, report, target, file_no=file_no)
    with opened(target) as file:
        reason = "接口数据没有表格文件" if source is not None else "原文件不是约定的格式"
        return list_alone(report.batch_id, report.of_file(file_no), file, [reason])
