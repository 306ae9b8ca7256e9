"""``anze docs``: generate docs/reference, or tell whether it is stale."""

from __future__ import annotations

import filecmp
import pathlib
import tempfile
from typing import Annotated

import typer

from pipeline.cli.output import stdout
from pipeline.settings import ROOT
from schemas.errors import SetupError
from schemas.province import DEFAULT, province

REFERENCE = ROOT / "docs" / "reference"
EXAMPLE = ROOT / "deploy" / "env.example"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(docs)


def docs(
    check: Annotated[bool, typer.Option("--check", help="Only tell whether the pages are stale.")] = False,
    into: Annotated[pathlib.Path | None, typer.Option(help="Folder of the pages; default docs/reference.")] = None,
) -> None:
    """Generate the reference pages from contracts, rules, insurers, indicators and settings, and deploy/env.example."""
    from pipeline.cli import build
    from pipeline.cli.command_page import commands_page
    from pipeline.definitions.reference_of_settings import env_example
    from pipeline.definitions.reference_pages import write

    if into is None and province().folder != DEFAULT:
        raise SetupError("docs/reference is of the shipped province: write the pages of another with --into FOLDER")
    pages = into or REFERENCE
    commands = commands_page(typer.main.get_group(build()))
    if not check:
        write(pages, commands)
        if into is None:
            EXAMPLE.write_text(env_example(), encoding="utf-8")
        stdout.print(f"written: {pages}")
        return
    with tempfile.TemporaryDirectory() as folder:
        write(pathlib.Path(folder), commands)
        stale = _differences(pathlib.Path(folder), pages)
    if into is None and (not EXAMPLE.exists() or EXAMPLE.read_text(encoding="utf-8") != env_example()):
        stale.append(str(EXAMPLE.relative_to(ROOT)))
    if stale:
        stdout.print(f"{pages} is stale, run `make docs`: {', '.join(stale[:5])}")
        raise typer.Exit(1)
    stdout.print(f"{pages} is fresh")


def _differences(fresh: pathlib.Path, kept: pathlib.Path) -> list[str]:
    names = {p.relative_to(root) for root in (fresh, kept) if root.exists() for p in root.rglob("*") if p.is_file()}
    return sorted(str(n) for n in names if not _same(fresh / n, kept / n))


def _same(one: pathlib.Path, other: pathlib.Path) -> bool:
    return one.exists() and other.exists() and filecmp.cmp(one, other, shallow=False)
