"""What the warehouse holds against what the replay holds: every version, every value, every moment, exactly."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from oracle.merge import NO_ROW, Key, Version, VersionStore
from schemas.contract import Contract, load_contracts

_HUB_COLUMNS = (
    "insurer_id",
    "batch_id",
    "row_no",
    "recorded_at",
    "superseded_at",
    "first_received_at",
    "deadline_on",
    "timeliness",
    "is_withdrawn",
    "new_deadline_on",
    "new_timeliness",
)
#: Rows are read as they are looked at: a record type of a province is more than fits in a small machine twice.
IN_PARTS = {"stream_results": True}
#: What the hub itself writes into a version that is no row: a tombstone, or what a renumbering changed.
_OF_HUB = frozenset({"operation_code", "correction_reason_text"})


class _Place(NamedTuple):
    """Names one version on either side."""

    key: Key
    batch_id: int
    row_no: int
    recorded_at: dt.datetime


def differences(
    connection: sa.Connection, stores: Mapping[str, VersionStore], unread: Collection[int] = ()
) -> Iterator[str]:
    """A line for each version that only one side has, or that differs; names keys and fields, never other values.

    Records of which core holds a version of a batch in ``unread`` are left out: the replay cannot know them.
    """
    for record_type, contract in load_contracts().items():
        yield from _of_type(connection, contract, stores[record_type], unread)


def rows_loaded_again(connection: sa.Connection) -> dict[int, set[tuple[int, dt.datetime]]]:
    """Batch that was loaded more than once -> (row number, recorded_at) of the versions that core holds of its rows."""
    found: dict[int, set[tuple[int, dt.datetime]]] = defaultdict(set)
    again = " and v.batch_id in (select l.batch_id from landing.load as l where l.kind <> 'first')"
    for row in _of_rows(connection, "v.batch_id, v.row_no, v.recorded_at", again):
        found[row.batch_id].add((row.row_no, row.recorded_at))
    return found


def counts_by_moment(connection: sa.Connection) -> dict[int, Counter[tuple[bool, dt.datetime]]]:
    """Batch -> (is a tombstone without a row, recorded_at) -> how many versions of its record type core holds of it."""
    found: dict[int, Counter[tuple[bool, dt.datetime]]] = defaultdict(Counter)
    wanted = f"v.batch_id, v.row_no = {NO_ROW} as is_tombstone, v.recorded_at, count(*) as versions"
    for row in _of_rows(connection, wanted, " group by 1, 2, 3"):
        found[row.batch_id][row.is_tombstone, row.recorded_at] = row.versions
    return found


def _of_rows(connection: sa.Connection, wanted: str, rest: str) -> Iterator[sa.Row[Any]]:
    """Something of the versions of each record type that go back to a row, or to its absence."""
    for record_type in load_contracts():
        # Names come from the contracts, never from a person.
        query = sa.text(
            f"select {wanted} from core.{record_type} as v"  # noqa: S608
            " inner join landing.batch as b on v.batch_id = b.batch_id where b.record_type = :record_type"
            f" and v.origin_batch_id is null and (v.content_hash is not null or v.row_no = {NO_ROW}){rest}"
        )
        yield from connection.execute(query, {"record_type": record_type}, execution_options=IN_PARTS)


def _of_type(
    connection: sa.Connection, contract: Contract, store: VersionStore, unread: Collection[int]
) -> Iterator[str]:
    names, hub = tuple(contract.by_name), len(_HUB_COLUMNS)
    key_places = [names.index(name) for name in contract.key]
    replayed = {_place(version): version for versions in store.versions.values() for version in versions}
    stored: Counter[_Place] = Counter()
    # Names come from the contract, never from a person.
    query = sa.text(
        f"select {', '.join(_HUB_COLUMNS + names)} from core.{contract.record_type} as v"  # noqa: S608
        " left join lateral (select a.deadline_on as new_deadline_on, a.timeliness as new_timeliness"
        f" from quality.version_verdict as a where a.record_type = '{contract.record_type}'"
        " and a.version_id = v.version_id order by a.judging_no desc limit 1) as again on true"
    )
    unknown = _keys_of(connection, contract, unread) if unread else set()
    for row in connection.execute(query, execution_options=IN_PARTS):
        content = tuple(row[hub:])
        key = (row.insurer_id, tuple(content[place] for place in key_places))
        if key in unknown:
            continue
        place = _Place(key, row.batch_id, row.row_no, row.recorded_at)
        stored[place] += 1
        if place not in replayed:
            yield f"{_named(contract, key)}: a version of batch {row.batch_id} in core that no load left there"
        else:
            yield from _unlike(contract, replayed[place], row, content)
    for place in replayed:
        if stored[place] != 1 and place.key not in unknown:
            yield f"{_named(contract, place.key)}: {stored[place]} versions in core where batch {place.batch_id} left one"


def _keys_of(connection: sa.Connection, contract: Contract, batch_ids: Collection[int]) -> set[Key]:
    """The records of which core holds a version of some batches."""
    names = ", ".join(contract.key)
    query = sa.text(
        f"select insurer_id, {names} from core.{contract.record_type} where batch_id = any(:batch_ids)"  # noqa: S608
    )
    return {(row[0], tuple(row[1:])) for row in connection.execute(query, {"batch_ids": list(batch_ids)})}


def _place(version: Version) -> _Place:
    return _Place(version.arrival.key, version.batch_id, version.arrival.row_no, version.recorded_at)


def _unlike(
    contract: Contract, replayed: Version, row: sa.Row[tuple[object, ...]], content: tuple[object, ...]
) -> Iterator[str]:
    judged, again = replayed.judged, replayed.again[-1][1] if replayed.again else None
    expected = {
        "superseded_at": replayed.superseded_at,
        "first_received_at": replayed.first_received_at,
        "deadline_on": judged and judged.deadline_on,
        "timeliness": judged and judged.timeliness,
        "is_withdrawn": replayed.arrival.is_withdrawn,
        "new_deadline_on": again and again.deadline_on,
        "new_timeliness": again and again.timeliness,
    }
    odd = [name for name, value in expected.items() if getattr(row, name) != value]
    if content != replayed.arrival.content:
        own = _OF_HUB if replayed.is_absence or replayed.is_closing or replayed.origin else frozenset()
        pairs = zip(contract.by_name, content, replayed.arrival.content, strict=True)
        odd += [name for name, ours, theirs in pairs if ours != theirs and name not in own]
    if odd:
        yield f"{_named(contract, replayed.arrival.key)} of batch {replayed.batch_id}: {', '.join(odd)} not as replayed"


def _named(contract: Contract, key: Key) -> str:
    return f"{contract.record_type} {key[0]} {'|'.join(map(str, key[1]))}"
