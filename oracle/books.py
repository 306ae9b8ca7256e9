"""B1: reconciliation. Every row received is accepted, quarantined, a duplicate or superseded; every delivery has ended.

Reads the database; the rows in the landed bytes come from the replay.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from oracle import batches, compare
from oracle.batches import Batch, Load, QuarantinedRow
from oracle.replay import Recount

PATIENCE = dt.timedelta(minutes=15)
"""How long a delivery may wait for its load."""

_LEASES = """
select lease.feed from landing.lease as lease
where lease.expires_at > clock_timestamp()
    and lease.session_pid in (select activity.pid from pg_catalog.pg_stat_activity as activity)
"""


class BookDifference(NamedTuple):
    """Rows that the books of one batch do not account for, and in which of their sums it shows."""

    batch: str
    problem: str
    row_count: int


@dataclass(frozen=True)
class Books:
    """``unaccounted_rows`` and ``stuck_batches`` are 0 when the books balance; ``details`` name the batches."""

    unaccounted_rows: int
    stuck_batches: int
    details: tuple[str, ...]
    refused_batches: int = 0


def check(connection: sa.Connection, recounts: Mapping[int, Recount], now: dt.datetime | None = None) -> Books:
    """Recount every load. ``now`` is the hub's clock; without it every unloaded batch without a lease is stuck."""
    found, log = batches.read(connection), batches.loads(connection)
    quarantined, kept = batches.quarantined_rows(connection), compare.counts_by_moment(connection)
    differences = [
        difference
        for load in log
        for difference in _differences(
            found[load.batch_id], load, quarantined.get(load.batch_id, {}), kept.get(load.batch_id, Counter())
        )
    ]
    differences += [
        difference for load in log for difference in _recounted(found[load.batch_id], load, recounts.get(load.load_no))
    ]
    differences += _unlogged(found, log)
    refused = [batch for batch in found.values() if batch.is_refused]
    differences += [BookDifference(b.name, "refused without a reason", 1) for b in refused if not b.reason_code]
    differences += _strays(log, quarantined, kept)
    stuck = [batch for batch in found.values() if _is_stuck(batch, _live_feeds(connection), now)]
    lines = [f"{name}: {problem} ({rows} rows)" for name, problem, rows in differences]
    lines += map(_stuck_line, stuck)
    return Books(sum(_most_of_each(differences).values()), len(stuck), tuple(lines), len(refused))


_Kept = Counter[tuple[bool, dt.datetime]]
"""(is a tombstone without a row, recorded_at) -> versions of a batch in core."""


def _most_of_each(differences: list[BookDifference]) -> dict[str, int]:
    """One discrepancy shows in several sums: each batch counts its largest."""
    most: dict[str, int] = {}
    for name, _, rows in differences:
        most[name] = max(most.get(name, 0), rows)
    return most


def _differences(
    batch: Batch, load: Load, quarantined: Mapping[int, QuarantinedRow], kept: _Kept
) -> Iterator[BookDifference]:
    count = load.counts
    parts = count["accepted"] + count["quarantined"] + count["duplicate"] + count["superseded"]
    yield from _odd(batch, "received is not the sum of its parts", count["received"], parts)
    versions, tombstones = kept[False, load.recorded_at], kept[True, load.recorded_at]
    yield from _odd(
        batch, "accepted and superseded are not the versions in core", count["accepted"] + count["superseded"], versions
    )
    yield from _odd(batch, "withdrawn are not the tombstones in core", count["withdrawn"], tombstones)
    if load.kind == "first":
        entries = sum(entry.quarantined_at == load.recorded_at for entry in quarantined.values())
        yield from _odd(batch, "held rows are not all in quarantine", count["quarantined"], entries)
        for name in batches.COUNTS:
            yield from _odd(
                batch, f"{name} of the receipt is not that of its load", batch.counts[name] or 0, count[name]
            )


def _recounted(batch: Batch, load: Load, recount: Recount | None) -> Iterator[BookDifference]:
    received = load.counts["received"]
    if recount is not None and recount.received is not None:
        yield from _odd(batch, "received is not the rows in the landed bytes", received, recount.received)
    elif received or load.state != "rejected":
        yield BookDifference(batch.name, "landed bytes could not be recounted", max(received, 1))


def _odd(batch: Batch, problem: str, booked: int, counted: int) -> Iterator[BookDifference]:
    if booked != counted:
        yield BookDifference(batch.name, f"{problem}: {booked} and {counted}", abs(booked - counted))


def _unlogged(found: Mapping[int, Batch], log: list[Load]) -> Iterator[BookDifference]:
    """Receipts that claim to be loaded without a first load, or have one and do not say so."""
    loaded = {load.batch_id for load in log if load.kind == "first"}
    for batch in found.values():
        rows = batch.counts["received"] or 0
        if batch.batch_id not in loaded and (batch.is_kept or rows):
            yield BookDifference(batch.name, "loaded without a line in the log of loads", max(rows, 1))
        if batch.batch_id in loaded and batch.state in {"received", "awaiting", "duplicate"}:
            yield BookDifference(batch.name, f"in the log of loads, and {batch.state}", max(rows, 1))


def _strays(
    log: list[Load], quarantined: Mapping[int, Mapping[int, QuarantinedRow]], kept: Mapping[int, _Kept]
) -> Iterator[BookDifference]:
    """Rows that no load left there."""
    moments: dict[int, set[dt.datetime]] = {}
    for load in log:
        moments.setdefault(load.batch_id, set()).add(load.recorded_at)
    for batch_id in sorted(set(quarantined) | set(kept)):
        known = moments.get(batch_id, set())
        rows = sum(entry.quarantined_at not in known for entry in quarantined.get(batch_id, {}).values())
        rows += sum(n for (_, at), n in kept.get(batch_id, Counter()).items() if at not in known)
        if rows:
            yield BookDifference(f"batch {batch_id}", "rows that no load left there", rows)


def _live_feeds(connection: sa.Connection) -> set[str]:
    return set(connection.execute(sa.text(_LEASES)).scalars())


def _is_stuck(batch: Batch, live_feeds: set[str], now: dt.datetime | None) -> bool:
    if batch.state == "stuck":
        return True
    if batch.state != "received" or f"{batch.insurer_id}/{batch.record_type}" in live_feeds:
        return False
    return now is None or batch.received_at < now - PATIENCE


def _stuck_line(batch: Batch) -> str:
    since = f"{batch.received_at:%Y-%m-%d %H:%M}"
    if batch.state == "stuck":
        return (
            f"{batch.name}: 无法判定 cannot be judged since {since}: {batch.reason_code}; 处理 what to do: "
            f"anze batch show {batch.batch_id}, anze load {batch.batch_id}, anze batch discard {batch.batch_id}"
        )
    return f"{batch.name}: {batch.state} since {since}, nobody loads it; 处理 what to do: anze load {batch.batch_id}"
