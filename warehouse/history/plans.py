"""Plans of backfills and replays as they are stored: what was asked, on which inputs, and which parts are done."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from schemas.errors import NotFound, WarehouseBusy
from warehouse.database import locks
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement

Mode = Literal["recollect", "replay"]
CLAIM_SECONDS, LOOK_SECONDS = 600.0, 0.5


@dataclass(frozen=True)
class Request:
    """What somebody asks for: days are Shanghai dates, both included.

    With mode ``recollect`` they are days of source time, with ``replay`` the days on which batches were received.
    """

    mode: Mode
    insurer_ids: tuple[str, ...]
    record_types: tuple[str, ...]
    from_date: dt.date
    to_date: dt.date
    window_days: int
    created_by: str
    reason: str = ""


@dataclass(frozen=True)
class Part:
    """One insurer and window of a plan; ``batch_ids`` are to be replayed, ``done_batch_ids`` were handled."""

    part_no: int
    insurer_id: str
    from_date: dt.date
    to_date: dt.date
    day_count: int
    delivered_day_count: int
    batch_count: int
    row_count: int
    batch_ids: tuple[int, ...] = ()
    done_batch_ids: tuple[int, ...] | None = None
    done_at: dt.datetime | None = None


@dataclass(frozen=True)
class Plan:
    """A stored plan. ``effects`` None: nobody rehearsed it. ``fingerprint`` names the inputs it was made on."""

    plan_id: int
    request: Request
    fingerprint: Mapping[str, str]
    effects: Mapping[str, Any] | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    parts: tuple[Part, ...]

    @property
    def state(self) -> Literal["planned", "started", "done"]:
        """How far it got."""
        if all(part.done_at is not None for part in self.parts):
            return "done"
        return "planned" if self.started_at is None else "started"


@dataclass(frozen=True)
class ScopeBatch:
    """A loaded batch that a plan speaks of; ``covers_from`` None = from the beginning. Days are Shanghai dates."""

    batch_id: int
    insurer_id: str
    record_type: str
    received_on: dt.date
    covers_from: dt.date | None
    covers_to: dt.date
    is_file: bool
    received_count: int


def store(
    engine: sa.Engine,
    request: Request,
    parts: Sequence[Part],
    fingerprint: Mapping[str, str],
    effects: Mapping[str, Any] | None,
    created_at: dt.datetime,
) -> int:
    """Keep a new plan with its parts and give its number."""
    values = {
        **vars(request),
        "insurer_ids": list(request.insurer_ids),
        "record_types": list(request.record_types),
        "fingerprint": json.dumps(dict(fingerprint)),
        "effects": None if effects is None else json.dumps(dict(effects), default=str),
        "created_at": created_at,
    }
    with database_errors("storing a plan"), engine.begin() as connection:
        plan_id = int(connection.execute(statement("history/plans/insert_plan"), values).scalar_one())
        for part in parts:
            row = {**vars(part), "plan_id": plan_id, "batch_ids": list(part.batch_ids)}
            connection.execute(statement("history/plans/insert_part"), row)
    return plan_id


def read(engine: sa.Engine, plan_id: int) -> Plan:
    """Read one plan. Raises NotFound when there is none of this number."""
    found = _read(engine, plan_id, 1)
    if not found:
        raise NotFound(f"there is no plan {plan_id}: see `anze backfill list`")
    return found[0]


def newest(engine: sa.Engine, limit: int) -> list[Plan]:
    """List plans, newest first."""
    return _read(engine, None, limit)


def batches(engine: sa.Engine, request: Request) -> list[ScopeBatch]:
    """List the loaded batches that a request speaks of, in the order received."""
    values = {
        "insurer_ids": list(request.insurer_ids),
        "record_types": list(request.record_types),
        "from_date": request.from_date,
        "to_date": request.to_date,
        "by_receipt": request.mode == "replay",
    }
    with database_errors("reading the batches in scope"), engine.connect() as connection:
        rows = connection.execute(statement("history/plans/batches"), values).all()
    return [ScopeBatch(**row._asdict()) for row in rows]


def inputs(engine: sa.Engine, insurer_ids: Sequence[str]) -> dict[str, str]:
    """Name the last batch and load of some senders, whatever their type."""
    with database_errors("reading the inputs"), engine.connect() as connection:
        row = connection.execute(statement("history/plans/inputs"), {"insurer_ids": list(insurer_ids)}).one()
    return {"batches": str(row.last_batch_id), "loads": str(row.last_load_no)}


def start(engine: sa.Engine, plan_id: int, started_at: dt.datetime) -> None:
    """Mark a plan's first start."""
    with database_errors("starting a plan"), engine.begin() as connection:
        connection.execute(statement("history/plans/start"), {"plan_id": plan_id, "started_at": started_at})


def finish_part(engine: sa.Engine, plan_id: int, part_no: int, batch_ids: Sequence[int], done_at: dt.datetime) -> None:
    """Mark a part as done, with the batches that were replayed or landed."""
    values = {"plan_id": plan_id, "part_no": part_no, "done_batch_ids": list(batch_ids), "done_at": done_at}
    with database_errors("finishing a part"), engine.begin() as connection:
        connection.execute(statement("history/plans/finish_part"), values)


@contextlib.contextmanager
def claimed(engine: sa.Engine, plan_id: int, insurer_id: str, seconds: float = CLAIM_SECONDS) -> Iterator[None]:
    """Be the only one who works on an insurer's parts of a plan; a killed worker's claim ends with its session.

    Waits some seconds for another one. Raises WarehouseBusy.
    """
    name = f"anze/plan/{plan_id}/{insurer_id}"
    with database_errors("claiming a part of a plan"), engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        deadline = time.monotonic() + seconds
        while not locks.try_session(connection, name):
            if time.monotonic() > deadline:
                raise WarehouseBusy(f"another run works on {insurer_id} of plan {plan_id}", after_seconds=seconds)
            time.sleep(LOOK_SECONDS)
        try:
            yield
        finally:
            locks.release_session(connection, name)


def _read(engine: sa.Engine, plan_id: int | None, limit: int) -> list[Plan]:
    with database_errors("reading plans"), engine.connect() as connection:
        rows = connection.execute(statement("history/plans/list"), {"plan_id": plan_id, "max_count": limit}).all()
        wanted = {"plan_ids": [row.plan_id for row in rows]}
        parts = connection.execute(statement("history/plans/parts"), wanted).all()
    return [_plan(row, [_part(part) for part in parts if part.plan_id == row.plan_id]) for row in rows]


def _plan(row: sa.Row[Any], parts: Sequence[Part]) -> Plan:
    request = Request(
        row.mode, tuple(row.insurer_ids), tuple(row.record_types), row.from_date, row.to_date, row.window_days,
        row.created_by, row.reason,
    )  # fmt: skip
    return Plan(row.plan_id, request, row.fingerprint, row.effects, row.created_at, row.started_at, tuple(parts))


def _part(row: sa.Row[Any]) -> Part:
    values = {name: value for name, value in row._asdict().items() if name != "plan_id"}
    done = values["done_batch_ids"]
    lists = {"batch_ids": tuple(values["batch_ids"]), "done_batch_ids": None if done is None else tuple(done)}
    return Part(**{**values, **lists})
