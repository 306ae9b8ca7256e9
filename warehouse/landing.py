"""Landing: bytes exactly as they arrived, kept by digest, with a receipt.

The bytes are on disk and fsynced, folder included, before the transaction that writes the receipt commits: what was
acknowledged is there after a power cut.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.delivery import Delivery, Replacement
from schemas.errors import LandingDamaged, NotFound, TellInsurer
from warehouse.engine import translated
from warehouse.statements import statement
from warehouse.store import Kept, Store, measure

__all__ = [
    "Batch",
    "Landed",
    "LandedPayload",
    "Store",
    "damaged",
    "delivery_digest",
    "land",
    "payloads",
    "pending",
    "read_batch",
    "refuse",
    "verify_raw",
]


@dataclass(frozen=True)
class Landed:
    """The receipt of a delivery; state ``duplicate`` names the batch that holds the same bytes."""

    batch_id: int
    state: str
    duplicate_of: int | None = None


@dataclass(frozen=True)
class LandedPayload:
    """One part of a landed batch: its name, and the file of its bytes."""

    name: str
    sha256: str
    path: pathlib.Path


@dataclass(frozen=True)
class Batch:
    """What a loader needs to know of a landed batch."""

    batch_id: int
    insurer_id: str
    record_type: str
    channel: str
    received_at: dt.datetime
    state: str


def land(engine: sa.Engine, store: Store, delivery: Delivery) -> Landed:
    """Keep a delivery's bytes and commit its receipt; the same bytes of the same feed again are a duplicate.

    A duplicate gets a receipt of its own and may move the cursor; nothing else changes. After a delivery that replaces,
    older bytes count anew, since it may have withdrawn what they brought; and so does a replacing delivery after any.
    Raises SetupError (disk, database) and WarehouseBusy.
    """
    kept = [store.keep(payload) for payload in delivery.payloads]
    with translated("landing a delivery"), engine.begin() as connection:
        _lock_feed(connection, delivery)
        digest = delivery_digest([part.sha256 for part in kept], delivery.replaces)
        landed = _insert_batch(connection, delivery, digest)
        _insert_payloads(connection, landed.batch_id, delivery, kept)
        _move_cursor(connection, landed.batch_id, delivery)
    return landed


def refuse(engine: sa.Engine, store: Store, delivery: Delivery, refusal: TellInsurer) -> Landed:
    """Keep the bytes of a delivery that cannot be taken as it stands; its receipt is ``rejected`` from the start.

    Its digest covers the reason and the names too: the same bytes under another wrong name are refused by themselves.
    Raises as ``land`` does.
    """
    kept = [store.keep(payload) for payload in delivery.payloads]
    names = [payload.name for payload in delivery.payloads]
    text = f"{refusal.where}: {refusal.message}" if refusal.where else refusal.message
    with translated("refusing a delivery"), engine.begin() as connection:
        _lock_feed(connection, delivery)
        digest = delivery_digest([*(part.sha256 for part in kept), refusal.code, *names])
        landed = _insert_batch(connection, delivery, digest)
        _insert_payloads(connection, landed.batch_id, delivery, kept)
        if landed.duplicate_of is not None:
            return landed
        values = {"batch_id": landed.batch_id, "code": refusal.code, "text": text, "found_in": refusal.where or None}
        connection.execute(statement("landing/refuse_batch"), values)
    return Landed(landed.batch_id, "rejected")


def delivery_digest(digests: Sequence[str], replaces: Replacement | None = None) -> str:
    """One digest for a delivery: SHA-256 over its payloads' digests in order, one a line, and what it replaces."""
    scope = () if replaces is None else (f"replaces {replaces.kind} {replaces.since} {replaces.until}",)
    return hashlib.sha256("".join(f"{line}\n" for line in (*digests, *scope)).encode()).hexdigest()


def read_batch(engine: sa.Engine, batch_id: int) -> Batch:
    """Read a landed batch. Raises NotFound when there is none of this number."""
    with translated("reading a batch"), engine.connect() as connection:
        row = connection.execute(statement("landing/read_batch"), {"batch_id": batch_id}).one_or_none()
    if row is None:
        raise NotFound(f"there is no batch {batch_id}")
    return Batch(**row._asdict())


