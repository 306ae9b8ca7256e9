"""Manifests: what each receipt says, kept in the store beside the bytes before the receipt commits.

So the store alone is enough to land everything again. A manifest is named by the receipt's number and created once: a
database that was restored to an earlier moment cannot give a number twice.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from schemas.errors import LandingDamaged, ReceiptsUnknown
from warehouse.database import locks
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement
from warehouse.landing.store import Store

FOLDER, FORMAT = "receipts/", "anze-receipt-manifest/1"
_NAME = re.compile(r"receipts/\d{9,}/(\d{12,})\.json")


def name_of(batch_id: int) -> str:
    """The name of a receipt's manifest; names sort as their numbers do."""
    return f"{FOLDER}{batch_id // 1000:09d}/{batch_id:012d}.json"


def numbers(store: Store, after: int = 0) -> Iterator[int]:
    """Numbers of the receipts that have a manifest, those behind ``after``, in their order."""
    for name in store.names(FOLDER, name_of(after)):
        if match := _NAME.fullmatch(name):
            yield int(match[1])


def draw(connection: sa.Connection, store: Store) -> int:
    """Draw a receipt's number; the caller commits before a manifest has it, so that a crash cannot give it twice.

    Raises ReceiptsUnknown, and draws none, when the store holds a receipt of a number that the database has not drawn yet:
    so a refusal lasts until ``reconciling`` was there.
    """
    require_known(connection, store)
    return draw_for_trial(connection)


def draw_for_trial(connection: sa.Connection) -> int:
    """Draw a number that no manifest will have."""
    drawn: int = connection.execute(statement("landing/manifests/next_batch_no")).scalar_one()
    return drawn


def require_known(connection: sa.Connection, store: Store) -> None:
    """Raise ReceiptsUnknown as ``draw`` does."""
    last = _last(connection)
    newest = next(numbers(store, last), None)
    if newest is not None and newest > _last(connection):  # others draw numbers meanwhile
        raise _unknown(store, newest, last)


def keep(connection: sa.Connection, store: Store, batch_id: int, cursor: dt.datetime | None = None) -> None:
    """Keep the manifest of a receipt that the open transaction has written, as its last act.

    Raises ReceiptsUnknown when the store has another receipt of this number.
    """
    content = _text(connection, batch_id, cursor).encode()
    if not store.create(name_of(batch_id), content) and store.read(name_of(batch_id)) != content:
        raise _unknown(store, batch_id, batch_id - 1)


def keep_late(connection: sa.Connection, store: Store, batch_id: int) -> bool:
    """Keep the manifest of a receipt that was committed without one; False where it has one."""
    return store.create(name_of(batch_id), _text(connection, batch_id, None).encode())


def land_again(engine: sa.Engine, store: Store, batch_id: int) -> bool:
    """Land what a manifest says: the same number, moment and bytes; False where the receipt is there by now.

    Raises LandingMissing, and LandingDamaged for a manifest that is none, or says what its receipt's number does not.
    """
    manifest = read(store, batch_id)
    refusal = manifest["refusal"]
    with database_errors("landing a delivery again"), engine.begin() as connection:
        locks.feed(connection, manifest["insurer_id"], manifest["record_type"])
        landed = connection.execute(
            statement("landing/manifests/land_again"), {"manifest": json.dumps(manifest)}
        ).scalar()
        if landed is None:
            return False
        if landed != manifest["receipt_no"]:
            raise _damaged(batch_id)
        if refusal:
            connection.execute(statement("landing/receipts/refuse_batch"), {"batch_id": batch_id, **refusal})
        if manifest["cursor"]:
            feed = {name: manifest[name] for name in ("insurer_id", "record_type")}
            moved = {"value": manifest["cursor"], "batch_id": batch_id, "moved_at": manifest["received_at"]}
            connection.execute(statement("landing/receipts/move_cursor"), feed | moved)
    return True


def read(store: Store, batch_id: int) -> dict[str, Any]:
    """What a manifest says. Raises LandingMissing, and LandingDamaged for one that is none."""
    try:
        manifest = json.loads(store.read(name_of(batch_id)))
    except ValueError as error:
        raise _damaged(batch_id) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or manifest["batch_id"] != batch_id:
        raise _damaged(batch_id)
    return manifest


def _text(connection: sa.Connection, batch_id: int, cursor: dt.datetime | None) -> str:
    values = {"format": FORMAT, "batch_id": batch_id, "cursor": cursor}
    found = connection.execute(statement("landing/manifests/manifest"), values).scalar_one()
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _last(connection: sa.Connection) -> int:
    found: int = connection.execute(statement("landing/manifests/last_batch_no")).scalar_one()
    return found


def _unknown(store: Store, batch_id: int, last: int) -> ReceiptsUnknown:
    return ReceiptsUnknown(
        f"landing cannot be written: {store.where(name_of(batch_id))} is a receipt that the database does not know, "
        f"it ends at {last}: 数据库恢复到了更早的时刻,或这是另一套安装的存储 it was restored to an earlier moment, or is "
        "another installation's: run `anze landing reconcile`"
    )


def _damaged(batch_id: int) -> LandingDamaged:
    return LandingDamaged(f"the manifest of receipt {batch_id} was changed, or is none")
