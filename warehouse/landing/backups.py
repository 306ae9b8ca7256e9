"""The backups that pgBackRest says it has, kept for who watches the hub."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schemas.errors import SetupError
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement

COMMAND = "pgbackrest --stanza=anze info --output=json | anze backup note"


@dataclass(frozen=True)
class Backup:
    """One whole backup; ``repository_bytes`` is what it added to the repository."""

    label: str
    kind: str
    stopped_at: dt.datetime
    database_bytes: int
    repository_bytes: int


def read(text: bytes | str) -> list[Backup]:
    """The whole backups of ``pgbackrest --stanza=... info --output=json``, oldest first. Raises SetupError for other text."""
    try:
        stanzas = json.loads(text)
        listed = [backup for stanza in stanzas for backup in stanza["backup"]]
        found = [_backup(each) for each in listed if not each["error"]]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise SetupError(f"这不是 pgBackRest 的清单 this is no list of pgBackRest: {COMMAND}") from error
    if len(stanzas) > 1:
        raise SetupError(f"清单含多个 stanza the list has several stanzas, name one: {COMMAND}")
    return sorted(found, key=lambda backup: backup.stopped_at)


def keep(engine: sa.Engine, found: Iterable[Backup]) -> int:
    """Keep those that were not known; how many they are."""
    rows = [vars(each) for each in found]
    with database_errors("keeping the list of backups"), engine.begin() as connection:
        return sum(connection.execute(statement("landing/backups/keep"), row).rowcount for row in rows)


def last(engine: sa.Engine) -> Backup | None:
    """The newest backup that was told; None before the first."""
    with database_errors("reading the last backup"), engine.connect() as connection:
        row = connection.execute(statement("landing/backups/last")).one_or_none()
    return Backup(**row._asdict()) if row else None


@dataclass(frozen=True)
class Archiving:
    """How a server archives its log: seconds since something was archived, and whether its last attempt failed."""

    age_seconds: float
    is_failing: bool


def archiving(engine: sa.Engine) -> Archiving | None:
    """How the server archives its log; None where it is not set to."""
    with database_errors("reading the archiver"), engine.connect() as connection:
        row = connection.execute(statement("landing/backups/archiving")).one()
    return Archiving(row.age_seconds, row.is_failing) if row.is_on else None


def _backup(told: Mapping[str, Any]) -> Backup:
    timestamp, info = told["timestamp"], told["info"]
    return Backup(
        label=str(told["label"]),
        kind=str(told["type"]),
        stopped_at=dt.datetime.fromtimestamp(int(timestamp["stop"]), dt.UTC),
        database_bytes=int(info["size"]),
        repository_bytes=int(info["repository"]["delta"]),
    )
