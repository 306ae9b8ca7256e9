"""The keyed, ordered merge of versions, as plain dictionaries: what the warehouse must hold after all deliveries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sandbox.oracle.timeliness import Judged
from sandbox.oracle.values import Value

Key = tuple[str, tuple[Value, ...]]
"""(insurer_id, natural key)."""
Content = tuple[Value, ...]
"""Values of all contract fields in their order."""
NO_ROW = 0
"""Row number of a tombstone for a record that a delivery does not hold."""


@dataclass(frozen=True)
class Arrival:
    """One row of a batch on its way into the merge; ``event_on`` is the day of its main event."""

    key: Key
    row_no: int
    content: Content
    updated_at: dt.datetime
    is_withdrawn: bool
    event_on: dt.date | None = None
    has_reason: bool = False


@dataclass
class Version:
    """A version, and from when to when it was the current one. ``judged`` None: no event, withdrawn, or never current."""

    arrival: Arrival
    batch_id: int
    recorded_at: dt.datetime
    first_received_at: dt.datetime
    judged: Judged | None = None
    superseded_at: dt.datetime | None = None

    @property
    def is_absence(self) -> bool:
        """Whether it says that a delivery does not hold the record."""
        return self.arrival.row_no == NO_ROW

    def is_known(self, moment: dt.datetime) -> bool:
        """Whether it was current at a moment, and not withdrawn."""
        is_open = self.superseded_at is None or self.superseded_at > moment
        return self.recorded_at <= moment and is_open and not self.arrival.is_withdrawn


@dataclass
class Held:
    """One record type: every version of each key, the current one, every content seen of it, the verdict on its event."""

    versions: dict[Key, list[Version]] = field(default_factory=dict)
    current: dict[Key, Version] = field(default_factory=dict)
    seen: dict[Key, set[Content]] = field(default_factory=dict)
    events: dict[Key, Judged] = field(default_factory=dict)

    def known(self, moment: dt.datetime) -> Iterator[tuple[Key, Version]]:
        """What was known at a moment: one version a key, none withdrawn."""
        for key, versions in self.versions.items():
            for version in versions:
                if version.is_known(moment):
                    yield key, version

    def put(self, version: Version) -> None:
        """Make a version the current one of its key."""
        key = version.arrival.key
        before = self.current.get(key)
        if before is not None:
            before.superseded_at = version.recorded_at
        self.current[key] = version
        self.versions.setdefault(key, []).append(version)


@dataclass(frozen=True)
class Receipt:
    """What the merge needs of a load: its batch, when that was received, when it is recorded, how events are judged."""

    batch_id: int
    received_at: dt.datetime
    recorded_at: dt.datetime
    judge: Callable[[Arrival, Judged | None], Judged | None]


def merge(held: Held, arrivals: Iterable[Arrival], receipt: Receipt) -> Counter[str]:
    """Put one batch into ``held``; returns how many rows were accepted, duplicate and superseded.

    Versions of one key come in the order of their source time, and of one time in the order of receipt; only the
    newest of a batch becomes current. A version older than the current one is kept as history.
    """
    counts: Counter[str] = Counter(accepted=0, duplicate=0, superseded=0)
    chains: dict[Key, list[Arrival]] = {}
    own: set[tuple[Key, Content]] = set()
    for arrival in arrivals:
        if (arrival.key, arrival.content) in own or is_known_content(held, arrival, receipt):
            counts["duplicate"] += 1
            continue
        own.add((arrival.key, arrival.content))
        chains.setdefault(arrival.key, []).append(arrival)
    for key, chain in chains.items():
        *older, newest = sorted(chain, key=lambda arrival: (arrival.updated_at, arrival.row_no))
        first = min((v.first_received_at for v in held.versions.get(key, ())), default=receipt.received_at)
        outcome = _put(held, newest, receipt, first)
        for arrival in older:
            _keep(held, arrival, receipt, first)
        counts[outcome] += 1
        counts["superseded"] += len(older)
        held.seen.setdefault(key, set()).update(arrival.content for arrival in chain)
    return counts


def is_known_content(held: Held, arrival: Arrival, receipt: Receipt) -> bool:
    """Whether this very content stands in core already; a record that an earlier delivery lacked comes back."""
    return arrival.content in held.seen.get(arrival.key, ()) and not _comes_back(held, arrival.key, receipt)


def _comes_back(held: Held, key: Key, receipt: Receipt) -> bool:
    current = held.current.get(key)
    return current is not None and current.is_absence and current.batch_id <= receipt.batch_id


def _put(held: Held, arrival: Arrival, receipt: Receipt, first: dt.datetime) -> str:
    current = held.current.get(arrival.key)
    if current is not None and not _comes_back(held, arrival.key, receipt):
        is_older = (arrival.updated_at, receipt.batch_id) < (current.arrival.updated_at, current.batch_id)
        if is_older or current.is_absence:
            _keep(held, arrival, receipt, first)
            return "superseded"
    judged = None if arrival.is_withdrawn else receipt.judge(arrival, held.events.get(arrival.key))
    if judged is not None:
        held.events[arrival.key] = judged
    held.put(Version(arrival, receipt.batch_id, receipt.recorded_at, first, judged))
    return "accepted"


def _keep(held: Held, arrival: Arrival, receipt: Receipt, first: dt.datetime) -> None:
    """A version that was never the current one."""
    version = Version(arrival, receipt.batch_id, receipt.recorded_at, first, None, receipt.recorded_at)
    held.versions.setdefault(arrival.key, []).append(version)
