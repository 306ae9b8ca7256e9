"""``anze batch row``: one row as it arrived, where it stands, and what each of its cells became."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import BatchId
from pipeline.cli.output import AsJson, print_json, print_table, stdout

if TYPE_CHECKING:
    from pipeline.judging.places import SourceCell, SourceRow


def row(
    batch_id: BatchId,
    row_no: Annotated[int, typer.Argument(min=1, help="The row's number in the batch.")],
    unmasked: Annotated[bool, typer.Option("--unmasked", help="Show personal and sensitive content, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one row of a batch: its file, sheet and row (or page and item), and every cell beside what it became.

    Exit code 1 when the batch has no such row.
    """
    import dataclasses

    from pipeline.hub import open_hub
    from pipeline.judging.places import read_rows

    found = read_rows(open_hub(), batch_id, [row_no]).get(row_no)
    if found is None:
        stdout.print(f"批次 batch {batch_id} 没有第 {row_no} 行 has no row {row_no}")
        raise typer.Exit(1)
    cells = found.cells if unmasked else tuple(cell.masked() for cell in found.cells)
    if as_json:
        print_json(dataclasses.replace(found, cells=cells))
    else:
        _show(found, cells)


def _show(found: SourceRow, cells: tuple[SourceCell, ...]) -> None:
    stdout.print(
        f"批次 batch {found.batch_id}: {found.insurer_id} {found.record_type}, 行 row {found.row_no}\n"
        f"文件 file {found.file} (sha256 {found.sha256[:12]}), 位置 place {found.place}",
        soft_wrap=True,
    )
    rows = [
        (
            cell.column or "(约定 by definition)", cell.raw, cell.field or "(未映射 not mapped)",
            cell.business_name, cell.value,
        )
        for cell in cells
        if cell.raw is not None or cell.value is not None
    ]  # fmt: skip
    columns = ("来源列 source column", "原文 as it arrived", "字段 field", "名称 name", "转换后 mapped")
    print_table(columns, rows)
    if any(cell.is_hidden and cell.raw is not None for cell in cells):
        stdout.print("*** 个人、敏感或未映射的内容 personal, sensitive or unmapped: --unmasked")
