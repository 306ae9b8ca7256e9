"""What people decide of deliveries that would withdraw too much: asked once, answered once, kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from schemas.errors import NotFound, NothingToDecide, SetupError
from warehouse.engine import translated
from warehouse.statements import statement

Choice = Literal["accept", "refuse"]


@dataclass(frozen=True)
class Decision:
    """One decision: who, when, why, and of how many missing records among how many."""

    batch_id: int
    decision: Choice
    decided_by: str
    decided_at: dt.datetime
    reason: str
    live_count: int
    missing_count: int


@dataclass(frozen=True)
class Awaiting:
    """A batch that awaits a decision; the text holds counts and examples, in Chinese."""

    batch_id: int
    insurer_id: str
    record_type: str
    received_at: dt.datetime
    live_count: int
    missing_count: int
    reason_text: str


def decide(
    engine: sa.Engine, batch_id: int, choice: Choice, decided_by: str, reason: str, decided_at: dt.datetime
) -> Decision:
    """Keep a person's decision and let the batch be loaded by it; refused, that load rejects it with the reason.

    Raises NothingToDecide for a batch that is not asked about or was decided before, SetupError for an empty name or
    reason, NotFound for an unknown batch.
    """
    if not decided_by.strip() or not reason.strip():
        raise SetupError("a decision needs the name of who decides and a reason")
    with translated("deciding a batch"), engine.begin() as connection:
        row = connection.execute(statement("decisions/lock"), {"batch_id": batch_id}).one_or_none()
        if row is None:
            raise NotFound(f"there is no batch {batch_id}")
        _refuse_unasked(connection, batch_id, row.state)
        decision = Decision(
            batch_id, choice, decided_by.strip(), decided_at, reason.strip(), row.live_count, row.missing_count
        )
        connection.execute(statement("decisions/insert"), vars(decision))
        connection.execute(statement("decisions/release"), {"batch_id": batch_id})
    return decision


def awaiting(engine: sa.Engine) -> list[Awaiting]:
    """Batches that await a decision, the oldest first."""
    with translated("listing batches"), engine.connect() as connection:
        return [Awaiting(**row._asdict()) for row in connection.execute(statement("decisions/awaiting"))]


def _refuse_unasked(connection: sa.Connection, batch_id: int, state: str) -> None:
    decided = connection.execute(statement("decisions/read"), {"batch_id": batch_id}).one_or_none()
    if decided is not None:
        who = f"{decided.decision} by {decided.decided_by} at {decided.decided_at:%Y-%m-%d %H:%M%z}"
        raise NothingToDecide(f"batch {batch_id} was decided already: {who}")
    if state != "awaiting":
        raise NothingToDecide(f"batch {batch_id} is {state}: nothing is asked about it")
