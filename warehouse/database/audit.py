"""The audit, read: who did or asked what, when, by which condition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from warehouse.database.engine import database_errors
from warehouse.database.statements import statement


@dataclass(frozen=True)
class AuditEvent:
    """One event; ``target``: what was read or done; ``row_count`` None where none is known. ``filter`` holds identifiers as keyed digests only."""

    event_id: int
    happened_at: dt.datetime
    role_name: str
    kind: str
    target: str
    filter: Mapping[str, object]
    row_count: int | None
    client: str
    via: str


@dataclass(frozen=True)
class Wanted:
    """Which events: of a login, since a moment, of a kind; None = all. At most ``most``, the newest."""

    login: str | None = None
    since: dt.datetime | None = None
    kind: str | None = None
    most: int = 200


def events(engine: sa.Engine, wanted: Wanted) -> tuple[list[AuditEvent], int]:
    """Events, the newest first, and how many there are in all."""
    with database_errors("reading the audit"), engine.connect() as connection:
        rows = connection.execute(statement("database/audit/events"), vars(wanted)).all()
    found = [AuditEvent(**{name: value for name, value in row._asdict().items() if name != "total"}) for row in rows]
    return found, rows[0].total if rows else 0
