"""Logins of persons: roles of PostgreSQL that read, and the rows of ``access.entitlement`` that say what they see.

    password = add(engine, Account("li_wei", "city", region_codes=("370100",), granted_by="...", source="..."))

A login reaches the same rows with psql, a BI tool or the portal. Passwords reach the server as SCRAM verifiers only.
Who administers is a superuser or a login that migrates: where that may not cap temporary files or log statements,
``warehouse.database.dba`` says what a DBA adds.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import asdict, dataclass

import psycopg2.extensions
import sqlalchemy as sa
from psycopg2 import sql

from schemas.errors import SetupError
from warehouse.database import access, credentials
from warehouse.database.engine import database_errors, driver
from warehouse.database.statements import statement

CONNECTIONS = 5
PASSWORD_BYTES = 18
#: Of a password that a person chooses.
LEAST_LENGTH = 12
EVERYTHING = ("*",)
#: Kinds to whom personal values are never shown.
MASKED = ("finance", "analyst", "engineer", "auditor")
_NAME = re.compile(r"[a-z][a-z0-9_]{2,39}")
_OURS = ("anze_", "pg_")


@dataclass(frozen=True)
class Account:
    """A person's login and what it may see; ``*`` stands for everything of a kind, the unknown included."""

    role_name: str
    kind: str
    region_codes: tuple[str, ...] = EVERYTHING
    domain_codes: tuple[str, ...] = EVERYTHING
    insurer_id: str = "*"
    sees_personal: bool = False
    granted_by: str = ""
    source: str = ""


@dataclass(frozen=True)
class Entitlement:
    """A right of the past or of now, as the database keeps it."""

    role_name: str
    kind: str
    region_codes: list[str]
    domain_codes: list[str]
    insurer_id: str
    sees_personal: bool
    valid_from: dt.datetime
    valid_to: dt.datetime | None
    granted_by: str
    source: str
    may_log_in: bool


def add(engine: sa.Engine, account: Account, password: str | None = None) -> str:
    """Create a login with its right; returns its password, a new one unless given.

    A login that was disabled may be added again, with another right. Raises SetupError for a name that is taken or none,
    for a right that its kind may not have, and for a region or sector that is none.
    """
    chosen = _strong(password)
    with database_errors("adding an account"), engine.begin() as connection:
        _require_name(connection, account.role_name)
        _require_sense(connection, account)
        verb = "alter" if account.role_name in access.accounts(connection) else "create"
        refused = "nosuperuser nobypassrls" if access.is_superuser(connection) else ""  # nobody else may say so
        limits = f"{verb} role {{}} login inherit nocreatedb nocreaterole {refused} connection limit {{}}"
        _run(connection, limits, sql.Identifier(account.role_name), sql.Literal(CONNECTIONS))
        access.join_group(connection, account.role_name, account.kind)
        access.restore_settings(connection, account.role_name)
        _set_password(connection, account.role_name, chosen)
        row = {**asdict(account), "region_codes": [*account.region_codes], "domain_codes": [*account.domain_codes]}
        connection.execute(statement("database/access/insert_entitlement"), row)
        credentials.told(connection, account.granted_by, f"account {account.role_name}", {"kind": account.kind})
    return chosen


def disable(engine: sa.Engine, role_name: str, by: str) -> int:
    """End an account's right, login, tokens and sessions at once; returns how many sessions of the server were ended.

    The right stays listed.
    """
    with database_errors("disabling an account"), engine.begin() as connection:
        _require_account(connection, role_name)
        _run(connection, "alter role {} nologin password null", sql.Identifier(role_name))
        connection.execute(statement("database/access/end_entitlement"), {"role_name": role_name})
        credentials.forget(connection, role_name)
        credentials.told(connection, by, f"account {role_name}", {"disabled": True})
    with database_errors("ending an account's sessions"), engine.begin() as connection:
        ended = connection.execute(statement("database/access/end_sessions"), {"role_name": role_name})
        return len(ended.all())


