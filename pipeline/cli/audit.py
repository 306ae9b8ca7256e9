"""``anze audit ship | list``: who did or asked what, SQL of readers included."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.moments import moment
from pipeline.cli.output import AsJson, print_json, print_table, stderr, stdout
from pipeline.cli.token import administering
from schemas.time_zone import SHANGHAI

if TYPE_CHECKING:
    from warehouse.database.audit import AuditEvent

audit = typer.Typer(help="Audit 审计: who did or asked what.", no_args_is_help=True)
COLUMNS = ("时间 time", "账号 account", "类别 kind", "对象 object", "条件 filter", "行数 rows", "来源 from", "途径 via")
#: Of a filter, on a screen; --json tells it whole.
SHOWN_LETTERS = 80
MOST = 200


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(audit, name="audit")


@audit.command()
def ship() -> None:
    """Move what readers asked with psql and BI tools from the server's log into the audit; the `intake` DAG does, too."""
    from schemas.errors import SetupError
    from warehouse.database import server_log

    shipped = server_log.ship(administering())
    if not shipped.has_log:
        raise SetupError(str(shipped))
    stdout.print(str(shipped))


@audit.command("list")
def list_all(
    login: Annotated[str | None, typer.Option(help="Only this account's.")] = None,
    since: Annotated[
        str | None, typer.Option(help="A day or moment, 2026-11-02T08:00 (Asia/Shanghai); default: all.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="sign_in, read, export, write, account, query, ...")] = None,
    most: Annotated[int, typer.Option(help="At most so many, the newest.", min=1)] = MOST,
    as_json: AsJson = False,
) -> None:
    """List what was done and asked, the newest first. Identifiers are kept as digests: report.audit_digest compares."""
    from warehouse.database.audit import Wanted, events

    begin = None if since is None else moment(since if "T" in since else f"{since}T00:00", dt.datetime.now(dt.UTC))
    found, total = events(administering(), Wanted(login, begin, kind, most))
    if as_json:
        print_json(found)
    else:
        print_table(COLUMNS, [_row(event) for event in found])
    if total > len(found):
        stderr.print(f"{len(found)} / {total}: --most {total}")


def _row(event: AuditEvent) -> tuple[object, ...]:
    told = str(event.filter.get("sql") or (json.dumps(event.filter, ensure_ascii=False) if event.filter else ""))
    shown = told if len(told) <= SHOWN_LETTERS else f"{told[:SHOWN_LETTERS]}… ({len(told)})"
    at = f"{event.happened_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return at, event.role_name, event.kind, event.target, shown, event.row_count, event.client, event.via
