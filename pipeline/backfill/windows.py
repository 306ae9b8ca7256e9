"""Splits the days of a plan into windows, and finds the batches that stand for days of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.time_zone import SHANGHAI
from warehouse.history.plans import Part, Request, ScopeBatch

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """A stretch of Shanghai days, both included."""

    since: dt.date
    until: dt.date

    @property
    def count(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def begin(self) -> dt.datetime:
        """Midnight in Shanghai at which the first day begins."""
        return dt.datetime.combine(self.since, dt.time(), tzinfo=SHANGHAI)

    @property
    def end(self) -> dt.datetime:
        """Midnight in Shanghai at which the last day ends."""
        return dt.datetime.combine(self.until + DAY, dt.time(), tzinfo=SHANGHAI)


def windows(since: dt.date, until: dt.date, size: int) -> list[Days]:
    """Cut the days from ``since`` to ``until`` into windows of ``size`` days; the last one may be shorter."""
    starts = (since + n * DAY for n in range(0, (until - since).days + 1, size))
    return [Days(start, min(start + (size - 1) * DAY, until)) for start in starts]


def parts(request: Request, batches: Sequence[ScopeBatch], dropping: Iterable[str]) -> list[Part]:
    """List the parts of a request, window by window, so that insurers take turns.

    ``dropping`` are the insurers that drop files: what they dropped is found whatever the day, so that collecting
    again is one part. A window without batches is no part of a replay.
    """
    by_insurer = {i: [batch for batch in batches if batch.insurer_id == i] for i in request.insurer_ids}
    whole = set(dropping) if request.mode == "recollect" else set()
    found: list[Part] = []
    for days in windows(request.from_date, request.to_date, request.window_days):
        for insurer_id, own in by_insurer.items():
            if insurer_id not in whole:
                found += _part(request, insurer_id, days, own, len(found) + 1)
    for insurer_id in sorted(whole & set(by_insurer)):
        days = Days(request.from_date, request.to_date)
        found += _part(request, insurer_id, days, by_insurer[insurer_id], len(found) + 1)
    return found


def _part(request: Request, insurer_id: str, days: Days, batches: Sequence[ScopeBatch], part_no: int) -> list[Part]:
    is_replay = request.mode == "replay"
    covered = {batch: _covered(batch, days, is_replay) for batch in batches}
    touching = [batch for batch, on in covered.items() if on]
    if is_replay and not touching:
        return []
    return [
        Part(
            part_no, insurer_id, days.since, days.until, days.count,
            delivered_day_count=len(set().union(*covered.values())),
            batch_count=len(touching),
            row_count=sum(batch.received_count for batch in touching),
            batch_ids=tuple(batch.batch_id for batch in touching) if is_replay else (),
        )
    ]  # fmt: skip


def _covered(batch: ScopeBatch, days: Days, is_replay: bool) -> set[dt.date]:
    """Days of the window for which a batch stands: the day of its receipt, or those of its interval."""
    if is_replay or batch.is_file:
        return {batch.received_on} if days.since <= batch.received_on <= days.until else set()
    first = max(days.since, batch.covers_from or days.since)
    last = min(days.until, batch.covers_to)
    return {first + n * DAY for n in range((last - first).days + 1)}
