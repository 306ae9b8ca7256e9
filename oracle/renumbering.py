"""Numbers that were given up: rows that still say them, and the records that move to their new numbers.

A record's number is the first part of its natural key. All of it inside one sender.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from oracle.merge import Arrival, Content, Key, Receipt, Version, VersionStore
from oracle.timeliness import Judged
from schemas.contract import INSURER_RECORD_TYPES, Contract, load_contract

RECORD_TYPE = "renumbering"
Number = tuple[str, str]
"""(record type, number)."""


@dataclass(frozen=True)
class _Move:
    """What one number becomes: by which row of the batch, over how many renumberings."""

    new_no: str
    row_no: int
    step: int


@dataclass(frozen=True)
class _Touched:
    """A current version that says numbers which were given up, by the places where it says them."""

    version: Version
    found: Mapping[int, _Move]


@dataclass(frozen=True)
class _Leaving:
    """A current version that leaves its key, and what is known under the key where it goes."""

    version: Version
    move: _Move
    new_key: Key
    target: Version | None

    @property
    def stands(self) -> bool:
        """Whether the target is not older, and stays."""
        return self.target is not None and not self.target.is_closing and _rank(self.target) >= _rank(self.version)

    @property
    def is_elder(self) -> bool:
        return self.target is not None and self.version.first_received_at < self.target.first_received_at


def today(stores: Mapping[str, VersionStore], insurer_id: str) -> dict[Number, str]:
    """Every number of a sender that was given up -> the number that the record has now."""
    live = _live(stores, insurer_id)
    return {(record_type, old): _end(live, record_type, new)[0] for (record_type, old), new in live.items()}


def under_current_numbers(arrival: Arrival, contract: Contract, numbers: Mapping[Number, str]) -> Arrival:
    """The row under today's numbers: its own unless it withdraws the record, and those that it refers to."""
    if not numbers:
        return arrival
    content = list(arrival.content)
    for place, named in _numbers_of(contract):
        is_own = place == _own_place(contract)
        number = content[place]
        if isinstance(number, str) and not (is_own and arrival.is_withdrawn):
            content[place] = numbers.get((named, number), number)
    key = tuple(content[place] for place in _key_places(contract))
    return dataclasses.replace(arrival, key=(arrival.key[0], key), content=tuple(content))


def former_keys(key: Key, record_type: str, numbers: Mapping[Number, str]) -> list[Key]:
    """The keys that a record had before."""
    insurer_id, (number, *rest) = key
    return [
        (insurer_id, (old, *rest)) for (named, old), new in numbers.items() if named == record_type and new == number
    ]


def follow(stores: Mapping[str, VersionStore], arrivals: Iterable[Arrival], receipt: Receipt) -> None:
    """Move records and references, after the renumberings of a batch are merged."""
    current = stores[RECORD_TYPE].current
    accepted = [
        arrival
        for arrival in arrivals
        if not arrival.is_withdrawn
        and (version := current[arrival.key]).recorded_at == receipt.recorded_at
        and version.arrival is arrival
    ]
    for arrival in accepted:
        _undo(stores, arrival, receipt)
    moves = _moves(stores, accepted)
    for record_type in INSURER_RECORD_TYPES:
        _move(stores[record_type], load_contract(record_type), moves, receipt)


def _live(stores: Mapping[str, VersionStore], insurer_id: str) -> dict[Number, str]:
    """The renumberings in force: (record type, old number) -> new number."""
    contract = load_contract(RECORD_TYPE)
    place = tuple(contract.by_name).index("new_no")
    return {
        (str(key[0]), str(key[1])): str(version.arrival.content[place])
        for (sender, key), version in stores[RECORD_TYPE].current.items()
        if sender == insurer_id and not version.arrival.is_withdrawn
    }


def _end(live: Mapping[Number, str], record_type: str, number: str) -> tuple[str, int]:
    """Where a chain of renumberings ends, and over how many of them."""
    step = 0
    while (record_type, number) in live and step <= len(live):
        number, step = live[record_type, number], step + 1
    return number, step