def payloads(engine: sa.Engine, store: Store, batch_id: int) -> tuple[LandedPayload, ...]:
    """List the parts of a batch in their order, each checked against its digest. Raises LandingDamaged."""
    with translated("reading a batch"), engine.connect() as connection:
        rows = connection.execute(statement("landing/payloads"), {"batch_id": batch_id}).all()
    for row in rows:
        verify_raw(store, row.sha256, row.size_bytes)
    return tuple(LandedPayload(row.name, row.sha256, store.path(row.sha256)) for row in rows)


def pending(engine: sa.Engine) -> list[int]:
    """Batches that are landed and not loaded, in the order received."""
    with translated("listing landed batches"), engine.connect() as connection:
        return list(connection.execute(statement("landing/pending")).scalars())


def verify_raw(store: Store, sha256: str, size_bytes: int) -> None:
    """Check one landed file against its receipt, without holding it in memory. Raises LandingDamaged."""
    try:
        found = measure(store.path(sha256))
    except OSError as error:
        raise LandingDamaged(f"landed file {sha256[:12]} cannot be read: {error.strerror}") from error
    if found != Kept(sha256, size_bytes):
        raise LandingDamaged(f"landed file {sha256[:12]} no longer matches its digest")


def damaged(engine: sa.Engine, store: Store) -> Iterator[str]:
    """Digests of all receipts whose bytes are missing or changed, for ``anze verify``."""
    with translated("reading receipts"), engine.connect() as connection:
        rows = connection.execute(statement("landing/all_payloads")).all()
    for row in rows:
        try:
            verify_raw(store, row.sha256, row.size_bytes)
        except LandingDamaged:
            yield row.sha256


def _lock_feed(connection: sa.Connection, delivery: Delivery) -> None:
    """Make two landings of one feed wait for each other, so that equal bytes are seen as such."""
    feed = f"{delivery.insurer_id}/{delivery.record_type}"
    connection.execute(sa.text("select pg_advisory_xact_lock(hashtextextended(:feed, 0))"), {"feed": feed})


def _insert_batch(connection: sa.Connection, delivery: Delivery, digest: str) -> Landed:
    window, control, replaces = delivery.window, delivery.control, delivery.replaces
    values = {
        "insurer_id": delivery.insurer_id,
        "record_type": delivery.record_type,
        "channel": delivery.channel,
        "interval_start": window.since if window else None,
        "interval_end": window.until if window else None,
        "received_at": delivery.received_at,
        "digest": digest,
        "definition_digest": delivery.definition_digest,
        "declared_row_count": control.row_count if control else None,
        "declared_amount_field": control.amount_field if control else None,
        "declared_amount": control.amount if control else None,
        "replaces": replaces.kind if replaces else None,
        "replaces_from": replaces.since if replaces else None,
        "replaces_to": replaces.until if replaces else None,
    }
    row = connection.execute(statement("landing/insert_batch"), values).one()
    return Landed(row.batch_id, row.state, row.duplicate_of)


def _insert_payloads(connection: sa.Connection, batch_id: int, delivery: Delivery, kept: Sequence[Kept]) -> None:
    for position, (payload, part) in enumerate(zip(delivery.payloads, kept, strict=True), start=1):
        values = {"batch_id": batch_id, "position": position, "sha256": part.sha256, "size_bytes": part.size_bytes}
        named = {"name": payload.name, "media_type": payload.media_type, "landed_at": delivery.received_at}
        connection.execute(statement("landing/insert_payload"), values | named)


def _move_cursor(connection: sa.Connection, batch_id: int, delivery: Delivery) -> None:
    if delivery.cursor is None:
        return
    values = {
        "insurer_id": delivery.insurer_id,
        "record_type": delivery.record_type,
        "value": delivery.cursor,
        "batch_id": batch_id,
        "moved_at": delivery.received_at,
    }
    connection.execute(statement("landing/move_cursor"), values)
