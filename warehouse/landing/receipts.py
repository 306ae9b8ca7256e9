"""Landing: bytes exactly as they arrived, kept by digest, with a receipt.

The bytes are on disk and fsynced, folder included, or in the bucket, before the transaction that writes the receipt
commits, and so is its manifest: what was acknowledged is there after a power cut, and after a restore of the database.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from schemas.contract import load_contract
from schemas.delivery import Delivery, Replacement, Submitter
from schemas.errors import KeyUsedOtherwise, LandingDamaged, LandingMissing, NotFound, SetupError
from schemas.findings import Finding
from warehouse.database import locks
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement
from warehouse.landing import manifests
from warehouse.landing.store import Kept, Store

__all__ = [
    "Batch",
    "Damage",
    "Landed",
    "LandedPayload",
    "Store",
    "StuckBatch",
    "answered_before",
    "damage_of",
    "damaged",
    "declared",
    "delivery_digest",
    "kept_of",
    "land",
    "land_for_trial",
    "lent",
    "mark_stuck",
    "pending",
    "read_batch",
    "refuse",
    "replaced",
    "stuck",
]


@dataclass(frozen=True)
class Landed:
    """The receipt of a delivery; state ``duplicate`` names the batch that holds the same bytes.

    ``again_of``: the first batch of these bytes, when they are judged again.
    """

    batch_id: int
    state: str
    duplicate_of: int | None = None
    again_of: int | None = None


@dataclass(frozen=True)
class LandedPayload:
    """One part of a landed batch: its name, and the file that its bytes are lent in."""

    name: str
    sha256: str
    path: pathlib.Path


@dataclass(frozen=True)
class StuckBatch:
    """A batch that cannot be judged as things are, and why (Chinese, with what to do)."""

    batch_id: int
    insurer_id: str
    record_type: str
    reason_code: str
    reason_text: str


@dataclass(frozen=True)
class Damage:
    """A landed file that is missing, changed or unreadable, and the batches that hold it, each as ``7 tianji/policy``."""

    where: str
    batches: tuple[str, ...]
    problem: str
    is_missing: bool


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

    So they are of a batch whose verdict stands and would be the same now; what was rejected, could not be judged or was
    never loaded is judged again, and so is what was declared otherwise or judged by another definition. A duplicate gets
    a receipt of its own and may move the cursor; nothing else changes. After a delivery that replaces, older bytes count
    anew, since it may have withdrawn what they brought; and so does a replacing delivery after any.
    Raises SetupError (disk, bucket, database; ReceiptsUnknown), LandingUnreachable and WarehouseBusy.
    """
    kept = [store.keep(payload) for payload in delivery.payloads]
    with database_errors("landing a delivery"), _numbered(engine, store, delivery) as (connection, batch_id):
        if answered := _answered_before(connection, delivery.submitter):
            return answered
        landed = _insert(connection, batch_id, delivery, kept)
        _move_cursor(connection, landed.batch_id, delivery)
        manifests.keep(connection, store, landed.batch_id, delivery.cursor)
    return landed


def land_for_trial(connection: sa.Connection, delivery: Delivery, kept: Sequence[Kept]) -> int:
    """A batch that exists in the caller's transaction only, and is judged whatever came before; its number."""
    batch_id = manifests.draw_for_trial(connection)
    return _insert(connection, batch_id, delivery, kept, can_be_duplicate=False).batch_id


def refuse(engine: sa.Engine, store: Store, delivery: Delivery, refusal: Finding) -> Landed:
    """Keep the bytes of a delivery that cannot be taken as it stands; its receipt is ``rejected`` from the start.

    It is no duplicate of anything, and nothing of it: the same bytes are judged again once they can be.
    Raises as ``land`` does.
    """
    kept = [store.keep(payload) for payload in delivery.payloads]
    names = [payload.name for payload in delivery.payloads]
    with database_errors("refusing a delivery"), _numbered(engine, store, delivery) as (connection, batch_id):
        if answered := _answered_before(connection, delivery.submitter):
            return answered
        digest = delivery_digest([*(part.sha256 for part in kept), refusal.rule_id, *names])
        landed = _insert_batch(connection, batch_id, delivery, digest, kept, can_be_duplicate=False)
        _insert_payloads(connection, landed.batch_id, delivery, kept)
        told = {"code": refusal.rule_id, "text": refusal.message, "found_in": refusal.value}
        connection.execute(statement("landing/receipts/refuse_batch"), {"batch_id": landed.batch_id, **told})
        manifests.keep(connection, store, landed.batch_id)
    return Landed(landed.batch_id, "rejected", again_of=landed.again_of)


