"""Receipts and held rows as the database tells them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    calendar_version: str | None
    counts: Mapping[str, int | None]
    """received, accepted, quarantined, duplicate, superseded."""
    sha256s: tuple[str, ...]

    @property
    def is_kept(self) -> bool:
        """Whether rows of it were merged."""
        return self.state in {"loaded", "partly_loaded"}

    @property
    def name(self) -> str:
        return f"batch {self.batch_id} {self.insurer_id}/{self.record_type}"


COUNTS = ("received", "accepted", "quarantined", "duplicate", "superseded")
_BATCHES = """
select b.batch_id, b.insurer_id, b.record_type, b.channel, b.state, b.received_at, b.loaded_at, b.calendar_version,
    b.received_count, b.accepted_count, b.quarantined_count, b.duplicate_count, b.superseded_count,
    array(select p.sha256 from landing.batch_payload as p where p.batch_id = b.batch_id order by p.position) as sha256s
from landing.batch as b
order by b.loaded_at nulls last, b.batch_id
"""
_HELD = "select batch_id, row_no, jsonb_array_length(reasons) as reason_count from quarantine.row"


def read(connection: sa.Connection) -> list[Batch]:
    """All receipts, loaded ones first, in the order in which they were loaded."""
    return [_batch(row) for row in connection.execute(sa.text(_BATCHES))]


def _batch(row: sa.Row[Any]) -> Batch:
    return Batch(
        batch_id=row.batch_id,
        insurer_id=row.insurer_id,
        record_type=row.record_type,
        channel=row.channel,
        state=row.state,
        received_at=row.received_at,
        loaded_at=row.loaded_at,
        calendar_version=row.calendar_version,
        counts={name: getattr(row, f"{name}_count") for name in COUNTS},
        sha256s=tuple(row.sha256s),
    )


def held_rows(connection: sa.Connection) -> dict[int, dict[int, int]]:
    """Batch -> row number -> how many reasons it was held for."""
    held: dict[int, dict[int, int]] = {}
    for row in connection.execute(sa.text(_HELD)):
        held.setdefault(row.batch_id, {})[row.row_no] = row.reason_count
    return held