def set_password(engine: sa.Engine, role_name: str, password: str | None = None, *, by: str) -> str:
    """Give an account another password, a new one unless given, and return it; its sessions at the portal end.

    Raises SetupError for no open account.
    """
    chosen = _strong(password)
    with database_errors("setting a password"), engine.begin() as connection:
        _require_account(connection, role_name)
        if not any(e.role_name == role_name and e.may_log_in for e in _listed(connection)):
            raise SetupError(f"账号已停用 account {role_name} is disabled: anze user add")
        _set_password(connection, role_name, chosen)
        credentials.told(connection, by, f"password {role_name}", {})
    return chosen


def listed(engine: sa.Engine) -> list[Entitlement]:
    """Every right, by login, the newest first."""
    with database_errors("listing accounts"), engine.connect() as connection:
        return _listed(connection)


def _listed(connection: sa.Connection) -> list[Entitlement]:
    return [Entitlement(**row._asdict()) for row in connection.execute(statement("database/access/entitlements"))]


def _require_name(connection: sa.Connection, name: str) -> None:
    if not _NAME.fullmatch(name) or name.startswith(_OURS):
        raise SetupError(
            f"{name!r} 不能作账号 is no account's name: 3 to 40 of a-z, 0-9 and _, a letter first, not {_OURS[0]}..."
        )
    open_rights = {e.role_name for e in _listed(connection) if e.valid_to is None}
    roles = set(connection.exec_driver_sql("select rolname from pg_catalog.pg_roles").scalars())
    if name in open_rights or name in roles - set(access.accounts(connection)):
        raise SetupError(f"{name} 已被使用 is taken: anze user list; another right: anze user disable {name} first")


def _require_account(connection: sa.Connection, name: str) -> None:
    if name not in access.accounts(connection):
        raise SetupError(f"没有账号 no account {name}: anze user list")


def _require_sense(connection: sa.Connection, account: Account) -> None:
    """Raise SetupError for a right that its kind may not have; regions and sectors must be known and of today."""
    wrong = _objection(account)
    if wrong:
        raise SetupError(f"{account.kind}: {wrong}")
    given = {"region_codes": [*account.region_codes], "domain_codes": [*account.domain_codes]}
    unknown = connection.execute(statement("database/access/unknown_codes"), given).all()
    if unknown:
        told = "; ".join(f"{row.code} 不是{row.what}" + (f", 现为 now {row.now}" if row.now else "") for row in unknown)
        raise SetupError(f"代码有误 wrong codes: {told}")


def _objection(account: Account) -> str | None:
    """Why a kind of account may not have this right; None when it may. The table's own checks say the same."""
    of_insurer = account.kind.startswith("insurer_")
    if account.kind not in access.KINDS:
        return f"没有这一类 no such kind: {', '.join(access.KINDS)}"
    if of_insurer != (account.insurer_id != "*"):
        return "须指定一家机构 name one insurer" if of_insurer else "不按机构 takes no insurer"
    if account.kind in ("city", "county") and "*" in account.region_codes:
        return "须指定地区 name its regions"
    if account.kind == "province" and account.region_codes != EVERYTHING:
        return "看全省 sees the province: name no region"
    if account.kind == "industry" and "*" in account.domain_codes:
        return "须指定行业领域 name its sectors"
    if account.sees_personal and account.kind in MASKED:
        return "不看个人信息 is shown no personal values"
    if not account.granted_by:
        return "须写明授权人 say who grants it"
    return None


def _strong(password: str | None) -> str:
    if password is None:
        return secrets.token_urlsafe(PASSWORD_BYTES)
    if len(password) < LEAST_LENGTH:
        raise SetupError(f"密码过短 the password is short: at least {LEAST_LENGTH} characters")
    return password


def _set_password(connection: sa.Connection, role_name: str, password: str) -> None:
    """The server gets the verifier, the portal a digest: neither a log nor an activity view ever holds the password."""
    verifier = psycopg2.extensions.encrypt_password(password, role_name, driver(connection), "scram-sha-256")
    _run(connection, "alter role {} password {}", sql.Identifier(role_name), sql.Literal(verifier))
    credentials.keep_password(connection, role_name, password)


def _run(connection: sa.Connection, text: str, *parts: sql.Composable) -> None:
    with driver(connection).cursor() as cursor:
        cursor.execute(sql.SQL(text).format(*parts))
