"""What one night brought, sender by sender."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import sqlalchemy as sa

from warehouse.database.engine import database_errors
from warehouse.database.statements import statement


@dataclass(frozen=True)
class SenderNight:
    """One sender's deliveries since a moment: rows by outcome, and milestones that missed their deadline."""

    insurer_id: str
    batch_count: int
    received_count: int
    accepted_count: int
    quarantined_count: int
    duplicate_count: int
    superseded_count: int
    duplicate_batch_count: int
    rejected_batch_count: int
    late_count: int


def summary(engine: sa.Engine, since: dt.datetime) -> dict[str, SenderNight]:
    """By sender, what was received at or after ``since``; a silent sender is not in it."""
    with database_errors("reading the night's deliveries"), engine.connect() as connection:
        rows = connection.execute(statement("landing/nights/summary"), {"since": since}).mappings()
        return {row["insurer_id"]: SenderNight(**row) for row in rows}


@dataclass(frozen=True)
class Timeliness:
    """Verdicts of the five-working-day rule for one record type (``*`` = all), as published."""

    record_type: str
    due_count: int
    on_time_count: int
    late_count: int
    undetermined_count: int
    on_time_ratio: Decimal | None

    @property
    def shown(self) -> str:
        """The ratio in percent, half up; a dash where nothing was due."""
        if self.on_time_ratio is None:
            return "—"
        return f"{(self.on_time_ratio * 100).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def timeliness(connection: sa.Connection, publication_id: int) -> list[Timeliness]:
    """Timeliness by record type of one publication, the total last."""
    rows = connection.execute(statement("landing/nights/timeliness"), {"publication_id": publication_id}).mappings()
    return [Timeliness(**row) for row in rows]
