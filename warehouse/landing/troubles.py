"""What cannot be done with batches that have their verdict: told once, kept as long as it lasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from warehouse.database.engine import database_errors
from warehouse.database.statements import statement


@dataclass(frozen=True)
class Trouble:
    """One batch that waits to be judged again and cannot be: since when, and why (Chinese)."""

    batch_id: int
    insurer_id: str
    record_type: str
    since: dt.datetime
    reason_code: str
    reason_text: str


def keep(engine: sa.Engine, found: Mapping[int, tuple[str, str]], now: dt.datetime) -> list[int]:
    """Make ``found`` (batch id -> code and text) all the troubles there are; returns the batches of which that is news."""
    with database_errors("keeping troubles"), engine.begin() as connection:
        connection.execute(statement("landing/troubles/forget"), {"batch_ids": list(found)})
        told = [
            connection.execute(
                statement("landing/troubles/keep"), {"batch_id": batch_id, "code": code, "text": text, "now": now}
            ).scalar_one_or_none()
            for batch_id, (code, text) in found.items()
        ]
    return [batch_id for batch_id in told if batch_id is not None]


def lasting(engine: sa.Engine) -> list[Trouble]:
    """All troubles, the oldest first."""
    with database_errors("reading troubles"), engine.connect() as connection:
        return [Trouble(**row._asdict()) for row in connection.execute(statement("landing/troubles/lasting"))]
