"""What can be replayed, and the log of what was loaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.errors import NotFound, StopFeed
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement
from warehouse.landing.load_report import LoadKind
from warehouse.loading import snapshot_deletes

#: Reasons of batches whose rows a person kept out: a replay does not bring them in.
NOT_AGAIN = (snapshot_deletes.REFUSED, snapshot_deletes.OUTGROWN)


@dataclass(frozen=True)
class Wanted:
    """Which batches to replay: every condition that is given; none = all of them. Days are Shanghai dates of receipt."""

    insurer_ids: tuple[str, ...] | None = None
    record_types: tuple[str, ...] | None = None
    batch_ids: tuple[int, ...] | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    held_by: str | None = None
    """A rule that holds a row of the batch still."""


@dataclass(frozen=True)
class LoggedLoad:
    """One load, as the log has it: enough to do it again."""

    load_no: int
    batch_id: int
    insurer_id: str
    kind: LoadKind
    recorded_at: dt.datetime
    ruleset_version: str
    calendar_version: str
    definition_digest: str
    received_count: int


def choose(engine: sa.Engine, wanted: Wanted) -> list[int]:
    """Batches to replay, in the order of their first loads. Raises StopFeed for one asked for that cannot be."""
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(wanted).items()}
    with database_errors("choosing batches"), engine.connect() as connection:
        if wanted.batch_ids is not None:
            _refuse(connection, wanted.batch_ids)
        chosen = connection.execute(
            statement("history/replays/choose"), {**values, "not_again": list(NOT_AGAIN)}
        ).scalars()
        return list(chosen)


def log(connection: sa.Connection) -> list[LoggedLoad]:
    """Every load that was ever committed, in the order of its number."""
    return [LoggedLoad(**row._asdict()) for row in connection.execute(statement("history/replays/log"))]


def due(engine: sa.Engine, insurer_id: str | None = None) -> list[LoggedLoad]:
    """Last loads of batches with children whose parent came since, of one sender or all; none once they are replayed."""
    with database_errors("looking for children whose parent came"), engine.connect() as connection:
        found = connection.execute(statement("history/orphans/due"), {"insurer_id": insurer_id})
        return [LoggedLoad(**row._asdict()) for row in found]


def _refuse(connection: sa.Connection, batch_ids: Iterable[int]) -> None:
    asked = {"batch_ids": list(batch_ids)}
    found = {row.batch_id: row for row in connection.execute(statement("history/replays/standing"), asked)}
    for batch_id in asked["batch_ids"]:
        if batch_id not in found:
            raise NotFound(f"there is no batch {batch_id}")
        problem = _problem(found[batch_id])
        if problem:
            raise StopFeed(f"batch {batch_id} cannot be replayed: {problem}")


def _problem(row: sa.Row[tuple[object, ...]]) -> str | None:
    if row.state == "duplicate":
        return f"it is the same as batch {row.duplicate_of}; replay that one"
    if row.state in ("received", "stuck", "awaiting"):
        return f"it is {row.state} and was not loaded yet"
    if not row.is_loaded:
        return f"it was refused when it arrived ({row.reason_code}) and belongs to no feed; ask for a new delivery"
    if row.reason_code in NOT_AGAIN:
        return f"a person kept it out ({row.reason_code}); ask for a new delivery"
    return None
