"""B3: published figures against the oracle's: every cell both ways, exactly."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from oracle import completeness, timeliness
from oracle.cells import CellKey, Exclusion, periods
from oracle.completeness import FeedState
from oracle.indicators import CATALOGUE, Computed, Progress, compute
from oracle.world import Records, Verdict, build

_CELLS = """
select indicator, period_kind, region_code, domain_code, insurer_id, numerator, denominator, value, shown_value,
    shown_pct, null_reason, period_start, period_end
from mart.indicator_value where publication_id = :publication_id
"""
_EXCLUSIONS = """
select indicator, period_kind, insurer_id, reason, record_count
from mart.indicator_exclusion where publication_id = :publication_id
"""
_FEEDS = """
select insurer_id, record_type, is_delivered, is_balanced
from mart.publication_feed where publication_id = :publication_id
"""
_MARKS = """
select indicator, period_kind, region_code, domain_code, insurer_id, completeness, is_provisional
from mart.indicator_value where publication_id = :publication_id
"""
_GAPS = "select indicator, reason from mart.publication_gap where publication_id = :publication_id"
_IS_PROVISIONAL = "select is_provisional from mart.publication where publication_id = :publication_id"
_TIMELINESS = """
select insurer_id, record_type, due_count, on_time_count, late_count, undetermined_count, on_time_ratio
from mart.timeliness where publication_id = :publication_id
"""
_ON_TIME = """
select insurer_id, record_type, city_code, due_month, on_time_count, late_count, undetermined_count
from report.on_time_at(:as_of, :known_at)
"""


@dataclass(frozen=True)
class Publication:
    """Which figures are checked."""

    publication_id: int
    as_of: dt.date
    known_at: dt.datetime
    delivered_since: dt.datetime | None


@dataclass(frozen=True)
class Comparison:
    """How many figures were compared, and a line for each that differs.

    ``unchecked`` are cells of indicators that the oracle does not know; ``lines`` name these, and indicators that the
    publication lacks.
    """

    compared: int
    differing: tuple[str, ...]
    unchecked: int = 0
    lines: tuple[str, ...] = ()


def find(connection: sa.Connection, publication_id: int | None) -> Publication | None:
    """The publication asked for, or the last one; None when there is none."""
    query = sa.text(
        "select publication_id, as_of, known_at, delivered_since from mart.publication"
        " where cast(:wanted as bigint) is null or publication_id = :wanted order by as_of desc, known_at desc limit 1"
    )
    row = connection.execute(query, {"wanted": publication_id}).one_or_none()
    return None if row is None else Publication(*row)


def compare(
    connection: sa.Connection,
    publication: Publication,
    records: Records,
    verdicts: Sequence[Verdict],
    progress: Progress,
) -> Comparison:
    """Recompute a publication from the records known at its moment and compare cells, exclusions and timeliness."""
    computed = compute(records, publication.as_of, verdicts, progress)
    world = build({}, publication.as_of, verdicts)
    counts = timeliness.table(world, periods(publication.as_of)["ytd"])
    gaps = {row.indicator: row.reason for row in _asked(connection, _GAPS, publication)}
    cells, exclusions = (
        dict(_published_cells(connection, publication)),
        dict(_published_exclusions(connection, publication)),
    )
    unknown = Counter(key.indicator for key in cells if key.indicator not in CATALOGUE)
    left_out = {*unknown, *gaps}
    moments = {"as_of": publication.as_of, "known_at": publication.known_at}
    sides: tuple[tuple[str, Mapping[Any, Any], Mapping[Any, Any]], ...] = (
        ("cell", _without(cells, {*unknown}), _without(_expected_cells(computed, publication), left_out)),
        ("exclusion", _without(exclusions, {*unknown}), _without(computed.exclusions, left_out)),
        ("timeliness", dict(_published_timeliness(connection, publication)), counts),
        (
            "on time",
            {timeliness.Cut(*row[:4]): tuple(row[4:]) for row in connection.execute(sa.text(_ON_TIME), moments)},
            timeliness.by_city(records, verdicts, periods(publication.as_of)["ytd"]),
        ),
        *_completeness(connection, publication),
    )
    compared = sum(len(set(stored) | set(expected)) for _, stored, expected in sides)
    differing = tuple(line for side in sides for line in _differences(*side))
    return Comparison(compared, differing, unknown.total(), tuple(_unchecked(unknown, gaps)))


_Named = TypeVar("_Named", CellKey, Exclusion)


def _without(figures: Mapping[_Named, Any], indicators: Collection[str]) -> dict[_Named, Any]:
    return {key: value for key, value in figures.items() if key.indicator not in indicators}


def _unchecked(unknown: Mapping[str, int], gaps: Mapping[str, str]) -> Iterator[str]:
    for indicator, count in sorted(unknown.items()):
        yield f"{indicator}: {count} 格未经独立核对 cells not independently checked: the oracle does not know it"
    for indicator, reason in sorted(gaps.items()):
        yield f"{indicator}: 未发布,未核对 not published, not checked: {reason}"


def _asked(connection: sa.Connection, query: str, publication: Publication) -> sa.CursorResult[Any]:
    return connection.execute(sa.text(query), {"publication_id": publication.publication_id})


def _completeness(
    connection: sa.Connection, publication: Publication
) -> list[tuple[str, Mapping[Any, Any], Mapping[Any, Any]]]:
    """What each expected feed, each cell and the publication are told to lack, and what the receipts say of it."""
    wanted = {"publication_id": publication.publication_id}
    feeds = {
        (row.insurer_id, row.record_type): FeedState(row.is_delivered, row.is_balanced)
        for row in connection.execute(sa.text(_FEEDS), wanted)
    }
    cells = {CellKey(*row[:5]): tuple(row[5:]) for row in connection.execute(sa.text(_MARKS), wanted)}
    is_provisional = connection.execute(sa.text(_IS_PROVISIONAL), wanted).scalar_one()
    receipts = completeness.read(connection, publication.known_at)
    found = completeness.states(receipts, list(feeds), publication.delivered_since or publication.known_at)
    return [
        ("feed", feeds, found),
        ("completeness", cells, completeness.of_cells(list(cells), found)),
        ("provisional", {"": is_provisional}, {"": any(not all(state) for state in found.values())}),
    ]


def _differences(what: str, stored: Mapping[Hashable, object], expected: Mapping[Hashable, object]) -> Iterator[str]:
    for key in sorted(set(stored) | set(expected), key=str):
        name = f"{what} {' '.join(map(str, key if isinstance(key, tuple) else (key,)))}"
        if key not in stored:
            yield f"{name}: not published, expected {_brief(expected[key])}"
        elif key not in expected:
            yield f"{name}: published {_brief(stored[key])}, not expected"
        elif stored[key] != expected[key]:
            yield f"{name}: published {_brief(stored[key])}, expected {_brief(expected[key])}"


def _brief(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _published_cells(connection: sa.Connection, publication: Publication) -> Iterator[tuple[CellKey, tuple[Any, ...]]]:
    for row in connection.execute(sa.text(_CELLS), {"publication_id": publication.publication_id}):
        yield CellKey(*row[:5]), tuple(row[5:])


def _expected_cells(computed: Computed, publication: Publication) -> dict[CellKey, tuple[Any, ...]]:
    spans = periods(publication.as_of)
    return {
        key: (
            cell.numerator,
            cell.denominator,
            cell.value,
            cell.shown,
            cell.shown if CATALOGUE[key.indicator].meaning.unit == "percent" else None,
            cell.null_reason,
            spans[key.period_kind].start,
            spans[key.period_kind].end,
        )
        for key, cell in computed.cells.items()
    }


def _published_exclusions(connection: sa.Connection, publication: Publication) -> Iterator[tuple[Exclusion, int]]:
    for row in connection.execute(sa.text(_EXCLUSIONS), {"publication_id": publication.publication_id}):
        yield Exclusion(*row[:4]), row.record_count


def _published_timeliness(
    connection: sa.Connection, publication: Publication
) -> Iterator[tuple[tuple[str, str], timeliness.Counts]]:
    for row in connection.execute(sa.text(_TIMELINESS), {"publication_id": publication.publication_id}):
        yield (row.insurer_id, row.record_type), timeliness.Counts(*row[2:])