def _undo(stores: Mapping[str, VersionStore], arrival: Arrival, receipt: Receipt) -> None:
    """An opposite renumbering closes the one that gave up the number which the record takes back."""
    insurer_id, (record_type, target) = arrival.key
    live = _live(stores, insurer_id)
    first = at = str(arrival.content[tuple(load_contract(RECORD_TYPE).by_name).index("new_no")])
    seen: set[str] = set()
    while at != target and (str(record_type), at) in live and at not in seen:
        seen.add(at)
        at = live[str(record_type), at]
    undone = stores[RECORD_TYPE].current.get((insurer_id, (record_type, first)))
    if at != target or undone is None or undone.arrival.is_withdrawn:
        return
    content = _with(load_contract(RECORD_TYPE), undone.arrival.content, {"source_updated_at": arrival.updated_at})
    closed = dataclasses.replace(undone.arrival, row_no=arrival.row_no, content=content, updated_at=arrival.updated_at)
    _close(stores[RECORD_TYPE], dataclasses.replace(undone, arrival=closed, judged=None), arrival.row_no, receipt)


def _moves(stores: Mapping[str, VersionStore], accepted: Iterable[Arrival]) -> dict[Number, _Move]:
    place = tuple(load_contract(RECORD_TYPE).by_name).index("new_no")
    found: dict[Number, _Move] = {}
    for arrival in accepted:
        insurer_id, (record_type, old) = arrival.key
        end, steps = _end(_live(stores, insurer_id), str(record_type), str(arrival.content[place]))
        found[str(record_type), str(old)] = _Move(end, arrival.row_no, steps + 1)
    return found


def _move(store: VersionStore, contract: Contract, moves: Mapping[Number, _Move], receipt: Receipt) -> None:
    """One record type: tombstones, versions under new numbers, references."""
    touched = list(_touched(store, contract, moves, receipt.insurer_id))
    leaving = [_leave(store, contract, each) for each in touched if _own_place(contract) in each.found]
    groups = _by_target(leaving)
    going = {key: group[0] for key, group in groups.items() if not group[0].stands}
    staying = _staying(touched, leaving, going)
    elders = {key: _elder(group, going.get(key)) for key, group in groups.items()}
    found = {id(each.version): each.found for each in touched}
    store.events.update(_carried(store, groups))
    for each in leaving:
        _close(store, each.version, each.move.row_no, receipt)
    for key, newest in going.items():
        arrival = _renumbered(newest.version, contract, found, newest.move.row_no, key)
        _put(store, arrival, newest.version, elders[key], receipt)
    for version, row_no in staying:
        arrival = _renumbered(version, contract, found, row_no, version.arrival.key)
        _put(store, arrival, version, elders.get(version.arrival.key), receipt)


def _touched(
    store: VersionStore, contract: Contract, moves: Mapping[Number, _Move], insurer_id: str
) -> Iterator[_Touched]:
    """Current versions of the sender that say a number which was given up; withdrawn ones only by their own number."""
    own = _own_place(contract)
    for (sender, _), version in store.current.items():
        content = version.arrival.content
        found = {
            place: moves[named, str(content[place])]
            for place, named in _numbers_of(contract)
            if sender == insurer_id
            and (named, str(content[place])) in moves
            and (not version.arrival.is_withdrawn or (place == own and not version.is_closing))
        }
        if found:
            yield _Touched(version, found)


def _leave(store: VersionStore, contract: Contract, touched: _Touched) -> _Leaving:
    move = touched.found[_own_place(contract)]
    insurer_id, (_, *rest) = touched.version.arrival.key
    new_key = (insurer_id, (move.new_no, *rest))
    return _Leaving(touched.version, move, new_key, store.current.get(new_key))


def _by_target(leaving: Iterable[_Leaving]) -> dict[Key, list[_Leaving]]:
    """New key -> what goes there, the newest first."""
    groups: dict[Key, list[_Leaving]] = {}
    for each in leaving:
        groups.setdefault(each.new_key, []).append(each)
    for group in groups.values():
        group.sort(key=lambda each: each.move.step)
        group.sort(key=lambda each: _rank(each.version), reverse=True)
    return groups


