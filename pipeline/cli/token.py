"""``anze user token add | list | revoke``: what an insurer's or a regulator's program signs in with."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.output import AsJson, print_json, print_table, stderr, stdout

if TYPE_CHECKING:
    import datetime as dt

    import sqlalchemy as sa

token = typer.Typer(help="Tokens 令牌 of the API: hashed, scoped, expiring.", no_args_is_help=True)
COLUMNS = ("令牌 token", "账号 account", "用途 for", "范围 scopes", "签发人 by", "起 from", "到期 until", "作废 revoked", "最近使用 used")  # fmt: skip
DAYS = 180


@token.command()
def add(
    account: Annotated[str, typer.Argument(help="The account as which the program acts.")],
    purpose: Annotated[str, typer.Option("--for", help="What it is for, such as the program's name.")],
    scope: Annotated[list[str], typer.Option(help="read or submit, several times.")],
    days: Annotated[int, typer.Option(help="For how many days, 366 at most.")] = DAYS,
    by: Annotated[str, typer.Option(help="Who makes it; default: who runs this.")] = "",
) -> None:
    """Make a token. It is shown once and kept nowhere: the database holds its SHA-256."""
    from warehouse.database.credentials import Issue, issue_token

    issue = Issue(purpose, tuple(scope), days, by or getpass.getuser())
    stdout.print(f"令牌 token: {issue_token(administering(), account, issue)}", soft_wrap=True)
    stderr.print("只显示这一次 shown only now; 用法 use: Authorization: Bearer <token>", soft_wrap=True)


@token.command("list")
def list_all(as_json: AsJson = False) -> None:
    """List tokens, the newest first, ended ones too."""
    from warehouse.database.credentials import tokens

    found = tokens(administering())
    if as_json:
        print_json(found)
        return
    rows = [
        (
            t.token_id, t.role_name, t.name, " ".join(t.scopes), t.created_by, day(t.created_at), day(t.expires_at),
            day(t.revoked_at), day(t.last_used_at),
        )
        for t in found
    ]  # fmt: skip
    print_table(COLUMNS, rows)


@token.command()
def revoke(
    token_id: Annotated[int, typer.Argument(help="Its number, as `anze user token list` shows it.")],
    by: Annotated[str, typer.Option(help="Who does it; default: who runs this.")] = "",
) -> None:
    """End a token at once."""
    from warehouse.database.credentials import revoke_token

    ended = revoke_token(administering(), token_id, by or getpass.getuser())
    stdout.print(f"令牌 token {ended.token_id} ({ended.role_name}, {ended.name}): 已作废 revoked")


def administering() -> sa.Engine:
    """The database, opened by the login that administers accounts; its schema must be the present one."""
    from pipeline.settings import load_settings
    from warehouse.database.engine import connect
    from warehouse.database.schema_version import require_current

    settings = load_settings()
    engine = connect(settings.twin_database_url or settings.database_url)
    require_current(engine)
    return engine


def day(moment: dt.datetime | None) -> str:
    """A moment in Shanghai's time, to the minute; empty for none."""
    from schemas.time_zone import SHANGHAI

    return "" if moment is None else f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
