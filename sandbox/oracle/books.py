"""B1: nothing lost, as figures. Every row received is accepted, held, a duplicate or superseded; every delivery ended.

Reads the database; the rows in the landed bytes come from the replay.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from sandbox.oracle import batches
from sandbox.oracle.batches import Batch
from sandbox.oracle.replay import Recount
from schemas.contract import RECORD_TYPES

PATIENCE = dt.timedelta(minutes=15)
"""How long a delivery may wait for its load."""

_LEASES = """
select held.feed from landing.lease as held
where held.expires_at > clock_timestamp()
    and held.session_pid in (select activity.pid from pg_catalog.pg_stat_activity as activity)
"""


@dataclass(frozen=True)
class Books:
    """``unaccounted_rows`` and ``stuck_batches`` are 0 when the books balance; ``details`` name the batches."""

    unaccounted_rows: int
    stuck_batches: int
    details: tuple[str, ...]


def check(connection: sa.Connection, recounts: Mapping[int, Recount], now: dt.datetime | None = None) -> Books:
    """Recount every batch. ``now`` is the hub's clock; without it every unloaded batch without a lease is stuck."""
    found = batches.read(connection)
    held = {batch_id: len(rows) for batch_id, rows in batches.held_rows(connection).items()}
    kept = _versions_by_batch(connection)
    faults = [
        fault
        for batch in found
        for fault in _faults(batch, held.get(batch.batch_id, 0), kept[batch.batch_id], recounts.get(batch.batch_id))
    ]
    faults += _strays(found, held, kept)
    stuck = [batch for batch in found if _is_stuck(batch, _live_feeds(connection), now)]
    lines = [f"{name}: {problem} ({rows} rows)" for name, problem, rows in faults]
    lines += [
        f"{batch.name}: {batch.state} since {batch.received_at:%Y-%m-%d %H:%M}, nobody loads it" for batch in stuck
    ]
    return Books(sum(_most_of_each(faults).values()), len(stuck), tuple(lines))


Fault = tuple[str, str, int]
"""(batch, problem, rows)."""


def _most_of_each(faults: list[Fault]) -> dict[str, int]:
    """One discrepancy shows in several sums: each batch counts its largest."""
    most: dict[str, int] = {}
    for name, _, rows in faults:
        most[name] = max(most.get(name, 0), rows)
    return most


def _faults(batch: Batch, held: int, kept: int, recount: Recount | None) -> Iterator[Fault]:
    received, accepted, quarantined, duplicate, superseded = (batch.counts[name] or 0 for name in batches.COUNTS)
    if batch.is_kept and None in batch.counts.values():
        yield batch.name, "loaded without books", 1
    yield from _odd(
        batch, "received is not the sum of its parts", received, accepted + quarantined + duplicate + superseded
    )
    yield from _odd(batch, "held rows are not all in quarantine", quarantined, held)
    yield from _odd(batch, "accepted and superseded are not the versions in core", accepted + superseded, kept)
    if batch.state == "received" or batch.state == "duplicate":
        return
    if recount is None or recount.received is None:
        if received or batch.is_kept:
            yield batch.name, "landed bytes could not be recounted", max(received, 1)
    else:
        yield from _odd(batch, "received is not the rows in the landed bytes", received, recount.received)


def _odd(batch: Batch, problem: str, booked: int, counted: int) -> Iterator[Fault]:
    if booked != counted:
        yield batch.name, f"{problem}: {booked} and {counted}", abs(booked - counted)


def _strays(found: list[Batch], held: Mapping[int, int], kept: Mapping[int, int]) -> Iterator[Fault]:
    known = {batch.batch_id for batch in found}
    for batch_id in sorted((set(held) | set(kept)) - known):
        yield f"batch {batch_id}", "rows without a receipt", held.get(batch_id, 0) + kept.get(batch_id, 0)


def _versions_by_batch(connection: sa.Connection) -> Counter[int]:
    kept: Counter[int] = Counter()
    for record_type in RECORD_TYPES:
        # Names come from the contracts, never from a person.
        query = sa.text(f"select batch_id, count(*) as versions from core.{record_type} group by batch_id")  # noqa: S608
        kept.update({row.batch_id: row.versions for row in connection.execute(query)})
    return kept


def _live_feeds(connection: sa.Connection) -> set[str]:
    return set(connection.execute(sa.text(_LEASES)).scalars())


def _is_stuck(batch: Batch, live_feeds: set[str], now: dt.datetime | None) -> bool:
    if batch.state != "received" or f"{batch.insurer_id}/{batch.record_type}" in live_feeds:
        return False
    return now is None or batch.received_at < now - PATIENCE