def delivery_digest(digests: Sequence[str], replaces: Replacement | None = None) -> str:
    """One digest for a delivery: SHA-256 over its payloads' digests in order, one a line, and what it replaces."""
    scope = () if replaces is None else (f"replaces {replaces.kind} {replaces.since} {replaces.until}",)
    return hashlib.sha256("".join(f"{line}\n" for line in (*digests, *scope)).encode()).hexdigest()


def read_batch(engine: sa.Engine, batch_id: int) -> Batch:
    """Read a landed batch. Raises NotFound when there is none of this number."""
    with database_errors("reading a batch"), engine.connect() as connection:
        row = connection.execute(statement("landing/receipts/read_batch"), {"batch_id": batch_id}).one_or_none()
    if row is None:
        raise NotFound(f"there is no batch {batch_id}")
    return Batch(**row._asdict())


@contextlib.contextmanager
def lent(engine: sa.Engine, store: Store, batch_id: int) -> Iterator[tuple[LandedPayload, ...]]:
    """The parts of a batch in their order as files, each checked against its digest, while the context is open.

    Raises LandingMissing, LandingDamaged, LandingUnreachable.
    """
    with database_errors("reading a batch"), engine.connect() as connection:
        rows = connection.execute(statement("landing/receipts/payloads"), {"batch_id": batch_id}).all()
    with contextlib.ExitStack() as files:
        yield tuple(LandedPayload(row.name, row.sha256, files.enter_context(store.lend(kept_of(row)))) for row in rows)


def pending(engine: sa.Engine) -> list[int]:
    """Batches that are landed and not loaded, stuck ones included, in the order received."""
    with database_errors("listing landed batches"), engine.connect() as connection:
        return list(connection.execute(statement("landing/receipts/pending")).scalars())


def left_over(engine: sa.Engine, insurer_id: str, record_types: list[str]) -> list[int]:
    """Batches of some feeds that were landed and wait for their first load, in the order received."""
    feeds = {"insurer_id": insurer_id, "record_types": record_types}
    with database_errors("listing landed batches"), engine.connect() as connection:
        return list(connection.execute(statement("landing/receipts/left_over"), feeds).scalars())


def mark_stuck(engine: sa.Engine, batch_id: int, code: str, text: str) -> None:
    """Say of a batch without a verdict that it cannot be judged as things are, and why."""
    with database_errors("marking a batch"), engine.begin() as connection:
        connection.execute(statement("landing/receipts/mark_stuck"), {"batch_id": batch_id, "code": code, "text": text})


def stuck(engine: sa.Engine) -> list[StuckBatch]:
    """Batches that could not be judged so far."""
    with database_errors("listing landed batches"), engine.connect() as connection:
        return [StuckBatch(**row._asdict()) for row in connection.execute(statement("landing/receipts/stuck"))]


def kept_of(row: sa.Row[Any]) -> Kept:
    """What a receipt vouches for, of a row with digest, size and version."""
    return Kept(row.sha256, row.size_bytes, row.version_id)


def damaged(engine: sa.Engine, store: Store) -> Iterator[Damage]:
    """Acknowledged files whose bytes are missing or changed, for ``anze verify``; not of batches that were discarded."""
    for row in _acknowledged(engine):
        if found := damage_of(store, row):
            yield found


def damage_of(store: Store, row: sa.Row[Any]) -> Damage | None:
    """What is wrong with an acknowledged file, of a row that names its batches, too. Raises LandingUnreachable."""
    kept = kept_of(row)
    try:
        store.check(kept)
    except (LandingDamaged, SetupError) as error:
        return Damage(store.where(kept.name), tuple(row.batches), str(error), isinstance(error, LandingMissing))
    return None


def replaced(engine: sa.Engine, store: Store) -> list[str]:
    """A line for each object that somebody laid something over, whose receipted version is still read."""
    return [line for row in _acknowledged(engine) if (line := store.replaced(kept_of(row)))]


def _acknowledged(engine: sa.Engine) -> Sequence[sa.Row[Any]]:
    with database_errors("reading receipts"), engine.connect() as connection:
        return connection.execute(statement("landing/receipts/all_payloads")).all()


