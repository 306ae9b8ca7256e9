"""``anze record history``: every version of one record, under every number that it has had."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import InsurerId, RecordType
from pipeline.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from warehouse.history.record_history import PastVersion

record = typer.Typer(help="Records 记录 and their versions.", no_args_is_help=True)
COLUMNS = (
    "号 number", "版本 version", "操作 operation", "批次 batch", "文件 file", "行 row", "入库 recorded at",
    "被替换 superseded at", "原因 reason",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(record, name="record")


@record.command("history")
def show_history(
    record_type: RecordType,
    insurer: InsurerId,
    key: Annotated[str, typer.Argument(help="Any number that the record has had.")],
    as_json: AsJson = False,
) -> None:
    """Show all versions of a record, newest first, its numbers before and after a renumbering included."""
    from pipeline.cli.reading import open_to_read
    from warehouse.history.record_history import history

    found = history(open_to_read().engine, record_type, insurer, key)
    if as_json:
        print_json(found)
    else:
        print_table(COLUMNS, map(_row, found), f"{record_type} {insurer} {key}", right=(1, 3, 5))
    if not found:
        raise typer.Exit(1)


def _row(version: PastVersion) -> tuple[object, ...]:
    operation = "撤销 withdrawn" if version.is_withdrawn else version.operation_code
    return (
        version.record_key,
        version.version_id,
        operation,
        version.batch_id,
        version.file,
        version.row_no,
        _moment(version.recorded_at),
        _moment(version.superseded_at) if version.superseded_at else "当前 current",
        version.reason_text,
    )


def _moment(moment: dt.datetime) -> str:
    from schemas.time_zone import SHANGHAI

    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
