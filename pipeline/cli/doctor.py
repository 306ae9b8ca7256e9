"""``anze doctor``: what an installation hangs on, looked at from here; for one machine or many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from pipeline.cli.output import AsJson, green, print_json, print_table, red, stdout, yellow

if TYPE_CHECKING:
    from pipeline.doctor.finding import Finding

SHOWN = {"good": green("正常 good"), "warning": yellow("注意 warning"), "bad": red("故障 bad")}
COLUMNS = ("部件 part", "状态 state", "看到 seen", "处理 what to do")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Look at everything the hub hangs on: database, standbys, landing store, disks, Airflow, broker, workers, certificates, work.

    Changes nothing; a bucket is probed. Each part is given 15 seconds. Exit code 1 if something is bad; a warning is none.
    """
    from pipeline.doctor.examining import examine
    from pipeline.settings import load_settings

    found = examine(load_settings())
    if as_json:
        print_json({"is_good": not _bad(found), "findings": found})
    else:
        print_table(COLUMNS, [(each.part, SHOWN[each.grade], each.seen, each.to_do) for each in found])
        stdout.print(_verdict(found))
    if _bad(found):
        raise typer.Exit(1)


def _bad(found: list[Finding]) -> int:
    return sum(each.grade == "bad" for each in found)


def _verdict(found: list[Finding]) -> str:
    warned = sum(each.grade == "warning" for each in found)
    if not _bad(found) and not warned:
        return "一切正常 all is well"
    return f"故障 bad {_bad(found)}, 注意 warnings {warned}"
