"""The simulated province as the insurers' systems know it: versions of records, and when each could be fetched."""

from __future__ import annotations

import bisect
import datetime as dt
import functools
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from schemas.contract import load_contracts

Record = dict[str, Any]
"""Canonical values by field name: str, Decimal, date, aware datetime, bool, int or None; read only."""


class Version(NamedTuple):
    """One version of one record, and the moment from which the sender's system shows it."""

    insurer_id: str
    record_type: str
    key: tuple[Any, ...]
    record: Record
    available_at: dt.datetime


class Feeding(Protocol):
    """Whatever tells what an insurer's system knows."""

    def feed(self, insurer_id: str, record_type: str, since: dt.datetime | None, until: dt.datetime) -> list[Record]:
        """Records of one type within (since, until]."""


@dataclass(frozen=True)
class Province:
    """Everything that is true in the sandbox. ``versions`` are ordered by the moment they became available."""

    seed: int
    scale: float
    first_day: dt.date
    last_day: dt.date
    enterprises: tuple[Any, ...]
    registers: dict[str, list[Record]]
    versions: list[Version]

    @functools.cached_property
    def _feeds(self) -> dict[tuple[str, str], list[Version]]:
        feeds: dict[tuple[str, str], list[Version]] = defaultdict(list)
        for version in self.versions:
            feeds[version.insurer_id, version.record_type].append(version)
        return dict(feeds)

    def feed(self, insurer_id: str, record_type: str, since: dt.datetime | None, until: dt.datetime) -> list[Record]:
        """Per key the latest version that became available in (since, until], by source_updated_at and key."""
        feed = self._feeds.get((insurer_id, record_type), [])
        begin = 0 if since is None else bisect.bisect_right(feed, since, key=_available)
        latest = {v.key: v for v in feed[begin : bisect.bisect_right(feed, until, key=_available)]}
        return [v.record for v in sorted(latest.values(), key=lambda v: (v.record["source_updated_at"], v.key))]

    def current(self, record_type: str, at: dt.datetime) -> list[tuple[str, Record]]:
        """(insurer_id, record) of the latest version per key that was available by ``at``, without withdrawn ones."""
        found: list[tuple[str, Record]] = []
        for (insurer_id, kind), feed in self._feeds.items():
            if kind != record_type:
                continue
            latest = {v.key: v.record for v in feed[: bisect.bisect_right(feed, at, key=_available)]}
            found += [(insurer_id, record) for record in latest.values() if record["operation_code"] != "D"]
        return found


def _available(version: Version) -> dt.datetime:
    return version.available_at


@functools.cache
def blank(record_type: str) -> Record:
    """All fields of a record type, empty; copy before use."""
    return dict.fromkeys(load_contracts()[record_type].by_name)
