"""The keyed, ordered merge of versions, as plain dictionaries: what the warehouse must hold after all deliveries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sandbox.oracle.timeliness import Judged
from sandbox.oracle.values import Value

Key = tuple[str, tuple[Value, ...]]
"""(insurer_id, natural key)."""
Content = tuple[Value, ...]
"""Values of all contract fields in their order."""


@dataclass(frozen=True)
class Arrival:
    """One accepted row of a batch on its way into the merge; ``event_on`` is the day of its main event."""

    key: Key
    content: Content
    updated_at: dt.datetime
    is_withdrawn: bool
    event_on: dt.date | None = None
    has_reason: bool = False


@dataclass(frozen=True)
class Version:
    """A current version. ``judged`` None: no event, or withdrawn."""

    arrival: Arrival
    batch_id: int
    first_received_at: dt.datetime
    judged: Judged | None = None


@dataclass
class Held:
    """All versions of one record type: the current one of each key, every content seen of it, the verdict on its event."""

    current: dict[Key, Version] = field(default_factory=dict)
    seen: dict[Key, set[Content]] = field(default_factory=dict)
    events: dict[Key, Judged] = field(default_factory=dict)

    @property
    def known(self) -> dict[Key, Version]:
        """Current versions that are not withdrawn."""
        return {key: version for key, version in self.current.items() if not version.arrival.is_withdrawn}


@dataclass(frozen=True)
class Receipt:
    """What the merge needs of a batch: when it was received, and how an event of its rows is judged."""

    batch_id: int
    received_at: dt.datetime
    judge: Callable[[Arrival, Judged | None], Judged | None]


def merge(held: Held, arrivals: Iterable[Arrival], receipt: Receipt) -> Counter[str]:
    """Put one batch into ``held``; returns how many rows were accepted, duplicate and superseded.

    Versions of one key come in the order of their source time, and only the newest of a batch becomes current. A
    version older than the current one is kept as history; one of the same time, with other content, replaces it.
    """
    counts: Counter[str] = Counter(accepted=0, duplicate=0, superseded=0)
    newest: dict[Key, Arrival] = {}
    for arrival in arrivals:
        seen = held.seen.setdefault(arrival.key, set())
        if arrival.content in seen:
            counts["duplicate"] += 1
            continue
        seen.add(arrival.content)
        before = newest.get(arrival.key)
        if before is None or before.updated_at <= arrival.updated_at:
            newest[arrival.key] = arrival
        counts["superseded"] += before is not None
    for arrival in newest.values():
        counts[_put(held, arrival, receipt)] += 1
    return counts


def _put(held: Held, arrival: Arrival, receipt: Receipt) -> str:
    current = held.current.get(arrival.key)
    if current is not None and arrival.updated_at < current.arrival.updated_at:
        return "superseded"
    judged = None if arrival.is_withdrawn else receipt.judge(arrival, held.events.get(arrival.key))
    if judged is not None:
        held.events[arrival.key] = judged
    first = current.first_received_at if current is not None else receipt.received_at
    held.current[arrival.key] = Version(arrival, receipt.batch_id, first, judged)
    return "accepted"
