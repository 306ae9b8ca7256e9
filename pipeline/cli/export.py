"""``anze export contributions``: a publication as files, for those above the province."""

from __future__ import annotations

import pathlib
from typing import Annotated

import typer

from pipeline.cli.output import AsJson, dim, fields_of, print_json, print_table, stdout, yellow

exporting = typer.Typer(help="Files for others 导出.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(exporting, name="export")


@exporting.callback()
def _group() -> None:
    """Keep the group a group while it has one command."""


@exporting.command()
def contributions(
    publication: Annotated[
        str, typer.Argument(help="A publication's id, `latest`, a frozen month 2026-10, or a revision of it 2026-10@1.")
    ],
    folder: Annotated[pathlib.Path, typer.Argument(help="A new folder.")],
    as_json: AsJson = False,
) -> None:
    """Write a publication's figures, and the contributions that give them, as Parquet with a manifest.

    Each figure is computed again first. Exit code 1 if an indicator has figures only, because its definition is another today.
    """
    from pipeline.hub import open_hub
    from warehouse.database.engine import database_errors
    from warehouse.publishing.export import Export
    from warehouse.publishing.frozen import resolve_publication

    with database_errors("exporting a publication"), open_hub().engine.begin() as connection:
        try:
            chosen = resolve_publication(connection, publication)
        except LookupError as error:
            raise typer.BadParameter(str(error)) from error
        export = Export(connection, chosen, folder)
        export.run()
    if as_json:
        print_json({"folder": str(folder), "files": [fields_of(f) for f in export.files], "left_out": export.left_out})
    else:
        print_table(
            ("文件 file", "行 rows", "字节 bytes"),
            [(file.path, f"{file.row_count:,}", f"{file.byte_count:,}") for file in export.files],
            right=(1, 2),
        )
        for indicator, reason in export.left_out.items():
            stdout.print(yellow("只有指标值 figures only"), f"{indicator}: {reason}", sep=": ", soft_wrap=True)
        stdout.print(dim(f"{folder}: 各值已重算相符 every figure was computed again and agrees"), soft_wrap=True)
    if export.left_out:
        raise typer.Exit(1)
