"""Landing: bytes exactly as they arrived, kept by digest, with a receipt.

The bytes are on disk and fsynced, folder included, before the transaction that writes the receipt commits: what was
acknowledged is there after a power cut.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import pathlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.delivery import Delivery, Payload, Window
from schemas.errors import LandingDamaged, SetupError
from warehouse.engine import translated
from warehouse.statements import statement


@dataclass(frozen=True)
class Store:
    """Immutable files under ``root``: root/ab/cd/<sha256>, readable only (0444)."""

    root: pathlib.Path

    def path(self, sha256: str) -> pathlib.Path:
        """Where the bytes of a digest stand."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def write(self, content: bytes) -> str:
        """Keep bytes, durably, and return their digest. Raises SetupError: full disk, no permission."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        try:
            if not _is_intact(target, sha256):
                _write_durably(target, content)
            else:
                _sync_folders(target.parent, self.root)
        except OSError as error:
            raise SetupError(f"landing folder {self.root} cannot be written: {error.strerror}") from error
        return sha256

    def read(self, sha256: str) -> bytes:
        """Read the bytes of a digest, checked against it. Raises LandingDamaged."""
        try:
            content = self.path(sha256).read_bytes()
        except OSError as error:
            raise LandingDamaged(f"landed file {sha256[:12]} cannot be read: {error.strerror}") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise LandingDamaged(f"landed file {sha256[:12]} no longer matches its digest")
        return content


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
    media_type: str
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
    window: Window | None
    definition_digest: str


def land(engine: sa.Engine, store: Store, delivery: Delivery) -> Landed:
    """Keep a delivery's bytes and commit its receipt; the same bytes of the same feed again are a duplicate.

    A duplicate gets a receipt of its own and may move the cursor; nothing else changes.
    Raises SetupError (disk, database) and WarehouseBusy.
    """
    digests = [store.write(payload.content) for payload in delivery.payloads]
    with translated("landing a delivery"), engine.begin() as connection:
        _lock_feed(connection, delivery)
        landed = _insert_batch(connection, delivery, delivery_digest(digests))
        _insert_payloads(connection, landed.batch_id, delivery, digests)
        _move_cursor(connection, landed.batch_id, delivery)
    return landed


def delivery_digest(digests: Sequence[str]) -> str:
    """One digest for a delivery: SHA-256 over its payloads' digests in order, one a line."""
    return hashlib.sha256("".join(f"{digest}\n" for digest in digests).encode()).hexdigest()


def read_batch(engine: sa.Engine, batch_id: int) -> Batch:
    """Read a landed batch. Raises SetupError when there is none of this number."""
    with translated("reading a batch"), engine.connect() as connection:
        row = connection.execute(statement("landing/read_batch"), {"batch_id": batch_id}).one_or_none()
    if row is None:
        raise SetupError(f"there is no batch {batch_id}")
    window = Window(row.interval_start, row.interval_end) if row.interval_end is not None else None
    return Batch(
        row.batch_id, row.insurer_id, row.record_type, row.channel, row.received_at, row.state, window,
        row.definition_digest,
    )  # fmt: skip


def payloads(engine: sa.Engine, store: Store, batch_id: int) -> tuple[LandedPayload, ...]:
    """List the parts of a batch in their order, each checked against its digest. Raises LandingDamaged."""
    with translated("reading a batch"), engine.connect() as connection:
        rows = connection.execute(statement("landing/payloads"), {"batch_id": batch_id}).all()
    for row in rows:
        verify_raw(store, row.sha256, row.size_bytes)
    return tuple(LandedPayload(row.name, row.media_type, row.sha256, store.path(row.sha256)) for row in rows)


def pending(engine: sa.Engine) -> list[int]:
    """Batches that are landed and not loaded, in the order received."""
    with translated("listing landed batches"), engine.connect() as connection:
        return list(connection.execute(statement("landing/pending")).scalars())


def verify_raw(store: Store, sha256: str, size_bytes: int) -> None:
    """Check one landed file against its receipt, without holding it in memory. Raises LandingDamaged."""
    digest, size = hashlib.sha256(), 0
    try:
        with store.path(sha256).open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise LandingDamaged(f"landed file {sha256[:12]} cannot be read: {error.strerror}") from error
    if size != size_bytes or digest.hexdigest() != sha256:
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
    window, control = delivery.window, delivery.control
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
    }
    row = connection.execute(statement("landing/insert_batch"), values).one()
    return Landed(row.batch_id, row.state, row.duplicate_of)


def _insert_payloads(connection: sa.Connection, batch_id: int, delivery: Delivery, digests: Sequence[str]) -> None:
    for position, (payload, sha256) in enumerate(zip(delivery.payloads, digests, strict=True), start=1):
        values = {"batch_id": batch_id, "position": position, "sha256": sha256, **_payload_values(payload)}
        connection.execute(statement("landing/insert_payload"), {**values, "landed_at": delivery.received_at})


def _payload_values(payload: Payload) -> dict[str, object]:
    return {"name": payload.name, "media_type": payload.media_type, "size_bytes": len(payload.content)}


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


def _is_intact(target: pathlib.Path, sha256: str) -> bool:
    return target.exists() and hashlib.sha256(target.read_bytes()).hexdigest() == sha256


def _write_durably(target: pathlib.Path, content: bytes) -> None:
    """Write beside the target, fsync, rename over it and fsync the folders: never half a file under the name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".landing-")
    partial = pathlib.Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o444)
            os.fsync(file.fileno())
        partial.rename(target)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    _sync_folders(target.parent, target.parents[2])


def _sync_folders(folder: pathlib.Path, root: pathlib.Path) -> None:
    """Fsync a folder and those above it up to ``root``: a new name in each of them must be durable."""
    for each in (folder, *folder.parents):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if each == root:
            return
