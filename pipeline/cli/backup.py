"""``anze backup note``: what pgBackRest has, told to the hub, so that ``/metrics`` knows how old the newest backup is."""

from __future__ import annotations

import sys

import typer

from pipeline.cli.output import AsJson, print_json, red, stdout

backup = typer.Typer(help="Backups 备份 of the database, as pgBackRest tells them.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(backup, name="backup")


@backup.callback()
def _group() -> None:
    """Keep the group a group while it has one command."""


@backup.command()
def note(as_json: AsJson = False) -> None:
    """Keep the backups that pgBackRest lists: `pgbackrest --stanza=anze info --output=json | anze backup note`.

    Backups that it calls damaged do not count. Safe to run again. Exit code 1 if there is none.
    """
    from pipeline import steps
    from warehouse.landing import backups

    found = backups.read(sys.stdin.buffer.read())
    hub = steps.open_hub()
    new = backups.keep(hub.engine, found)
    if as_json:
        print_json({"new": new, "backups": found})
    elif found:
        newest = found[-1]
        stdout.print(f"新记录 new: {new}; 最近 newest: {newest.label}, {newest.stopped_at:%Y-%m-%d %H:%M:%S} UTC")
    else:
        stdout.print(red("没有完好的备份 there is no whole backup"))
    if not found:
        raise typer.Exit(1)
