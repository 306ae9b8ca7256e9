"""Who did or read what; accounts with their rights; tokens of programs. An auditor sees all, others their own."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.console.lists import LISTS
from portal.sql_text import statement
from schemas.time_zone import SHANGHAI

PAGE_ROWS = 50
KINDS = {
    "sign_in": ("登录", "signed in"), "sign_in_refused": ("登录被拒", "sign-in refused"), "sign_out": ("退出", "signed out"),
    "read": ("查阅", "read"), "export": ("导出", "exported"), "write": ("报送或填写", "wrote"),
    "account": ("账号管理", "account"), "query": ("SQL 查询", "SQL query"),
}  # fmt: skip
VIA = {
    "portal": ("网页", "portal"),
    "api": ("接口", "API"),
    "command": ("命令行", "command line"),
    "psql": ("数据库", "database"),
}


#: Objects and conditions of events in words: the first word of an object, the name of a condition.
OBJECTS = {
    "list": ("工作清单", "work list"), "lists": ("工作清单目录", "work lists"), "search": ("查询", "search"), "enterprise": ("企业", "enterprise"),
    "insurer": ("保险机构", "insurer"), "insurers": ("保险机构目录", "insurers"), "agency": ("服务机构", "agency"),
    "audit": ("审计记录", "audit"), "accounts": ("账号与权限", "accounts"), "account": ("账号", "account"),
    "token": ("接口令牌", "token"), "password": ("密码", "password"), "session": ("会话", "session"), "batch": ("报送批次", "delivery"),
    "report": ("问题清单", "error report"), "annotated": ("批注文件", "returned workbook"), "trial": ("试校验", "check"),
    "overview": ("总览", "overview"), "missing": ("缺报清单", "what is missing"), "months": ("月份与通报", "months"), "month": ("固定月份", "frozen month"),
    "bulletin": ("月度通报", "bulletin"), "indicators": ("指标", "indicators"), "indicator": ("指标", "indicator"), "cells": ("指标数值", "cells"),
    "trend": ("指标趋势", "trend"), "movement": ("为什么变化", "movement"), "records": ("逐条记录", "records"), "left": ("未计入的记录", "left out"),
    "due": ("即将到期", "due soon"), "late": ("迟报", "late"), "obligations": ("应服务义务", "obligations"),
    "silence": ("应报与静默", "expected and silent"), "extensions": ("延期", "extensions"), "alerts": ("预警", "alerts"),
    "alert": ("预警", "alert"), "freshness": ("时限", "freshness"), "on-time": ("及时率", "on-time rates"),
    "record": ("记录", "record"), "evidence": ("影像资料", "evidence"),
}  # fmt: skip
CONDITIONS = {
    "publication": ("发布", "publication"), "region": ("地区", "area"), "domain": ("行业", "sector"), "insurer": ("机构", "insurer"),
    "since": ("起", "from"), "until": ("止", "to"), "days": ("天数", "days"), "record_type": ("数据类型", "record type"),
    "credit_code": ("统一社会信用代码", "credit code"), "q": ("文字", "text"), "identifier": ("号码", "number"), "account": ("账号", "account"),
    "kind": ("类别", "kind"), "period": ("期间", "period"), "from": ("从发布", "from publication"), "show": ("显示", "shown"), "reason": ("原因", "reason"),
    "digest": ("号码", "number"),
}  # fmt: skip
#: Letters of a digest that tell it from others at a glance.
DIGEST_LETTERS = 19


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

    def object_words(self, t: Callable[[str, str], str]) -> str:
        """What was done or read, in words as far as there are any."""
        word, _, rest = self.object.partition(" ")
        name, dot, ending = rest.partition(".")
        if word == "list" and name in LISTS:
            return f"{t(*OBJECTS[word])} {t(LISTS[name].zh, LISTS[name].en)}{dot}{ending}"
        rest = rest.removeprefix("out ").removeprefix("of ")
        return f"{t(*OBJECTS[word])} {rest}".rstrip() if word in OBJECTS else self.object

    def filter_words(self, t: Callable[[str, str], str]) -> str:
        """The condition in words; * says nothing, a digest is shortened."""
        told = (
            (t(*CONDITIONS.get(name, (name, name))), str(value))
            for name, value in self.filter.items()
            if value not in ("*", "", None, "None")
        )
        return t(";", "; ").join(f"{name} {_short(value)}" for name, value in told)


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
    is_open: bool
    """Whether it runs, by the clock of the server that enforces it."""


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
    is_open: bool


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


def events(connection: sa.Connection, search: Search, *, before: int | None = None, limit: int = PAGE_ROWS) -> Events:
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
    return Event(
        **{name: value for name, value in row.items() if name != "filter_text"}, filter=json.loads(row["filter_text"])
    )


def _short(value: str) -> str:
    return f"{value[:DIGEST_LETTERS]}…" if value.startswith("sha256:") else value


def _begin(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), SHANGHAI)
