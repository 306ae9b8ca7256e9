"""What the warehouse holds against what the replay holds: every version, every value, exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from sandbox.oracle.merge import Held, Key, Version
from schemas.contract import Contract, load_contracts

_HUB_COLUMNS = (
    "insurer_id",
    "batch_id",
    "superseded_at",
    "first_received_at",
    "deadline_on",
    "timeliness",
    "is_withdrawn",
)


def differences(connection: sa.Connection, held: Mapping[str, Held]) -> Iterator[str]:
    """A line for each version that only one side has, or that differs; names keys and fields, never other values."""
    for record_type, contract in load_contracts().items():
        yield from _of_type(connection, contract, held[record_type])


def _of_type(connection: sa.Connection, contract: Contract, held: Held) -> Iterator[str]:
    names, hub = tuple(contract.by_name), len(_HUB_COLUMNS)
    key_places = [names.index(name) for name in contract.key]
    current: set[Key] = set()
    stored: Counter[Key] = Counter()
    # Names come from the contract, never from a person.
    query = sa.text(f"select {', '.join(_HUB_COLUMNS + names)} from core.{contract.record_type}")  # noqa: S608
    for row in connection.execute(query):
        content = tuple(row[hub:])
        key = (row.insurer_id, tuple(content[place] for place in key_places))
        stored[key] += 1
        if content not in held.seen.get(key, ()):
            yield from _unknown(contract, key, content, held.current.get(key) if row.superseded_at is None else None)
        elif row.superseded_at is None:
            yield from _unlike(contract, key, row, held.current[key])
        if row.superseded_at is None:
            current.add(key)
    for key, contents in held.seen.items():
        if key not in current:
            yield f"{_named(contract, key)}: no current version in core"
        elif len(contents) != stored[key]:
            yield f"{_named(contract, key)}: {len(contents)} versions delivered, {stored[key]} in core"


def _unknown(contract: Contract, key: Key, content: tuple[object, ...], replayed: Version | None) -> Iterator[str]:
    if replayed is None:
        yield f"{_named(contract, key)}: a version in core that no delivery holds"
        return
    pairs = zip(contract.by_name, content, replayed.arrival.content, strict=True)
    fields = [name for name, ours, theirs in pairs if ours != theirs]
    yield f"{_named(contract, key)}: core and deliveries differ in {', '.join(fields)}"


def _unlike(contract: Contract, key: Key, row: sa.Row[tuple[object, ...]], replayed: Version) -> Iterator[str]:
    if replayed.arrival.content != tuple(row[len(_HUB_COLUMNS) :]):
        yield f"{_named(contract, key)}: core calls another version current"
        return
    judged = replayed.judged
    expected = {
        "batch_id": replayed.batch_id,
        "first_received_at": replayed.first_received_at,
        "deadline_on": judged and judged.deadline_on,
        "timeliness": judged and judged.timeliness,
        "is_withdrawn": replayed.arrival.is_withdrawn,
    }
    odd = [name for name, value in expected.items() if getattr(row, name) != value]
    if odd:
        yield f"{_named(contract, key)}: {', '.join(odd)} not as replayed"


def _named(contract: Contract, key: Key) -> str:
    return f"{contract.record_type} {key[0]} {'|'.join(map(str, key[1]))}"
