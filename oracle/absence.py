"""Snapshot deletes: which records a replacing delivery withdraws by not holding them (tombstones)."""

from __future__ import annotations

import dataclasses
import datetime as dt

from oracle.arriving import key_text
from oracle.batches import Batch, Load
from oracle.merge import NO_ROW, Receipt, Version, VersionStore
from schemas.contract import OCCASIONAL_RECORD_TYPES


def missing(
    store: VersionStore, batch: Batch, load: Load, keys: set[str | None], quarantined: set[int]
) -> list[Version]:
    """Current versions that a load withdraws: in the scope of what the batch replaces, received before it, not in it.

    A replay also withdraws what its own batch brought under a key that no row of it has any more, unless the row is
    held now; one of a delivery that was rejected when it came withdraws nothing else. A row without a readable key
    could be any record: then nothing is withdrawn; nor by a delivery that is held as a whole.
    """
    if None in keys or batch.record_type in OCCASIONAL_RECORD_TYPES:
        return []
    return [
        version
        for (insurer_id, key), version in store.current.items()
        if insurer_id == batch.insurer_id
        and not version.arrival.is_withdrawn
        and _is_in_scope(version, batch, load, quarantined)
        and key_text(key) not in keys
    ]


def withdraw(store: VersionStore, found: list[Version], receipt: Receipt) -> None:
    """Close versions by tombstones without a row."""
    for version in found:
        arrival = dataclasses.replace(version.arrival, row_no=NO_ROW, is_withdrawn=True)
        store.put(Version(arrival, receipt.batch_id, receipt.recorded_at, version.first_received_at))


def _is_in_scope(version: Version, batch: Batch, load: Load, quarantined: set[int]) -> bool:
    is_replay = load.kind == "replay"
    if is_replay and version.batch_id == batch.batch_id:
        return version.arrival.row_no not in quarantined
    if batch.replaces is None or version.batch_id >= batch.batch_id or (is_replay and batch.state == "rejected"):
        return False
    first, last = batch.replaces_from or dt.date.min, batch.replaces_to or dt.date.max
    event_on = version.arrival.event_on
    return batch.replaces == "all" or (event_on is not None and first <= event_on <= last)
