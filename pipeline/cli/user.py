"""``anze user add | list | disable | password``: logins of persons, and what each may see."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import OnlyInsurer
from pipeline.cli.output import AsJson, print_json, print_table, stderr, stdout

if TYPE_CHECKING:
    import datetime as dt

    import sqlalchemy as sa

user = typer.Typer(help="Accounts 账号 of persons: what each may see.", no_args_is_help=True)
COLUMNS = ("账号 account", "类别 kind", "地区 regions", "行业 sectors", "机构 insurer", "个人信息 personal", "起 from", "止 until", "授权人 granted by", "依据 source")  # fmt: skip

Name = Annotated[str, typer.Argument(help="The login: 3 to 40 of a-z, 0-9 and _.")]
Ask = Annotated[
    bool, typer.Option("--ask", help="Ask for the password (or read its line from standard input); else one is made.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(user, name="user")


@user.command()
def add(
    name: Name,
    kind: Annotated[
        str,
        typer.Option(
            help="province, city, county, industry, finance, analyst, insurer_reader, insurer_submitter, engineer or auditor."
        ),
    ],
    region: Annotated[
        list[str] | None, typer.Option(help="Region code, several times; default: the whole province.")
    ] = None,
    domain: Annotated[
        list[str] | None, typer.Option(help="High-risk domain code, several times; default: all sectors.")
    ] = None,
    insurer: OnlyInsurer = None,
    personal: Annotated[
        bool, typer.Option("--personal", help="Show names, phones and texts about persons; never to some kinds.")
    ] = False,
    source: Annotated[str, typer.Option(help="By what it is granted, such as the letter's number.")] = "",
    by: Annotated[str, typer.Option(help="Who grants it; default: who runs this.")] = "",
    ask: Ask = False,
) -> None:
    """Create an account that reads schema report with psql or a BI tool. Its password is shown once.

    Uses the login of ANZE_TWIN_DATABASE_URL (var/admin.env), which must be a superuser's here.
    """
    from connectors.files import REGULATOR
    from warehouse.database import accounts

    if insurer == REGULATOR:
        raise typer.BadParameter(f"{insurer} 不是保险机构 is no insurer")
    account = accounts.Account(
        name,
        kind,
        region_codes=tuple(region or accounts.EVERYTHING),
        domain_codes=tuple(domain or accounts.EVERYTHING),
        insurer_id=insurer or "*",
        sees_personal=personal,
        granted_by=by or getpass.getuser(),
        source=source,
    )
    engine = _administering()
    _show_once(engine, name, accounts.add(engine, account, _asked(ask)), is_asked=ask)


@user.command("list")
def list_all(
    everything: Annotated[bool, typer.Option("--all", help="Rights that ended too.")] = False, as_json: AsJson = False
) -> None:
    """List accounts and what each may see."""
    from warehouse.database import accounts

    found = [right for right in accounts.listed(_administering()) if everything or right.valid_to is None]
    if as_json:
        print_json(found)
        return
    rows = [
        (
            r.role_name, r.kind, " ".join(r.region_codes), " ".join(r.domain_codes), r.insurer_id, "可看 shown" if r.sees_personal else "", _day(r.valid_from),
            _day(r.valid_to), r.granted_by, r.source,
        )
        for r in found
    ]  # fmt: skip
    print_table(COLUMNS, rows)


@user.command()
def disable(name: Name) -> None:
    """End an account's right, its login and its sessions at once. Nothing is deleted; `anze user add` opens it again."""
    from warehouse.database import accounts

    ended = accounts.disable(_administering(), name)
    stdout.print(f"{name}: 已停用 disabled; 断开会话 sessions ended: {ended}")


@user.command()
def password(name: Name, ask: Ask = False) -> None:
    """Give an account another password, shown once."""
    from warehouse.database import accounts

    engine = _administering()
    _show_once(engine, name, accounts.set_password(engine, name, _asked(ask)), is_asked=ask)


def _administering() -> sa.Engine:
    """The database, opened by the login that administers it; its schema must be the present one."""
    from pipeline.settings import load_settings
    from warehouse.database.engine import connect
    from warehouse.database.schema_version import require_current

    settings = load_settings()
    engine = connect(settings.twin_database_url or settings.database_url)
    require_current(engine)
    return engine


def _asked(ask: bool) -> str | None:
    """The password that a person types, twice, or a script writes as one line; None where one is to be made."""
    if not ask:
        return None
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    given: str = typer.prompt("密码 password", hide_input=True, confirmation_prompt=True)
    return given


def _show_once(engine: sa.Engine, name: str, secret: str, *, is_asked: bool) -> None:
    url = engine.url
    stdout.print(f"psql -h {url.host} -p {url.port or 5432} -U {name} {url.database}", soft_wrap=True)
    if is_asked:
        stdout.print("密码已设定 password set")
        return
    stdout.print(f"密码 password: {secret}", soft_wrap=True)
    stderr.print("只显示这一次 shown only now; 本平台不保存 the hub keeps none: anze user password", soft_wrap=True)


def _day(moment: dt.datetime | None) -> str:
    from schemas.time_zone import SHANGHAI

    return "" if moment is None else f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
