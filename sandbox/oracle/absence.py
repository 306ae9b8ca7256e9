"""Deliveries that replace: which records they withdraw by not holding them."""

from __future__ import annotations

import dataclasses
import datetime as dt

from sandbox.oracle.arriving import key_text
from sandbox.oracle.batches import Batch, Load
from sandbox.oracle.merge import NO_ROW, Held, Receipt, Version


def missing(held: Held, batch: Batch, load: Load, keys: set[str | None]) -> list[Version]:
    """Current versions that a load withdraws: in the scope of what the batch replaces, received before it, not in it.

    A replay also withdraws what its own batch brought under a key that no row of it has any more. A row without a
    readable key could be any record: then nothing is withdrawn.
    """
    if None in keys:
        return []
    return [
        version
        for (insurer_id, key), version in held.current.items()
        if insurer_id == batch.insurer_id
        and not version.arrival.is_withdrawn
        and _is_in_scope(version, batch, load)
        and key_text(key) not in keys
    ]


def withdraw(held: Held, found: list[Version], receipt: Receipt) -> None:
    """Close versions by tombstones without a row."""
    for version in found:
        arrival = dataclasses.replace(version.arrival, row_no=NO_ROW, is_withdrawn=True)
        held.put(Version(arrival, receipt.batch_id, receipt.recorded_at, version.first_received_at))


def _is_in_scope(version: Version, batch: Batch, load: Load) -> bool:
    if load.kind == "replay" and version.batch_id == batch.batch_id:
        return True
    if batch.replaces is None or version.batch_id >= batch.batch_id:
        return False
    first, last = batch.replaces_from or dt.date.min, batch.replaces_to or dt.date.max
    event_on = version.arrival.event_on
    return batch.replaces == "all" or (event_on is not None and first <= event_on <= last)
