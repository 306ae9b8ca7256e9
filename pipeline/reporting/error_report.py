"""The report of a batch's errors as XLSX, CSV or JSON: one reason a line, nothing cut without saying so."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Literal, get_args

from pipeline.reporting.problems import SEVERITIES, Problem, Report
from pipeline.reporting.tables import Target, opened, text_of, write_csv_file, write_xlsx_sheets

Kind = Literal["xlsx", "csv", "json"]
KINDS: tuple[str, ...] = get_args(Kind)
SHEET, SUMMARY = "隔离的行", "说明"
SHEET_ROWS = 1_048_575
COLUMNS = (
    "行号", "位置", "列号", "列名", "来源列", "主键", "规则", "程度", "发现的内容", "应为", "原因与处理", "文件", "批次", "机构", "数据",
    "发现时间", "解决时间", "解决批次", "工作表", "差额",
)  # fmt: skip
_KEYS = (
    "row", "where", "column_letter", "field_name", "source_column", "record_key", "rule_id", "severity", "value", "expected",
    "message", "file", "batch_id", "insurer_id", "record_type", "found_at", "resolved_at", "resolved_by_batch_id", "sheet",
    "difference",
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """How many problems there are, and how many of them a file lists."""

    total: int
    shown: int


def write_report(report: Report, target: Target, kind: Kind) -> Shown:
    """Write the report; a workbook that cannot hold all says so on its second sheet. Raises FileExistsError for a path."""
    total = len(report.problems)
    if kind == "json":
        _write_json(report, target)
        return Shown(total, total)
    extras = _extras(report)
    columns = (*COLUMNS, *(f"原列:{name}" for name in extras))
    if kind == "csv":
        write_csv_file(target, columns, (_line(report, each, extras) for each in report.problems))
        return Shown(total, total)
    rows = [_line(report, each, extras) for each in report.problems[:SHEET_ROWS]]
    summary: list[tuple[str, object]] = [("批次", report.batch_id), ("问题总数", total), ("本表列出", len(rows))]
    if len(rows) < total:
        summary.append(("其余", f"{total - len(rows)} 条放不下一张工作表,完整清单见 CSV 或 JSON"))
    write_xlsx_sheets(target, {SHEET: (columns, rows), SUMMARY: (("项目", "内容"), summary)})
    return Shown(total, len(rows))


def _extras(report: Report) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in report.problems if each.extra for name in each.extra))


def _line(report: Report, problem: Problem, extras: tuple[str, ...] = ()) -> tuple[object, ...]:
    """One line a reason; the warehouse keeps no value of a personal field, so none is shown."""
    parts, own = problem.parts, problem.extra or {}
    return (
        problem.sheet_row, problem.where or None, problem.column_letter, problem.field_name, problem.source_column,
        problem.record_key, problem.rule_id, SEVERITIES[problem.severity], problem.value, problem.expected, problem.message,
        report.file_of(problem), report.batch_id, report.insurer_id, problem.record_type or report.record_type,
        problem.found_at, problem.resolved_at, problem.resolved_by_batch_id, parts.sheet, problem.difference,
        *(own.get(name) for name in extras),
    )  # fmt: skip


def _write_json(report: Report, target: Target) -> None:
    """One object: batch, total, shown, and a problem a line, so that a program may read it piece by piece."""
    total = len(report.problems)
    head = {"batch_id": report.batch_id, "insurer_id": report.insurer_id, "record_type": report.record_type,
            "files": report.files, "total": total, "shown": total}  # fmt: skip
    with opened(target) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        text.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "problems": [')
        for n, problem in enumerate(report.problems):
            text.write(",\n" if n else "\n")
            text.write(json.dumps(_object(report, problem), ensure_ascii=False, default=_plain))
        text.write("\n]}\n")
        text.flush()
        text.detach()


def _object(report: Report, problem: Problem) -> dict[str, object]:
    line = dict(zip(_KEYS, _line(report, problem), strict=True))
    return {**line, "severity": problem.severity, "extra": dict(problem.extra or {})}


def _plain(value: object) -> object:
    return str(text_of(value))