@contextlib.contextmanager
def _numbered(engine: sa.Engine, store: Store, delivery: Delivery) -> Iterator[tuple[sa.Connection, int]]:
    """The transaction of one receipt, alone in its feed, and its number, which was drawn in a transaction before."""
    with engine.connect() as connection, locks.feed_alone(connection, delivery.insurer_id, delivery.record_type):
        with connection.begin():
            batch_id = manifests.draw(connection, store)
        with connection.begin():
            yield connection, batch_id


def _insert(
    connection: sa.Connection, batch_id: int, delivery: Delivery, kept: Sequence[Kept], *, can_be_duplicate: bool = True
) -> Landed:
    digest = delivery_digest([part.sha256 for part in kept], delivery.replaces)
    landed = _insert_batch(connection, batch_id, delivery, digest, kept, can_be_duplicate=can_be_duplicate)
    _insert_payloads(connection, landed.batch_id, delivery, kept)
    return landed


def _insert_batch(
    connection: sa.Connection, batch_id: int, delivery: Delivery, digest: str, kept: Sequence[Kept], *,
    can_be_duplicate: bool = True,
) -> Landed:  # fmt: skip
    window = delivery.window
    values = {
        **declared(delivery),
        "batch_id": batch_id,
        "insurer_id": delivery.insurer_id,
        "record_type": delivery.record_type,
        "channel": delivery.channel,
        "interval_start": window.since if window else None,
        "interval_end": window.until if window else None,
        "received_at": delivery.received_at,
        "digest": digest,
        "contract_version": load_contract(delivery.record_type).version if can_be_duplicate else "",
        "sha256s": [part.sha256 for part in kept],
        "can_be_duplicate": can_be_duplicate,
    }
    row = connection.execute(statement("landing/receipts/insert_batch"), values).one()
    if delivery.submitter is not None:
        submitted = {"batch_id": row.batch_id, "insurer_id": delivery.insurer_id, **asdict(delivery.submitter)}
        connection.execute(statement("landing/receipts/insert_submission"), submitted)
    return Landed(row.batch_id, row.state, row.duplicate_of, row.again_of)


def answered_before(engine: sa.Engine, submitter: Submitter) -> Landed | None:
    """The receipt that this account's key has, if it has one. Raises KeyUsedOtherwise."""
    with database_errors("reading a receipt"), engine.connect() as connection:
        return _answered_before(connection, submitter)


def _answered_before(connection: sa.Connection, submitter: Submitter | None) -> Landed | None:
    """The receipt that this account's key has, if it has one. Raises KeyUsedOtherwise when that was for another request."""
    if submitter is None or submitter.idempotency_key is None:
        return None
    locks.key(connection, submitter.login, submitter.idempotency_key)
    values = {"submitted_by": submitter.login, "idempotency_key": submitter.idempotency_key}
    row = connection.execute(statement("landing/receipts/answered_before"), values).one_or_none()
    if row is None:
        return None
    if row.request_sha256 != submitter.request_sha256:
        raise KeyUsedOtherwise(f"key {submitter.idempotency_key!a} was used for another request: batch {row.batch_id}")
    return Landed(row.batch_id, row.state, row.duplicate_of, row.again_of)


def declared(delivery: Delivery) -> dict[str, Any]:
    """What is asked of a delivery when it is compared with an earlier one: what was declared, and what would judge it."""
    control, replaces = delivery.control, delivery.replaces
    return {
        "definition_digest": delivery.definition_digest,
        "ruleset_version": delivery.ruleset_version,
        "declared_row_count": control.row_count if control else None,
        "declared_amount_field": control.amount_field if control else None,
        "declared_amount": control.amount if control else None,
        "replaces": replaces.kind if replaces else None,
        "replaces_from": replaces.since if replaces else None,
        "replaces_to": replaces.until if replaces else None,
    }


def _insert_payloads(connection: sa.Connection, batch_id: int, delivery: Delivery, kept: Sequence[Kept]) -> None:
    for position, (payload, part) in enumerate(zip(delivery.payloads, kept, strict=True), start=1):
        values = {"batch_id": batch_id, "position": position, **asdict(part)}
        named = {"name": payload.name, "media_type": payload.media_type, "landed_at": delivery.received_at}
        connection.execute(statement("landing/receipts/insert_payload"), values | named)


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
    connection.execute(statement("landing/receipts/move_cursor"), values)
