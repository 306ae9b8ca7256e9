"""The upsert by versions, in plain dictionaries: a newer version of a key supersedes the current one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from oracle.timeliness import Judged
from oracle.values import Value

Key = tuple[str, tuple[Value, ...]]
"""(insurer_id, natural key)."""
Content = tuple[Value, ...]
"""Values of all contract fields in their order."""
NO_ROW = 0
"""Row number of a tombstone for a record that a delivery does not hold."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One row of a batch on its way into the merge; ``event_on`` is the day of its main event."""

    key: Key
    row_no: int
    content: Content
    updated_at: dt.datetime
    is_withdrawn: bool
    event_on: dt.date | None = None
    has_reason: bool = False
    sent: Content = ()
    """The content as it was sent: under the numbers that the sender used."""


@dataclass(eq=False, slots=True)
class Version:
    """A version, and from when to when it was the current one. ``judged`` None: no event, withdrawn, or never current."""

    arrival: Arrival
    batch_id: int
    recorded_at: dt.datetime
    first_received_at: dt.datetime
    judged: Judged | None = None
    superseded_at: dt.datetime | None = None
    origin: Version | None = None
    """The version that a renumbering took it from: it ranks as that row."""
    is_closing: bool = False
    """Written by a renumbering under the number given up."""
    again: tuple[tuple[dt.datetime, Judged], ...] = ()
    """What was judged of it since, each from a moment on."""

    @property
    def row(self) -> Version:
        """The version of the row that it goes back to."""
        return self.origin.row if self.origin is not None else self

    def judged_at(self, moment: dt.datetime) -> Judged | None:
        """The verdict on it that stood at a moment."""
        return next((judged for since, judged in reversed(self.again) if since <= moment), self.judged)

    @property
    def standing(self) -> Judged | None:
        """The verdict on it that stands."""
        return self.again[-1][1] if self.again else self.judged

    @property
    def is_absence(self) -> bool:
        """Whether it says that a delivery does not hold the record."""
        return self.row.arrival.row_no == NO_ROW

    def is_known(self, moment: dt.datetime) -> bool:
        """Whether it was current at a moment, and not withdrawn."""
        is_open = self.superseded_at is None or self.superseded_at > moment
        return self.recorded_at <= moment and is_open and not self.arrival.is_withdrawn


@dataclass
class VersionStore:
    """One record type: every version of each key, the current one, the verdict on its event."""

    versions: dict[Key, list[Version]] = field(default_factory=dict)
    current: dict[Key, Version] = field(default_factory=dict)
    events: dict[Key, Judged] = field(default_factory=dict)

    def known(self, moment: dt.datetime) -> Iterator[tuple[Key, Version]]:
        """What was known at a moment: one version a key, none withdrawn."""
        for key, versions in self.versions.items():
            for version in versions:
                if version.is_known(moment):
                    yield key, version

    def has_seen(self, key: Key, sent: Content) -> bool:
        """Whether a row of this content came under a key; what a renumbering brought there is no row."""
        return any(version.origin is None and version.arrival.sent == sent for version in self.versions.get(key, ()))

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
    insurer_id: str
    received_at: dt.datetime
    recorded_at: dt.datetime
    former_keys: Callable[[Key], Sequence[Key]]
    judge: Callable[[Arrival, Judged | None], Judged | None]


def merge(store: VersionStore, arrivals: Iterable[Arrival], receipt: Receipt) -> Counter[str]:
    """Put one batch into ``store``; returns how many rows were accepted, duplicate and superseded.

    Versions of one key come in the order of their source time, and of one time in the order of receipt; only the
    newest of a batch becomes current. A version older than the current one is kept as history.
    """
    counts: Counter[str] = Counter(accepted=0, duplicate=0, superseded=0)
    chains: dict[Key, list[Arrival]] = {}
    own: set[tuple[Key, Content]] = set()
    for arrival in arrivals:
        if (arrival.key, arrival.sent) in own or is_known(store, arrival, receipt):
            counts["duplicate"] += 1
            continue
        own.add((arrival.key, arrival.sent))
        chains.setdefault(arrival.key, []).append(arrival)
    for key, chain in chains.items():
        *older, newest = sorted(chain, key=lambda arrival: (arrival.updated_at, arrival.row_no))
        first = _first_received_at(store, key, receipt)
        is_newer = any(_is_own(store, arrival, receipt) for arrival in chain) or _is_newer(store, newest, receipt)
        outcome = _put(store, newest, receipt, first) if is_newer else _keep(store, newest, receipt, first)
        for arrival in older:
            _keep(store, arrival, receipt, first)
        counts[outcome] += 1
        counts["superseded"] += len(older)
    return counts


def is_known(store: VersionStore, arrival: Arrival, receipt: Receipt) -> bool:
    """Whether this very content stands in core already.

    A record that an earlier delivery lacked comes back with it; and where the current version is of this very row, a
    replay compares with that one alone.
    """
    current = store.current.get(arrival.key)
    if current is not None and _comes_back(current, receipt):
        return False
    if current is not None and _is_own(store, arrival, receipt):
        return arrival.sent == current.row.arrival.sent
    if current is not None and not current.is_closing and arrival.sent == current.row.arrival.sent:
        return True
    keys = (arrival.key, *receipt.former_keys(arrival.key))
    return any(store.has_seen(key, arrival.sent) for key in keys)


def _is_own(store: VersionStore, arrival: Arrival, receipt: Receipt) -> bool:
    """Whether the current version is of this very row of the batch, loaded before."""
    current = store.current.get(arrival.key)
    if current is None or current.is_closing:
        return False
    return (current.row.batch_id, current.row.arrival.row_no) == (receipt.batch_id, arrival.row_no)


def _comes_back(current: Version, receipt: Receipt) -> bool:
    return current.is_absence and current.row.batch_id <= receipt.batch_id


def _is_newer(store: VersionStore, arrival: Arrival, receipt: Receipt) -> bool:
    current = store.current.get(arrival.key)
    if current is None or _comes_back(current, receipt):
        return True
    is_older = (arrival.updated_at, receipt.batch_id) < (current.arrival.updated_at, current.row.batch_id)
    return not (current.is_absence or is_older)


def _first_received_at(store: VersionStore, key: Key, receipt: Receipt) -> dt.datetime:
    keys = (key, *receipt.former_keys(key))
    return min((v.first_received_at for k in keys for v in store.versions.get(k, ())), default=receipt.received_at)


def _put(store: VersionStore, arrival: Arrival, receipt: Receipt, first: dt.datetime) -> str:
    judged = None if arrival.is_withdrawn else receipt.judge(arrival, store.events.get(arrival.key))
    if judged is not None:
        store.events[arrival.key] = judged
    store.put(Version(arrival, receipt.batch_id, receipt.recorded_at, first, judged))
    return "accepted"


def _keep(store: VersionStore, arrival: Arrival, receipt: Receipt, first: dt.datetime) -> str:
    """A version that was never the current one."""
    version = Version(arrival, receipt.batch_id, receipt.recorded_at, first, None, receipt.recorded_at)
    store.versions.setdefault(arrival.key, []).append(version)
    return "superseded"
