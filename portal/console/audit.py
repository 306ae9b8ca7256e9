"""Who did or read what; accounts with their rights; tokens of programs. An auditor sees all, others their own."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.sql_text import statement
from schemas.time_zone import SHANGHAI

PAGE_ROWS = 50
KINDS = {
    "sign_in": ("登录", "signed in"), "sign_in_refused": ("登录被拒", "sign-in refused"), "sign_out": ("退出", "signed out"),
    "read": ("查阅", "read"), "export": ("导出", "exported"), "write": ("报送或填写", "wrote"),
    "account": ("账号管理", "account"), "query": ("SQL 查询", "SQL query"),
}  # fmt: skip
VIA = {"portal": ("网页", "portal"), "api": ("接口", "API"), "command": ("命令行", "command line"), "psql": ("数据库", "database")}


@dataclass(frozen=True)
class Event:
    """One thing that an account did or read; numbers of records in ``filter`` are digests."""

    event_id: int
    happened_at: dt.datetime
    role_name: str
    kind: str
    object: str
    filter: Mapping[str, Any]
    row_count: int | None
    client: str
    via: str

    @property
    def filter_text(self) -> str:
        """The condition as a person reads it."""
        return "; ".join(f"{name}={value}" for name, value in self.filter.items())


@dataclass(frozen=True)
class Account:
    """A right of an account, from a moment to another (None: it still runs); ``*`` in a list is all of it."""

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


@dataclass(frozen=True)
class Token:
    """A program's token; its secret is kept nowhere."""

    token_id: int
    role_name: str
    name: str
    scopes: list[str]
    created_by: str
    created_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None


@dataclass(frozen=True)
class Search:
    """What events are narrowed to; days are Shanghai's, both included; ``digest`` is that of a number."""

    account: str | None = None
    kind: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    digest: str | None = None

    @property
    def values(self) -> dict[str, object]:
        """As the statements take them."""
        until = _begin(self.until) + dt.timedelta(1) if self.until else None
        since = _begin(self.since) if self.since else None
        return {"account": self.account, "kind": self.kind, "since": since, "until": until, "digest": self.digest}


@dataclass(frozen=True)
class Events:
    """A page of events, and how many there are in all."""

    events: tuple[Event, ...]
    total: int
    next_before: int | None


def events(
    connection: sa.Connection, search: Search, *, before: int | None = None, limit: int = PAGE_ROWS
) -> Events:
    """Events, the newest first, older than ``before``."""
    wanted = search.values
    total = connection.execute(statement("console/count_audit_events"), wanted).scalar_one()
    marks = {**wanted, "before": before, "row_count": limit + 1}
    rows = [_event(dict(r)) for r in connection.execute(statement("console/audit_events"), marks).mappings()]
    return Events(tuple(rows[:limit]), total, rows[limit - 1].event_id if len(rows) > limit else None)


def digest_of(connection: sa.Connection, identifier: str) -> str:
    """As what a number stands in the audit. PostgreSQL refuses it to all but auditors."""
    return str(connection.execute(statement("console/audit_digest"), {"identifier": identifier}).scalar_one())


def accounts(connection: sa.Connection) -> tuple[Account, ...]:
    """Accounts with their rights."""
    return tuple(Account(**row) for row in connection.execute(statement("console/accounts")).mappings())


def tokens(connection: sa.Connection) -> tuple[Token, ...]:
    """Tokens, the newest first."""
    return tuple(Token(**row) for row in connection.execute(statement("console/api_tokens")).mappings())


def _event(row: dict[str, Any]) -> Event:
    return Event(**{name: value for name, value in row.items() if name != "filter_text"}, filter=json.loads(row["filter_text"]))


def _begin(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), SHANGHAI)
