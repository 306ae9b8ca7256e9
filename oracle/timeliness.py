"""T1: records received within five working days, counted on the published calendar and never guessed."""

from __future__ import annotations

import bisect
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from oracle import province, regions
from oracle.cells import ALL, ONE, ZERO, Contribution, Period, half_up
from oracle.world import Records, Verdict, World

_WORSE = {None: 0, "on_time": 1, "undetermined": 2, "late": 3}


class Judged(NamedTuple):
    """The verdict on the main event of a record; the receipt is that of the first version that held the event."""

    event_on: dt.date
    deadline_on: dt.date | None
    timeliness: str | None
    received_at: dt.datetime
    calendar_version: str = ""
    working_days: int | None = None
    is_shorter: bool = False
    """By fewer working days than R32's."""
    extension_no: int | None = None
    outage_no: int | None = None


class Calendar:
    """Working days of the published years."""

    def __init__(self, days: Iterable[tuple[dt.date, bool]]) -> None:
        listed = sorted(days)
        self._first = listed[0][0] if listed else dt.date.max
        self._last = listed[-1][0] if listed else dt.date.min
        self._working = [day for day, is_working in listed if is_working]

    def deadline(self, event_on: dt.date, working_days: int = 5) -> dt.date | None:
        """The n-th working day after the event's date; None when the calendar ends before, or begins after."""
        place = bisect.bisect_right(self._working, event_on) + working_days - 1
        return self._working[place] if event_on >= self._first and place < len(self._working) else None

    @property
    def last(self) -> dt.date:
        """The last published day."""
        return self._last

    def is_working(self, day: dt.date) -> bool | None:
        """Whether a day is a working day; None outside the published years."""
        if not self._first <= day <= self._last:
            return None
        place = bisect.bisect_left(self._working, day)
        return place < len(self._working) and self._working[place] == day


def rejudge(before: Judged, now: Judged, *, has_reason: bool) -> Judged:
    """A changed event may make a verdict worse; better only with a stated reason. Nothing else makes it better."""
    is_better = _WORSE[now.timeliness] < _WORSE[before.timeliness]
    return before if is_better and not (has_reason and now.event_on != before.event_on) else now


def timeliness_ratio(world: World, period: Period) -> Iterator[Contribution]:
    place = regions.resolve(province.code())
    for verdict in world.verdicts:
        if verdict.deadline_on in period and verdict.timeliness in {"on_time", "late"}:
            numerator = ONE if verdict.timeliness == "on_time" else ZERO
            yield Contribution(verdict.record_type, verdict.insurer_id, place, None, numerator, ONE)


class Cut(NamedTuple):
    """What on-time rates are told apart by; the month is that of the deadline, of the event where there is none."""

    insurer_id: str
    record_type: str
    city_code: str | None
    due_month: dt.date | None


class Counts(NamedTuple):
    """One row of the published timeliness; the ratio has 6 decimals."""

    due: int
    on_time: int
    late: int
    undetermined: int
    on_time_ratio: Decimal | None


def table(world: World, year_to_date: Period) -> dict[tuple[str, str], Counts]:
    """(insurer, record type) -> counts of the year to date, ``*`` = all; the total of all is always there."""
    found: Counter[tuple[str, str, str]] = Counter()
    for verdict in world.verdicts:
        if _counts(verdict.timeliness, verdict.deadline_on, verdict.event_on, year_to_date):
            for insurer_id in (verdict.insurer_id, ALL):
                for record_type in (verdict.record_type, ALL):
                    found[insurer_id, record_type, str(verdict.timeliness)] += 1
    rows = {(insurer_id, record_type) for insurer_id, record_type, _ in found} | {(ALL, ALL)}
    return {
        row: _row_counts(*(found[(*row, verdict)] for verdict in ("on_time", "late", "undetermined"))) for row in rows
    }


def by_city(records: Records, verdicts: Iterable[Verdict], year_to_date: Period) -> dict[Cut, tuple[int, int, int]]:
    """Cut -> records in time, late and undetermined; a record that hangs on no policy has no city."""
    parents = {
        "report_no": {(i, r["report_no"]): r["policy_no"] for i, r in records.get("claim", ())},
        "service_no": {(i, r["service_no"]): r["policy_no"] for i, r in records.get("service_record", ())},
    }
    regions_of = {(i, r["policy_no"]): r["region_code"] for i, r in records.get("policy", ())}
    found: dict[Cut, list[int]] = {}
    for each in verdicts:
        if not _counts(each.timeliness, each.deadline_on, each.event_on, year_to_date):
            continue
        policy_no = each.number
        if each.link in parents:
            policy_no = parents[each.link].get((each.insurer_id, each.number))
        code = regions_of.get((each.insurer_id, policy_no))
        place = regions.resolve(code) if code else None
        day = each.event_on if each.timeliness == "undetermined" else each.deadline_on
        cut = Cut(
            each.insurer_id, each.record_type, place.city_code if place else None, day.replace(day=1) if day else day
        )
        counts = found.setdefault(cut, [0, 0, 0])
        counts[("on_time", "late", "undetermined").index(str(each.timeliness))] += 1
    return {cut: (counts[0], counts[1], counts[2]) for cut, counts in found.items()}


def _counts(timeliness: str | None, deadline_on: dt.date | None, event_on: dt.date | None, period: Period) -> bool:
    if timeliness == "undetermined":
        return event_on in period
    return timeliness is not None and deadline_on in period


def _row_counts(on_time: int, late: int, undetermined: int) -> Counts:
    due = on_time + late
    ratio = half_up(Fraction(on_time, due), 6) if due else None
    return Counts(due, on_time, late, undetermined, ratio)
