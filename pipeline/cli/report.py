"""``anze batch report``: all held rows of a batch with all their reasons, or the sender's own workbook with its errors marked."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import BatchId
from pipeline.cli.output import stdout

if TYPE_CHECKING:
    from pipeline.hub import Hub
    from pipeline.reporting.error_report import Kind
    from pipeline.reporting.problems import Problem, Report
    from warehouse.landing.batches import BatchView


def report(
    batch_id: BatchId,
    file: Annotated[
        pathlib.Path | None, typer.Argument(help="Where to; default: batch-<id>.xlsx, .csv or .json here.")
    ] = None,
    as_xlsx: Annotated[bool, typer.Option("--xlsx", help="As a workbook (the default).")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, UTF-8 with BOM.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    annotated: Annotated[
        bool,
        typer.Option(
            "--annotated", help="The delivered file itself as a workbook, wrong cells coloured and commented."
        ),
    ] = False,
    part: Annotated[int, typer.Option(min=1, help="With --annotated: which file of the batch.")] = 1,
) -> None:
    """Write every held row of a batch with every reason, its place, column and value; personal values are left out.

    What speaks of the whole batch comes first, without a row. With --annotated the delivery comes back with all errors and
    warnings at their cells and listed on a sheet of their own; corrected there, it can be sent again as it is.
    """
    from pipeline.hub import open_hub

    if sum((as_xlsx, as_csv, as_json, annotated)) > 1:
        raise typer.BadParameter("--xlsx、--csv、--json、--annotated 只能选一个 choose one")
    hub = open_hub()
    try:
        if annotated:
            _return(hub, batch_id, file, part)
        else:
            _list(hub, batch_id, file, "csv" if as_csv else "json" if as_json else "xlsx" if as_xlsx else _kind(file))
    except FileExistsError as error:
        raise typer.BadParameter(
            f"{error.filename} 已存在,请换个文件名 is there already, choose another name"
        ) from None


def _kind(file: pathlib.Path | None) -> Kind:
    suffix = "" if file is None else file.suffix.lower()
    return "csv" if suffix == ".csv" else "json" if suffix == ".json" else "xlsx"


def _list(hub: Hub, batch_id: int, file: pathlib.Path | None, kind: Kind) -> None:
    from pipeline.reporting.error_report import write_report
    from pipeline.reporting.problems import Problem
    from warehouse.landing import batches

    view = batches.show_batch(hub.engine, batch_id)
    held = batches.quarantined_rows(hub.engine, batch_id, limit=None)
    whole = [Problem.of(reason) for reason in batches.whole_findings(hub.engine, batch_id)]
    rows = [Problem.of({**vars(row), **reason}) for row in held for reason in row.reasons]
    path = file or pathlib.Path(f"batch-{batch_id}.{kind}")
    told = write_report(_report(view, [*whole, *rows]), path, kind)
    cut = f",列出 listed {told.shown}" if told.shown < told.total else ""
    stdout.print(
        f"已生成 written: {path} (隔离 held {len(held)} 行 rows, 共 {told.total} 条 lines{cut})", soft_wrap=True
    )


def _return(hub: Hub, batch_id: int, file: pathlib.Path | None, part: int) -> None:
    from pipeline.reporting.problems import problems_of
    from pipeline.reporting.returning import how_read, return_delivery
    from warehouse.landing import batches, receipts

    view = batches.show_batch(hub.engine, batch_id)
    got = view.receipt
    if part > len(view.files):
        raise typer.BadParameter(f"批次 {batch_id} 只有 {len(view.files)} 个文件 has only so many files")
    definition = hub.insurers.get(got.insurer_id)
    path = file or pathlib.Path(f"batch-{batch_id}-批注.xlsx")
    told = _report(view, problems_of(batches.every_finding(hub.engine, batch_id)))
    with receipts.lent(hub.engine, hub.store, batch_id) as parts:
        original = parts[part - 1].path
        source = how_read(definition, got.record_type, got.channel, original) if definition else None
        returned = return_delivery(original, source, told, path, file_no=part)
    stdout.print(f"已生成 written: {path}", soft_wrap=True)
    for note in returned.notes:
        stdout.print(note, soft_wrap=True)


def _report(view: BatchView, problems: list[Problem]) -> Report:
    from pipeline.reporting.problems import Report

    got = view.receipt
    return Report(got.batch_id, got.insurer_id, got.record_type, tuple(f.name for f in view.files), problems)