def _staying(
    touched: Iterable[_Touched], leaving: Iterable[_Leaving], going: Mapping[Key, _Leaving]
) -> list[tuple[Version, int]]:
    """Versions that keep their key and are written again, with the row that says so.

    Their references changed, or a record that was received earlier came to their number.
    """
    gone = {id(each.version) for each in leaving} | {id(each.target) for each in going.values()}
    rows: dict[int, tuple[Version, int]] = {}
    candidates = [(each.version, min(move.row_no for move in each.found.values())) for each in touched]
    candidates += [(each.target, each.move.row_no) for each in leaving if each.target is not None and each.is_elder]
    for version, row_no in candidates:
        if id(version) not in gone:
            rows[id(version)] = (version, min(row_no, rows.get(id(version), (version, row_no))[1]))
    return list(rows.values())


def _elder(group: Iterable[_Leaving], newest: _Leaving | None) -> Version:
    """Of all that meet under one number, and what gives way there, the version that was received first."""
    meeting = [each.version for each in group]
    if newest is not None and newest.target is not None:
        meeting.append(newest.target)
    return min(meeting, key=lambda version: version.first_received_at)


def _carried(store: VersionStore, groups: Mapping[Key, Iterable[_Leaving]]) -> dict[Key, Judged]:
    """Verdicts that go with their records: the first receipt of an event never moves."""
    found: dict[Key, Judged] = {}
    for key, group in groups.items():
        told = [store.events[old] for each in group if (old := each.version.arrival.key) in store.events]
        if not told:
            continue
        event = min(told, key=lambda judged: judged.received_at)
        before = store.events.get(key)
        if before is None or (before.event_on == event.event_on and event.received_at < before.received_at):
            found[key] = event
    return found


def _close(store: VersionStore, version: Version, row_no: int, receipt: Receipt) -> None:
    arrival = dataclasses.replace(version.arrival, row_no=row_no, is_withdrawn=True)
    moment, first = receipt.recorded_at, version.first_received_at
    store.put(Version(arrival, receipt.batch_id, moment, first, version.standing, is_closing=True))


def _renumbered(
    version: Version, contract: Contract, found: Mapping[int, Mapping[int, _Move]], row_no: int, key: Key
) -> Arrival:
    """What a version becomes under the numbers of today."""
    content = list(version.arrival.content)
    for place, move in found.get(id(version), {}).items():
        content[place] = move.new_no
    for place, part in zip(_key_places(contract), key[1], strict=True):
        content[place] = part
    return dataclasses.replace(version.arrival, key=key, row_no=row_no, content=tuple(content))


def _put(store: VersionStore, arrival: Arrival, source: Version, elder: Version | None, receipt: Receipt) -> None:
    first, judged = source.first_received_at, source.standing
    if elder is not None and elder.first_received_at < first:
        first = elder.first_received_at
        if arrival.event_on is not None and elder.arrival.event_on == arrival.event_on:
            judged = elder.standing
    store.put(Version(arrival, receipt.batch_id, receipt.recorded_at, first, judged, origin=source))


def _rank(version: Version) -> tuple[dt.datetime, int]:
    return version.arrival.updated_at, version.batch_id


def _numbers_of(contract: Contract) -> list[tuple[int, str]]:
    """(place, record type) of the columns that hold numbers: its own, and those of other records."""
    names = tuple(contract.by_name)
    numbers = {(name, load_contract(name).key[0]): name for name in INSURER_RECORD_TYPES}
    refer = [(names.index(f.name), numbers[f.references]) for f in contract.fields if f.references in numbers]
    return [(_own_place(contract), contract.record_type), *refer]


def _own_place(contract: Contract) -> int:
    return tuple(contract.by_name).index(contract.key[0])


def _key_places(contract: Contract) -> list[int]:
    names = tuple(contract.by_name)
    return [names.index(name) for name in contract.key]


def _with(contract: Contract, content: Content, changed: Mapping[str, dt.datetime]) -> Content:
    return tuple(changed.get(name, value) for name, value in zip(contract.by_name, content, strict=True))
