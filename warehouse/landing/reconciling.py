"""Store and database compared, receipt by receipt, and what the database lacks landed again from the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.errors import LandingDamaged
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement
from warehouse.landing import manifests
from warehouse.landing.receipts import Damage, damage_of, kept_of
from warehouse.landing.store import Store


@dataclass(frozen=True)
class Reconciled:
    """What was found, and done unless it was a dry run."""

    landed: tuple[int, ...]
    """Receipts that stood in the store alone."""
    unreadable: tuple[str, ...]
    """A line for each manifest that cannot be landed: it was changed, or is none."""
    written: tuple[int, ...]
    """Receipts that had no manifest: they landed before there were any."""
    without_bytes: tuple[Damage, ...]
    """Files of receipts that are not in the store."""


def reconcile(engine: sa.Engine, store: Store, *, is_dry_run: bool = False) -> Reconciled:
    """Land every receipt that only the store knows, with its number and moment, and draw no number of it again.

    What waits then is loaded as always. Done twice it comes to the same; one that was stopped is done again. Verdicts,
    decisions and publications are none of it. Raises LandingUnreachable, SetupError and as the warehouse does.
    """
    kept = list(manifests.numbers(store))
    known = _known(engine)
    landed, unreadable = list[int](), list[str]()
    for batch_id in kept:
        if batch_id in known:
            continue
        try:
            if is_dry_run or manifests.land_again(engine, store, batch_id):
                landed.append(batch_id)
        except LandingDamaged as error:
            unreadable.append(f"{error}: {store.where(manifests.name_of(batch_id))}")
    without = sorted(known.difference(kept))
    written = without if is_dry_run else _write(engine, store, without)
    if not is_dry_run:
        _raise_number(engine, max(kept, default=0))
    return Reconciled(tuple(landed), tuple(unreadable), tuple(written), tuple(_without_bytes(engine, store)))


@dataclass(frozen=True)
class OnlyInStore:
    """Receipts that the database does not have: those that are lost to it, and those of which nothing is missing."""

    lost: tuple[int, ...]
    covered: tuple[int, ...]
    """Of the same delivery there is another receipt, or its feed was collected as far since: a transaction had failed."""


def only_in_store(engine: sa.Engine, store: Store, batch_ids: list[int]) -> OnlyInStore:
    """Which of some numbers, as ``manifests.numbers`` gave them before, no receipt of the database has."""
    known = _known(engine)
    found: dict[bool, list[int]] = {True: [], False: []}
    for batch_id in batch_ids:
        if batch_id not in known:
            found[_is_covered(engine, store, batch_id)].append(batch_id)
    return OnlyInStore(tuple(found[False]), tuple(found[True]))


def _is_covered(engine: sa.Engine, store: Store, batch_id: int) -> bool:
    try:
        manifest = manifests.read(store, batch_id)
    except LandingDamaged:
        return False
    values = {name: manifest[name] for name in ("insurer_id", "record_type", "digest", "cursor")}
    with database_errors("reading receipts"), engine.connect() as connection:
        return bool(connection.execute(statement("landing/manifests/is_covered"), values).scalar_one())


def _known(engine: sa.Engine) -> set[int]:
    with database_errors("reading receipts"), engine.connect() as connection:
        return set(connection.execute(statement("landing/manifests/batch_ids")).scalars())


def _raise_number(engine: sa.Engine, batch_id: int) -> None:
    """Last of all: until it is done, nothing lands."""
    with database_errors("raising the number of receipts"), engine.begin() as connection:
        connection.execute(statement("landing/manifests/raise_batch_no"), {"batch_id": batch_id})


def _write(engine: sa.Engine, store: Store, batch_ids: list[int]) -> list[int]:
    """Those that had no manifest; one that landed since the store was looked at has its own."""
    with database_errors("reading receipts"), engine.connect() as connection:
        return [batch_id for batch_id in batch_ids if manifests.keep_late(connection, store, batch_id)]


def _without_bytes(engine: sa.Engine, store: Store) -> Iterator[Damage]:
    """Files that the store does not list, and that are not read by their version either."""
    present = set(store.names(""))
    with database_errors("reading receipts"), engine.connect() as connection:
        rows = connection.execute(statement("landing/receipts/all_payloads")).all()
    for row in rows:
        if kept_of(row).name not in present and (found := damage_of(store, row)):
            yield found
