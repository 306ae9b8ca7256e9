"""The command line ``anze``: everything that a DAG does, by hand, and everything that a person asks.

Exit codes: 0 done; 1 the answer is no (refused, quarantined, out of balance); 2 wrong usage; 3 try again later;
4 a person must act first (definition, credentials, installation); 130 interrupted.
"""

from __future__ import annotations

import importlib
import sys
from errno import EACCES, EDQUOT, ENOENT, ENOSPC, ENOTDIR, EPERM, EROFS
from typing import Annotated

import typer
from typer.exceptions import TyperException

from pipeline import logs
from pipeline.cli.output import red, stderr, stdout
from pipeline.cli.usage import exit_code, told
from pipeline.settings import adopt_province, environment
from schemas.errors import HubError, TellInsurer

INTERRUPTED = 130
#: What a folder or disk may refuse: full, read-only, another user's, not there.
DISK_FAULTS = (ENOSPC, EDQUOT, EROFS, EACCES, EPERM, ENOENT, ENOTDIR)
#: What each module adds to the command line.
COMMANDS = {
    "services": ("up", "down", "migrate", "status", "demo", "airflow"),
    "flow": ("collect", "submit", "load", "intake", "publish", "verify"), "template": ("template",),
    "feed": ("feed",), "batch": ("batch",), "record": ("record",), "backfill": ("backfill",), "replay": ("replay",),
    "indicator": ("indicator",), "as_of": ("as-of",), "obligations": ("obligations",),
    "definitions": ("insurer", "rules"), "calendar": ("calendar",), "expected": ("expected",),
    "extension": ("extension",), "freshness": ("freshness",), "alerts": ("alerts",), "docs": ("docs",),
    "province": ("province",), "record_type": ("record-type",), "user": ("user",), "audit": ("audit",),
    "ledger": ("ledger",), "landing": ("landing",), "export": ("export",), "backup": ("backup",), "doctor": ("doctor",), "publication": ("publication",),
}  # fmt: skip


def _version(asked: bool) -> None:
    if asked:
        from warehouse.database.release import own
        from warehouse.database.schema_version import newest

        stdout.print(f"anze-hub {own()}, schema {newest()}")
        raise typer.Exit


def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the release and its schema.")
    ] = False,
) -> None:
    """Stand above all commands."""


def build(word: str | None = None) -> typer.Typer:
    """The command line: of a command's first word, what its module adds; else the whole, which takes long to build."""
    app = typer.Typer(name="anze", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
    app.callback(help=__doc__)(root)
    for module in [module for module, words in COMMANDS.items() if word in words] or COMMANDS:
        importlib.import_module(f"pipeline.cli.{module}").register(app)
    return app


def main() -> None:
    """Entry point: run a command, turn wrong usage and faults into one clear line and an exit code."""
    try:
        adopt_province()
        logs.configure(environment())
        code = build(*sys.argv[1:2])(prog_name="anze", standalone_mode=False)
    except TyperException as error:
        _say("用法错误 wrong usage", told(error))
        sys.exit(2)
    except HubError as error:
        _say(type(error).__name__, _words(error))
        sys.exit(exit_code(error))
    except OSError as error:
        if error.errno not in DISK_FAULTS:
            raise
        place = f"{error.filename}: " if error.filename else ""
        _say("SetupError", f"{place}{error.strerror}")
        sys.exit(4)
    if code == INTERRUPTED:
        stderr.print("已中断 interrupted: what was begun is undone or goes on when run again", soft_wrap=True)
    sys.exit(code)


def _say(kind: str, what: str) -> None:
    if what:
        stderr.print(red(kind), what, sep=": ", soft_wrap=True)


def _words(error: HubError) -> str:
    """What a person reads of a fault; of a refused file, what the catalogue of rules says."""
    if not isinstance(error, TellInsurer):
        return str(error)
    from quality.catalogue import find_rules  # heavy, and most commands need no rules
    from quality.messages import refusals

    rules = find_rules()
    if rules.is_broken("*"):
        return str(error)
    return "\n".join(finding.message for finding in refusals(rules.words, error))
