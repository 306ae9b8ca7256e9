"""``anze template``: the workbook that a clerk fills in, for ``anze submit``."""

from __future__ import annotations

import pathlib
from typing import Annotated

import typer

from pipeline.cli.arguments import RecordType
from pipeline.cli.output import stdout


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(template)


def template(
    record_type: RecordType,
    file: Annotated[pathlib.Path | None, typer.Argument(help="Where to; default: <record type>.xlsx here.")] = None,
) -> None:
    """Write the Excel template of a record type: Chinese headers, text cells, drop-downs for codes, notes on each field."""
    from schemas.contract import load_contract
    from schemas.template import write_template

    path = file or pathlib.Path(f"{record_type}.xlsx")
    try:
        with path.open("xb") as workbook:
            write_template(load_contract(record_type), workbook)
    except FileExistsError:
        raise typer.BadParameter(f"{path} 已存在,请换个文件名 is there already, choose another name") from None
    stdout.print(f"已生成 written: {path}", soft_wrap=True)
