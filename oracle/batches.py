"""Receipts, the log of loads and quarantined rows as the database tells them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa


@dataclass(frozen=True)
class Batch:
    """One row of landing.batch, with the digests of its payloads in order."""

    batch_id: int
    insurer_id: str
    record_type: str
    channel: str
    state: str
    received_at: dt.datetime
    loaded_at: dt.datetime | None
    duplicate_of: int | None
    interval_start: dt.datetime | None
    interval_end: dt.datetime | None
    declared_row_count: int | None
    declared_amount: Decimal | None
    replaces: str | None
    replaces_from: dt.date | None
    replaces_to: dt.date | None
    counts: Mapping[str, int | None]
    """received, accepted, quarantined, duplicate, superseded."""
    sha256s: tuple[str, ...]
    version_ids: tuple[str | None, ...]
    """Of each payload's object, where a bucket keeps versions."""
    reason_code: str | None = None

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it was taken: its books are zero, its reason is a code, and it is never opened."""
        return self.state == "rejected" and not self.counts["received"]

    @property
    def is_kept(self) -> bool:
        """Whether rows of it were merged."""
        return self.state in {"loaded", "partly_loaded"}

    @property
    def name(self) -> str:
        return f"batch {self.batch_id} {self.insurer_id}/{self.record_type}"


@dataclass(frozen=True)
class Load:
    """One line of the log: a batch loaded the first time, or again."""

    load_no: int
    batch_id: int
    kind: str
    recorded_at: dt.datetime
    calendar_version: str
    definition_digest: str
    state: str
    counts: Mapping[str, int]
    """received, accepted, quarantined, duplicate, superseded, withdrawn."""

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it could be read, or was taken: its books are zero."""
        return self.state == "rejected" and not self.counts["received"]


class QuarantinedRow(NamedTuple):
    """A row in quarantine: its key as far as it could be read, and from when to when it is held."""

    record_key: str | None
    reason_count: int
    quarantined_at: dt.datetime
    resolved_at: dt.datetime | None
    resolved_by_batch_id: int | None


COUNTS = ("received", "accepted", "quarantined", "duplicate", "superseded")
_BATCHES = """
select b.batch_id, b.insurer_id, b.record_type, b.channel, b.state, b.received_at, b.loaded_at, b.duplicate_of,
    b.interval_start, b.interval_end, b.declared_row_count, b.declared_amount, b.replaces, b.replaces_from, b.replaces_to,
    b.received_count, b.accepted_count, b.quarantined_count, b.duplicate_count, b.superseded_count,
    b.reason_code, array(select p.sha256 from landing.batch_payload as p where p.batch_id = b.batch_id order by p.position) as sha256s,
    array(select p.version_id from landing.batch_payload as p where p.batch_id = b.batch_id order by p.position) as version_ids
from landing.batch as b
order by b.batch_id
"""
_LOADS = """
select load_no, batch_id, kind, recorded_at, calendar_version, definition_digest, state, received_count, accepted_count,
    quarantined_count, duplicate_count, superseded_count, withdrawn_count
from landing.load
order by load_no
"""
_QUARANTINED = """
select batch_id, row_no, record_key, jsonb_array_length(reasons) as reason_count, quarantined_at, resolved_at,
    resolved_by_batch_id
from quarantine.row
"""


def read(connection: sa.Connection) -> dict[int, Batch]:
    """All receipts by their numbers."""
    return {row.batch_id: _batch(row) for row in connection.execute(sa.text(_BATCHES))}


def _batch(row: sa.Row[Any]) -> Batch:
    return Batch(
        batch_id=row.batch_id,
        insurer_id=row.insurer_id,
        record_type=row.record_type,
        channel=row.channel,
        state=row.state,
        received_at=row.received_at,
        loaded_at=row.loaded_at,
        duplicate_of=row.duplicate_of,
        interval_start=row.interval_start,
        interval_end=row.interval_end,
        declared_row_count=row.declared_row_count,
        declared_amount=row.declared_amount,
        replaces=row.replaces,
        replaces_from=row.replaces_from,
        replaces_to=row.replaces_to,
        counts={name: getattr(row, f"{name}_count") for name in COUNTS},
        sha256s=tuple(row.sha256s),
        version_ids=tuple(row.version_ids),
        reason_code=row.reason_code,
    )


def loads(connection: sa.Connection) -> list[Load]:
    """The log of loads in its order, which is the order to replay it in."""
    return [_load(row) for row in connection.execute(sa.text(_LOADS))]


def _load(row: sa.Row[Any]) -> Load:
    return Load(
        load_no=row.load_no,
        batch_id=row.batch_id,
        kind=row.kind,
        recorded_at=row.recorded_at,
        calendar_version=row.calendar_version,
        definition_digest=row.definition_digest,
        state=row.state,
        counts={name: getattr(row, f"{name}_count") for name in (*COUNTS, "withdrawn")},
    )


def quarantined_rows(connection: sa.Connection) -> dict[int, dict[int, QuarantinedRow]]:
    """Batch -> row number -> what quarantine says of the row."""
    quarantined: dict[int, dict[int, QuarantinedRow]] = defaultdict(dict)
    for row in connection.execute(sa.text(_QUARANTINED)):
        quarantined[row.batch_id][row.row_no] = QuarantinedRow(*row[2:])
    return quarantined
