"""``anze province``: the folder that says which province this hub serves, and how."""

from __future__ import annotations

import pathlib
import shlex
from typing import Annotated

import typer

from pipeline.cli.output import stdout

province = typer.Typer(help="The province 省 that this hub serves: a folder.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(province, name="province")


@province.callback()
def _group() -> None:
    """Keep ``new`` a command of its own while it is the only one."""


@province.command()
def new(
    path: Annotated[pathlib.Path, typer.Argument(help="The folder to write; it must not exist.")],
    code: Annotated[str, typer.Option(help="Its code of GB/T 2260, like 410000.")],
    name: Annotated[str, typer.Option(help="What the platform is called.")] = "",
) -> None:
    """Write the folder of a province without insurers, which starts, and say what comes next."""
    from pipeline.definitions.new_province import write

    folder = write(path.resolve(), code, name or None)
    stdout.print(f"已建立 written: {folder}", soft_wrap=True)
    stdout.print(
        f"下一步 next: export ANZE_PROVINCE={shlex.quote(str(folder))}; anze up; anze insurer new", soft_wrap=True
    )
