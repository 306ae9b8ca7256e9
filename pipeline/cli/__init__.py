"""The command line ``anze``: everything that a DAG does, by hand, and everything that a person asks.

Exit codes: 0 done; 1 the answer is no (refused, quarantined, out of balance); 2 wrong usage; 3 try again later;
4 a person must act first (definition, credentials, installation); 130 interrupted.
"""

from __future__ import annotations

import importlib
import sys
from errno import EACCES, EDQUOT, ENOENT, ENOSPC, ENOTDIR, EPERM, EROFS

import typer
from rich.markup import escape

from pipeline.cli.output import stderr
from schemas.errors import HubError, NotFound, RetryLater, TellInsurer

INTERRUPTED = 130
#: What a folder or disk may refuse: full, read-only, another user's, not there.
DISK_FAULTS = (ENOSPC, EDQUOT, EROFS, EACCES, EPERM, ENOENT, ENOTDIR)
COMMANDS = (
    "services",
    "flow",
    "feed",
    "batch",
    "record",
    "backfill",
    "replay",
    "indicator",
    "as_of",
    "definitions",
    "calendar",
    "docs",
)


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        name="anze", help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
    )
    for module in COMMANDS:
        importlib.import_module(f"pipeline.cli.{module}").register(app)
    return app


def main() -> None:
    """Entry point: run a command, turn program faults into one clear line and an exit code."""
    try:
        build()()
    except HubError as error:
        stderr.print(f"[red]{type(error).__name__}[/red]: {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(exit_code(error))
    except OSError as error:
        if error.errno not in DISK_FAULTS:
            raise
        place = f"{error.filename}: " if error.filename else ""
        stderr.print(f"[red]SetupError[/red]: {escape(place)}{error.strerror}", highlight=False, soft_wrap=True)
        sys.exit(4)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            stderr.print("已中断 interrupted: what was begun is undone or goes on when run again", soft_wrap=True)
        raise


def exit_code(error: HubError) -> int:
    """1 for a refused delivery, 2 for what is not there, 3 for a fault that may pass, 4 for one that a person must mend."""
    if isinstance(error, NotFound):
        return 2
    if isinstance(error, RetryLater):
        return 3
    return 1 if isinstance(error, TellInsurer) else 4
