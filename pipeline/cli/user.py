"""``anze user add | list | disable | password | second-factor | totp | token``: accounts, and what each may see."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import OnlyInsurer
from pipeline.cli.output import AsJson, print_json, print_table, stderr, stdout
from pipeline.cli.token import administering, day, token

if TYPE_CHECKING:
    import sqlalchemy as sa

user = typer.Typer(help="Accounts 账号 of persons: what each may see.", no_args_is_help=True)
user.add_typer(token, name="token")
COLUMNS = ("账号 account", "类别 kind", "地区 regions", "行业 sectors", "机构 insurer", "个人信息 personal", "起 from", "止 until", "授权人 granted by", "依据 source")  # fmt: skip

Name = Annotated[str, typer.Argument(help="The login: 3 to 40 of a-z, 0-9 and _.")]
Ask = Annotated[
    bool, typer.Option("--ask", help="Ask for the password (or read its line from standard input); else one is made.")
]

By = Annotated[str, typer.Option(help="Who does it; default: who runs this.")]


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
    by: By = "",
    ask: Ask = False,
) -> None:
    """Create an account that reads schema report at the portal, with psql or a BI tool. Its password is shown once.

    Uses the login of ANZE_TWIN_DATABASE_URL (var/admin.env): a superuser's, or that which migrates; says when a DBA must add its limits.
    """
    from connectors.files import REGULATOR
    from warehouse.database import accounts
    from warehouse.database.dba import left_to_dba

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
    engine = administering()
    _show_once(engine, name, accounts.add(engine, account, _asked(ask)), is_asked=ask)
    if any(each.startswith(f"alter role {name} ") for each in left_to_dba(engine)):
        told = "账号的限制和审计须由 DBA 补上 its limits and audit are a DBA's to set: anze migrate --dba"
        stderr.print(told, soft_wrap=True)


@user.command("list")
def list_all(
    everything: Annotated[bool, typer.Option("--all", help="Rights that ended too.")] = False, as_json: AsJson = False
) -> None:
    """List accounts and what each may see."""
    from warehouse.database import accounts

    found = [right for right in accounts.listed(administering()) if everything or right.valid_to is None]
    if as_json:
        print_json(found)
        return
    rows = [
        (
            r.role_name, r.kind, " ".join(r.region_codes), " ".join(r.domain_codes), r.insurer_id, "可看 shown" if r.sees_personal else "", day(r.valid_from),
            day(r.valid_to), r.granted_by, r.source,
        )
        for r in found
    ]  # fmt: skip
    print_table(COLUMNS, rows)


@user.command()
def disable(name: Name, by: By = "") -> None:
    """End an account's right, login, tokens and sessions at once. The right stays listed; `anze user add` opens it again."""
    from warehouse.database import accounts

    ended = accounts.disable(administering(), name, by or getpass.getuser())
    stdout.print(f"{name}: 已停用 disabled; 断开会话 sessions ended: {ended}")


@user.command()
def password(name: Name, ask: Ask = False, by: By = "") -> None:
    """Give an account another password, shown once. Its sessions at the portal end."""
    from warehouse.database import accounts

    engine = administering()
    _show_once(engine, name, accounts.set_password(engine, name, _asked(ask), by=by or getpass.getuser()), is_asked=ask)


@user.command("second-factor")
def second_factor(
    kind: Annotated[str, typer.Argument(help="A kind of account, as in `anze user add`.")],
    on: Annotated[bool, typer.Option("--on/--off", help="Whether it signs in with a second factor.")] = True,
    by: By = "",
) -> None:
    """Switch the second factor at the portal for a kind of account; each account then needs `anze user totp`."""
    from warehouse.database import credentials

    credentials.require_second_factor(administering(), kind, is_required=on, by=by or getpass.getuser())
    stdout.print(f"{kind}: 二次验证 second factor {'on' if on else 'off'}")


@user.command()
def totp(name: Name, by: By = "") -> None:
    """Give an account a new secret for its second factor, shown once, as a text and as a QR code for the app."""
    import pyotp
    import segno

    from warehouse.database import credentials

    secret = credentials.new_totp_secret(administering(), name, by or getpass.getuser())
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="anze-hub")
    stdout.print(f"密钥 secret: {secret}", soft_wrap=True)
    segno.make(address, error="m").terminal(compact=True)


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
