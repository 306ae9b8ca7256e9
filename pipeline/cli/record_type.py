"""``anze record-type``: a new kind of record, from its contract to its tables."""

from __future__ import annotations

import pathlib
from typing import Annotated, Literal

import typer

from pipeline.cli.output import stdout
from pipeline.settings import ROOT

record_type = typer.Typer(help="Record types 数据类型.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Lower-case name: of the contract, the table and the files.")]


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(record_type, name="record-type")


@record_type.command("new")
def new(
    name: Name,
    business_name: Annotated[str, typer.Option("--name", help="Chinese name.")],
    family: Annotated[
        Literal["policy", "claim", "service"], typer.Option(help="Which of the nightly tasks brings it.")
    ],
    key: Annotated[list[str], typer.Option(help="A field of the natural key within one insurer; may be repeated.")],
    event: Annotated[str, typer.Option(help="The field of the moment that its deadline counts from.")] = "occurred_at",
) -> None:
    """Write the contract, the file of rules and the migration of a new record type, and say what is left to do."""
    from pipeline.definitions.new_record_type import LEFT_TO_DO, RecordType, write

    _show(write(ROOT, RecordType(name, business_name, family, tuple(key), event)))
    stdout.print(LEFT_TO_DO.format(name=name))


@record_type.command("migration")
def migration(name: Name) -> None:
    """Write the migration of a record type again from its contract, as long as no later one stands on it."""
    from pipeline.definitions.new_record_type import write_migration

    _show(write_migration(ROOT, name))


def _show(written: list[pathlib.Path]) -> None:
    for path in written:
        stdout.print(f"已写入 written: {path.relative_to(ROOT)}")
