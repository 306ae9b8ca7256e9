"""What people decide of batches: of deliveries that would withdraw too much, and of those that cannot be judged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from schemas.errors import NotFound, NothingToDecide, SetupError
from warehouse.database import locks
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement

Choice = Literal["accept", "refuse"]
#: Reason of a batch that a person discarded, and the states in which that is possible.
DISCARDED = "HUB-009"
DISCARDABLE = ("received", "stuck")


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
    with database_errors("deciding a batch"), engine.begin() as connection:
        row = connection.execute(statement("landing/decisions/lock"), {"batch_id": batch_id}).one_or_none()
        if row is None:
            raise NotFound(f"there is no batch {batch_id}")
        _refuse_unasked(connection, batch_id, row.state)
        decision = Decision(
            batch_id, choice, decided_by.strip(), decided_at, reason.strip(), row.live_count, row.missing_count
        )
        connection.execute(statement("landing/decisions/insert"), vars(decision))
        connection.execute(statement("landing/decisions/release"), {"batch_id": batch_id})
    return decision


def discard(engine: sa.Engine, batch_id: int, discarded_by: str, reason: str, discarded_at: dt.datetime) -> None:
    """End a batch that cannot be judged: it is rejected with no rows, and who, when and why are kept.

    Of a batch that was refused when it came the decision alone is kept: its bytes are missed no more. Waits for a load
    that runs. Raises NothingToDecide for a batch with a verdict, SetupError for an empty name or reason, NotFound.
    """
    if not discarded_by.strip() or not reason.strip():
        raise SetupError("a decision needs the name of who decides and a reason")
    values = {"batch_id": batch_id, "by": discarded_by.strip(), "at": discarded_at, "reason": reason.strip()}
    with database_errors("discarding a batch"), engine.begin() as connection:
        locks.cut(connection, shared=True)
        row = connection.execute(statement("landing/decisions/lock"), {"batch_id": batch_id}).one_or_none()
        if row is None:
            raise NotFound(f"there is no batch {batch_id}")
        if row.is_discarded:
            raise NothingToDecide(f"batch {batch_id} was discarded already: anze batch show {batch_id}")
        if row.state == "awaiting":
            raise NothingToDecide(f"batch {batch_id} awaits a decision: anze batch accept or refuse {batch_id}")
        if row.state not in DISCARDABLE and not row.is_refused:
            raise NothingToDecide(f"batch {batch_id} is {row.state}: what was taken is never discarded")
        connection.execute(statement("landing/decisions/discard"), values)
        if row.state in DISCARDABLE:
            text = f"已由 {values['by']} 放弃:{values['reason']}"
            connection.execute(
                statement("landing/decisions/end_discarded"), {**values, "code": DISCARDED, "text": text}
            )


def awaiting(engine: sa.Engine) -> list[Awaiting]:
    """Batches that await a decision, the oldest first."""
    with database_errors("listing batches"), engine.connect() as connection:
        return [Awaiting(**row._asdict()) for row in connection.execute(statement("landing/decisions/awaiting"))]


def _refuse_unasked(connection: sa.Connection, batch_id: int, state: str) -> None:
    decided = connection.execute(statement("landing/decisions/read"), {"batch_id": batch_id}).one_or_none()
    if decided is not None:
        who = f"{decided.decision} by {decided.decided_by} at {decided.decided_at:%Y-%m-%d %H:%M%z}"
        raise NothingToDecide(f"batch {batch_id} was decided already: {who}")
    if state != "awaiting":
        raise NothingToDecide(f"batch {batch_id} is {state}: nothing is asked about it")
