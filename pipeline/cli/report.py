"""``anze batch report``: all held rows of a batch with all their reasons, one reason a line, for a spreadsheet."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import BatchId
from pipeline.cli.output import stdout
from pipeline.reporting.tables import write_csv_file, write_xlsx_file

if TYPE_CHECKING:
    from warehouse.landing.batches import BatchView

COLUMNS = (
    "行号", "位置", "列号", "列名", "来源列", "主键", "规则", "程度", "发现的内容", "应为", "原因与处理", "文件", "批次", "机构", "数据",
    "发现时间", "解决时间", "解决批次",
)  # fmt: skip
SEVERITIES = {"error": "错误", "warning": "警告"}
SHEET, SHEET_ROWS = "隔离的行", 1_048_575


def report(
    batch_id: BatchId,
    file: Annotated[
        pathlib.Path | None, typer.Argument(help="Where to; default: batch-<id>.xlsx or .csv here.")
    ] = None,
    as_xlsx: Annotated[bool, typer.Option("--xlsx", help="As a workbook (the default).")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, UTF-8 with BOM.")] = False,
) -> None:
    """Write every held row of a batch with every reason, its place, column and value; personal values are left out.

    What speaks of the whole batch comes first, without a row.
    """
    from pipeline import steps
    from warehouse.landing import batches

    if as_xlsx and as_csv:
        raise typer.BadParameter("--xlsx 和 --csv 只能选一个 choose one")
    kind = "csv" if as_csv or (file is not None and not as_xlsx and file.suffix.lower() == ".csv") else "xlsx"
    path = file or pathlib.Path(f"batch-{batch_id}.{kind}")
    engine = steps.open_hub().engine
    view = batches.show_batch(engine, batch_id)
    quarantined = batches.quarantined_rows(engine, batch_id, limit=None)
    rows = [_line(view, reason, reason) for reason in batches.whole_findings(engine, batch_id)]
    rows += [_line(view, vars(row), reason) for row in quarantined for reason in row.reasons]
    _write(path, kind, rows)
    stdout.print(
        f"已生成 written: {path} (隔离 held {len(quarantined)} 行 rows, 共 {len(rows)} 条 lines)", soft_wrap=True
    )


def _write(path: pathlib.Path, kind: str, rows: list[tuple[object, ...]]) -> None:
    try:
        if kind == "csv":
            write_csv_file(path, COLUMNS, rows)
        elif len(rows) > SHEET_ROWS:
            raise typer.BadParameter(f"{len(rows)} 条超过一张工作表 too many for a sheet: --csv")
        else:
            write_xlsx_file(path, SHEET, COLUMNS, rows)
    except FileExistsError:
        raise typer.BadParameter(f"{path} 已存在,请换个文件名 is there already, choose another name") from None


def _line(view: BatchView, quarantined: Mapping[str, object], reason: Mapping[str, object]) -> tuple[object, ...]:
    """One line a reason; the warehouse keeps no value of a personal field, so none is shown."""
    receipt = view.receipt
    files = "; ".join(file.name for file in view.files[:3]) + ("; …" if len(view.files) > 3 else "")
    return (
        quarantined.get("row_no"), reason["where"], reason.get("column_letter"), reason["field_name"],
        reason.get("source_column"), quarantined.get("record_key"), reason["rule_id"],
        SEVERITIES[str(reason.get("severity", "error"))], reason["value"], reason["expected"], reason["message"], files,
        receipt.batch_id, receipt.insurer_id, receipt.record_type, quarantined.get("quarantined_at", quarantined.get("opened_at")),
        quarantined["resolved_at"], quarantined["resolved_by_batch_id"],
    )  # fmt: skip
