"""What people read of deliveries, from schema ``report`` as the account that asks: lists, one batch, its problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields

import sqlalchemy as sa

from portal.problems import Problem
from portal.sql_text import statement
from schemas.findings import SourceColumn, place_chinese

PAGE_ROWS = 50
#: States in which the platform is still at work, or a person's answer is awaited.
RUNNING = ("received",)


@dataclass(frozen=True)
class Batch:
    """One delivery: its receipt, and what became of it. Counts are None until it is judged."""

    batch_id: int
    receipt_no: str
    insurer_id: str
    record_type: str
    channel: str
    received_at: dt.datetime
    state: str
    duplicate_of: int | None
    received_count: int | None
    accepted_count: int | None
    quarantined_count: int | None
    duplicate_count: int | None
    superseded_count: int | None
    withdrawn_count: int | None
    missing_count: int | None
    reason_code: str | None
    reason_text: str | None
    loaded_at: dt.datetime | None
    submitted_by: str | None
    submitted_via: str | None
    is_discarded: bool
    file_name: str | None

    @property
    def judged_id(self) -> int:
        """The batch that has the verdict on these bytes: the one it repeats, else itself."""
        return self.duplicate_of or self.batch_id

    @property
    def is_running(self) -> bool:
        """Whether its state will change by itself."""
        return self.state in RUNNING


@dataclass(frozen=True)
class File:
    """A file of a delivery, as its receipt vouches for it."""

    file_name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class RuleCount:
    """Problems of one rule in a batch: how many, of how many rows, how many neither resolved nor confirmed."""

    rule_id: str
    severity: str
    title: str | None
    finding_count: int
    open_count: int
    row_count: int
    first_message: str


@dataclass(frozen=True)
class Finding:
    """One problem: where it stands in the sender's own file, what was found and expected, what to do."""

    finding_id: int
    row_no: int | None
    place: str | None
    record_type: str
    record_key: str | None
    rule_id: str
    rule_title: str | None
    severity: str
    field: str | None
    field_name: str | None
    source_column: str | None
    column_letter: str | None
    value: str | None
    expected: str | None
    message: str
    is_open: bool
    opened_at: dt.datetime
    resolved_at: dt.datetime | None
    resolved_by_batch_id: int | None
    confirmed_reason: str | None = None
    confirmed_by: str | None = None
    confirmed_at: dt.datetime | None = None

    @property
    def where(self) -> str:
        """Its place in Chinese: ``第5行 C列(保单号)``."""
        column = SourceColumn(self.source_column, self.column_letter) if self.source_column else None
        return place_chinese(self.place, column, self.field_name)


@dataclass(frozen=True)
class Filter:
    """What a list of deliveries is narrowed to; None does not restrict."""

    insurer_id: str | None = None
    record_type: str | None = None
    state: str | None = None
    submitted_by: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def values(self) -> dict[str, object]:
        """As the statements take it."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def batches(
    connection: sa.Connection, wanted: Filter, before: int | None = None, row_limit: int = PAGE_ROWS
) -> tuple[list[Batch], int]:
    """A page of deliveries, newest first, and how many there are in all."""
    values = {**wanted.values, "batch_id": None, "before": before, "row_limit": row_limit}
    rows = connection.execute(statement("submissions/batches"), values)
    total = connection.execute(statement("submissions/count_batches"), wanted.values).scalar_one()
    return [Batch(**row._asdict()) for row in rows], total


def batch(connection: sa.Connection, batch_id: int) -> Batch:
    """One delivery. Raises Problem NOT-FOUND, whether there is none or another's."""
    values = {**Filter().values, "batch_id": batch_id, "before": None, "row_limit": 1}
    row = connection.execute(statement("submissions/batches"), values).one_or_none()
    if row is None:
        raise Problem("NOT-FOUND")
    return Batch(**row._asdict())


def files(connection: sa.Connection, batch_id: int) -> list[File]:
    """Its files, in their order."""
    rows = connection.execute(statement("submissions/files"), {"batch_id": batch_id})
    return [File(**row._asdict()) for row in rows]


def rules(connection: sa.Connection, batch_id: int) -> list[RuleCount]:
    """Its problems by rule, errors first."""
    rows = connection.execute(statement("submissions/rules"), {"batch_id": batch_id})
    return [RuleCount(**row._asdict()) for row in rows]


def findings(
    connection: sa.Connection,
    batch_id: int,
    *,
    rule_id: str | None = None,
    after: tuple[int, int] | None = None,
    row_limit: int | None = PAGE_ROWS,
) -> Iterator[Finding]:
    """Its problems in the order of rows; ``after``: (row, finding) of the last one that was shown, 0 for the batch itself."""
    row, finding_id = after or (None, None)
    values = {
        "batch_id": batch_id, "rule_id": rule_id, "after_row": row, "after_id": finding_id, "row_limit": row_limit,
    }  # fmt: skip
    for found in connection.execute(statement("submissions/findings"), values):
        yield Finding(**found._asdict())


@dataclass(frozen=True)
class Feed:
    """What an insurer has delivered of one record type: the last time, and rows that are held still."""

    record_type: str
    last_received_at: dt.datetime | None = None
    last_loaded_at: dt.datetime | None = None
    last_batch_id: int | None = None
    last_state: str | None = None
    held_row_count: int = 0


@dataclass(frozen=True)
class Owed:
    """What an insurer owes of one record type: forecast by the next working day, and whether the feed is silent."""

    record_type: str
    due_count: int
    is_silent: bool
    working_days_without: int | None


def owed(connection: sa.Connection, insurer_id: str, today: dt.date, now: dt.datetime) -> tuple[dict[str, Owed], int]:
    """What is owed, by record type, and how many alerts are open."""
    values = {"insurer_id": insurer_id, "as_of": today, "known_at": now}
    found = [Owed(**row._asdict()) for row in connection.execute(statement("submissions/owed"), values)]
    open_count = connection.execute(statement("submissions/open_alerts")).scalar_one()
    return {each.record_type: each for each in found}, open_count


def feeds(connection: sa.Connection, insurer_id: str) -> dict[str, Feed]:
    """Feeds of an insurer, by record type."""
    rows = connection.execute(statement("submissions/feeds"), {"insurer_id": insurer_id}).all()
    held = {
        r.record_type: r.row_count
        for r in connection.execute(statement("submissions/held"), {"insurer_id": insurer_id})
    }
    return {r.record_type: Feed(**r._asdict(), held_row_count=held.get(r.record_type, 0)) for r in rows}
