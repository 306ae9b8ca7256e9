"""Rebuild: every load that was ever committed, done again in a twin from receipts, bytes, editions and decisions alone.

What comes out must be what stands in core, quarantine, findings, verdicts and books, byte for byte.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.hub import Hub
from pipeline.judging.judge import LoadMode, judge
from pipeline.judging.past import EditionCache
from warehouse.database.engine import database_errors
from warehouse.history import digests, replays
from warehouse.history.digests import TableDigest
from warehouse.history.twin import twin
from warehouse.landing import receipts
from warehouse.loading import again
from warehouse.loading.again import LoggedJudging

#: How many differing rows are told.
TOLD_ROWS = 20

#: (loads done, loads in all).
OnLoad = Callable[[int, int], None]


@dataclass(frozen=True)
class Rebuilt:
    """Both digests, what it took, and where the two differ (tables, and places of rows without personal values)."""

    digest_live: str
    digest_rebuilt: str
    loads: int
    rows: int
    seconds: float
    differing_tables: tuple[str, ...]
    differing_rows: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        return self.digest_live == self.digest_rebuilt


def rebuild(hub: Hub, on_load: OnLoad | None = None) -> Rebuilt:
    """Do every load again in a twin, and compare. Raises SetupError, LandingDamaged, DefinitionError."""
    begun = time.monotonic()
    edition_cache = EditionCache(hub)
    with hub.twin_maker() as maker, twin(maker, "receipts") as pair:
        with database_errors("reading the log of loads"):
            loads = replays.log(pair.source)
            judgings = deque(again.log(pair.source))
        for done, load in enumerate(loads, start=1):
            _judge_again(pair.engine, judgings, before=load.load_no)
            mode = LoadMode(load.recorded_at, load.kind, is_logged_moment=True)
            batch = receipts.read_batch(pair.engine, load.batch_id)
            judge(pair.engine, hub.store, batch, edition_cache.judgement(load), mode)
            if on_load is not None:
                on_load(done, len(loads))
        _judge_again(pair.engine, judgings)
        with database_errors("comparing a rebuild"), pair.engine.connect() as rebuilt:
            live_tables, rebuilt_tables = digests.digests(pair.source), digests.digests(rebuilt)
            odd = _odd(live_tables, rebuilt_tables)
            rows = _differing(pair.source, rebuilt, odd)
    received = sum(load.received_count for load in loads)
    return Rebuilt(
        digests.digest_of(live_tables), digests.digest_of(rebuilt_tables), len(loads), received,
        time.monotonic() - begun, tuple(odd), tuple(rows),
    )  # fmt: skip


def _judge_again(engine: sa.Engine, judgings: deque[LoggedJudging], before: int | None = None) -> None:
    """Do the judgings that come before a load, or all that are left; each once, in its order."""
    while judgings and (before is None or judgings[0].judging_no < before):
        with database_errors("judging again"), engine.begin() as connection:
            again.repeat(connection, judgings.popleft())


def _odd(live: Mapping[str, TableDigest], rebuilt: Mapping[str, TableDigest]) -> list[str]:
    return [name for name in live if live[name] != rebuilt[name]]


def _differing(live: sa.Connection, rebuilt: sa.Connection, odd: list[str]) -> list[str]:
    """Places of differing rows of the odd tables, told up to a limit."""
    found: list[str] = []
    for name in odd:
        found += digests.differing(live, rebuilt, name, TOLD_ROWS - len(found))
    return found
