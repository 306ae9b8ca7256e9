"""What an account signs in with at the front door: password, second factor, tokens of the API.

    secret = issue_token(engine, "tianji_push", Issue("nightly push", ("submit",), days=90, by="li_wei"))

A token is shown once; the database keeps its SHA-256, which is enough for a value that nobody can guess.
Everything here needs a superuser or a member of the owner, as accounts do.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.errors import SetupError
from warehouse.database import access
from warehouse.database.engine import database_errors
from warehouse.database.passwords import hashed
from warehouse.database.statements import statement

SCOPES = ("read", "submit")
#: A token tells by its first letters what it is, for people and for programs that look for lost secrets.
PREFIX, TOKEN_BYTES = "anze_", 32
LONGEST_DAYS = 366


@dataclass(frozen=True)
class Issue:
    """A token to be made: what for, what it may do, for how many days, and who makes it."""

    name: str
    scopes: tuple[str, ...]
    days: int
    by: str


@dataclass(frozen=True)
class Token:
    """A token as the database keeps it."""

    token_id: int
    role_name: str
    name: str
    scopes: list[str]
    created_by: str
    created_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None


def keep_password(connection: sa.Connection, role_name: str, password: str) -> None:
    """Keep an account's password for the portal, as argon2id; its sessions end."""
    connection.execute(
        statement("database/credentials/keep_password"), {"role_name": role_name, "password_hash": hashed(password)}
    )


def forget(connection: sa.Connection, role_name: str) -> None:
    """Take away everything that an account signs in with: password, sessions, tokens."""
    connection.execute(statement("database/credentials/forget"), {"role_name": role_name})


def issue_token(engine: sa.Engine, role_name: str, issue: Issue) -> str:
    """Make a token for an account and return it: it is kept nowhere. Raises SetupError for no account, scope or span."""
    if not 1 <= issue.days <= LONGEST_DAYS:
        raise SetupError(f"令牌有效 1 至 {LONGEST_DAYS} 天 a token is valid for 1 to {LONGEST_DAYS} days")
    if not issue.scopes or set(issue.scopes) - set(SCOPES):
        raise SetupError(f"范围只能是 a scope is one of: {', '.join(SCOPES)}")
    if not issue.name.strip():
        raise SetupError("请写明令牌的用途 say what the token is for")
    secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    values = {
        "token_sha256": digest(secret), "role_name": role_name, "name": issue.name, "scopes": [*dict.fromkeys(issue.scopes)],
        "days": issue.days, "created_by": issue.by,
    }  # fmt: skip
    with database_errors("issuing a token"), engine.begin() as connection:
        kind = connection.execute(statement("database/credentials/kind_of"), {"role_name": role_name}).scalar()
        if kind is None:
            raise SetupError(f"没有有效账号 no open account {role_name}: anze user list")
        if "submit" in issue.scopes and kind != "insurer_submitter":
            raise SetupError(f"{role_name} 不能报送 may not submit: its kind is {kind}, not insurer_submitter")
        token_id = connection.execute(statement("database/credentials/insert_token"), values).scalar_one()
        told(connection, issue.by, f"token {token_id}", {"account": role_name, "scopes": values["scopes"]})
    return secret


def revoke_token(engine: sa.Engine, token_id: int, by: str) -> Token:
    """End a token at once; it stays listed. Raises SetupError when there is none, or it ended before."""
    with database_errors("revoking a token"), engine.begin() as connection:
        row = connection.execute(statement("database/credentials/revoke_token"), {"token_id": token_id}).one_or_none()
        if row is None:
            raise SetupError(f"没有有效令牌 no open token {token_id}: anze user token list")
        told(connection, by, f"token {token_id}", {"account": row.role_name, "revoked": True})
    return Token(**row._asdict())


def tokens(engine: sa.Engine) -> list[Token]:
    """Every token, the newest first."""
    with database_errors("listing tokens"), engine.connect() as connection:
        return [Token(**row._asdict()) for row in connection.execute(statement("database/credentials/tokens"))]


def require_second_factor(engine: sa.Engine, kind: str, *, is_required: bool, by: str) -> None:
    """Say of a kind of account whether it signs in with a second factor, from its next sign-in on. Raises SetupError."""
    if kind not in access.KINDS:
        raise SetupError(f"没有这一类 no such kind: {', '.join(access.KINDS)}")
    with database_errors("switching the second factor"), engine.begin() as connection:
        connection.execute(
            statement("database/credentials/second_factor"), {"kind": kind, "is_required": is_required, "set_by": by}
        )
        told(connection, by, f"second factor {kind}", {"required": is_required})


def new_totp_secret(engine: sa.Engine, role_name: str, by: str) -> str:
    """Give an account a new secret for its second factor (RFC 6238), base32. Raises SetupError for no open account."""
    import pyotp

    secret: str = pyotp.random_base32()
    values = {"role_name": role_name, "totp_secret": secret}
    with database_errors("making a second factor"), engine.begin() as connection:
        if connection.execute(statement("database/credentials/keep_totp"), values).rowcount != 1:
            raise SetupError(f"没有有效账号 no open account {role_name}: anze user list")
        told(connection, by, f"second factor {role_name}", {})
    return secret


def told(connection: sa.Connection, by: str, what: str, details: dict[str, object]) -> None:
    """Append what an administrator did to the audit."""
    import json

    values = {"role_name": by, "object": what, "filter": json.dumps(details, ensure_ascii=False)}
    connection.execute(statement("database/credentials/record"), values)


def digest(secret: str) -> bytes:
    """What the database keeps of a token or a session's cookie."""
    return hashlib.sha256(secret.encode()).digest()
