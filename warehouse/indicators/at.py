"""Any indicator as of any day, as known at any moment: computed by the code that publishes, stored nowhere.

    cells = indicator_at(connection, "coverage_ratio", "as_of", as_of, known_at)

Needs a transaction and the right to temporary tables, nothing else; they go with the transaction. Cells equal those that
``publish`` at (as_of, known_at) with the same expected feeds would store, exactly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa

from schemas.province import province
from warehouse.database.statements import statement
from warehouse.indicators.catalogue import Definition, PeriodKind, load_definition
from warehouse.indicators.publication import judge_feeds
from warehouse.indicators.rollup import Period, cells_parameters, cells_sql, contribute, period, snapshot

Feed = tuple[str, str]
"""(insurer_id, record_type)."""


BEGINNING = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class ComputedCell:
    """One figure that was computed and not published; fields as those of a published cell."""

    as_of: dt.date
    known_at: dt.datetime
    indicator: str
    indicator_code: str
    indicator_name: str
    definition_version: int
    unit: str
    period_kind: PeriodKind
    period_start: dt.date
    period_end: dt.date
    region_code: str
    region_name: str | None
    region_level: str
    domain_code: str
    domain_name: str | None
    insurer_id: str
    insurer_name: str | None
    numerator: Decimal
    denominator: Decimal | None
    value: Decimal | None
    shown_value: Decimal | None
    shown_pct: Decimal | None
    shown_text: str
    null_reason: str | None
    completeness: Decimal | None
    is_provisional: bool


@dataclass(frozen=True)
class Wanted:
    """Which cells, by default those of the whole province; None takes every value of a dimension."""

    region_code: str | None = field(default_factory=lambda: province().code)
    domain_code: str | None = "*"
    insurer_id: str | None = "*"


@dataclass(frozen=True)
class Expected:
    """Whose deliveries the figures wait for; without any feed nothing is provisional.

    ``delivered_since``: a feed counts as delivered by a batch received from then on.
    """

    feeds: tuple[Feed, ...] = ()
    delivered_since: dt.datetime = BEGINNING


EVERY_CELL = Wanted(None, None, None)
NOBODY = Expected()


def indicator_at(
    connection: sa.Connection,
    indicator: str,
    period_kind: PeriodKind,
    as_of: dt.date,
    known_at: dt.datetime,
    *,
    wanted: Wanted | None = None,
    expected: Expected = NOBODY,
) -> list[ComputedCell]:
    """Cells of one indicator and period as of a day, from the versions known at a moment; by default the province's.

    Raises ValueError for a moment without a zone or a period that the indicator does not have, DefinitionError for an
    unknown indicator.
    """
    return indicators_at(connection, [(indicator, period_kind)], as_of, known_at, wanted=wanted, expected=expected)


def indicators_at(
    connection: sa.Connection,
    indicators: Iterable[tuple[str, PeriodKind]],
    as_of: dt.date,
    known_at: dt.datetime,
    *,
    wanted: Wanted | None = None,
    expected: Expected = NOBODY,
) -> list[ComputedCell]:
    """Cells of several (indicator, period) at one pair; what they share is prepared once. Raises as ``indicator_at``."""
    if known_at.tzinfo is None:
        raise ValueError(f"{known_at} has no time zone")
    chosen = [_chosen(indicator, kind) for indicator, kind in indicators]
    snapshot(connection, known_at)
    judge_feeds(connection, known_at, sorted(set(expected.feeds)), expected.delivered_since)
    return [
        cell
        for definition, kind in chosen
        for cell in _cells(connection, definition, kind, as_of, known_at, wanted or Wanted())
    ]


def _chosen(indicator: str, kind: PeriodKind) -> tuple[Definition, PeriodKind]:
    definition = load_definition(indicator)
    if kind not in definition.periods:
        raise ValueError(f"{definition.indicator} has no period {kind}: one of {', '.join(definition.periods)}")
    return definition, kind


def _cells(
    connection: sa.Connection,
    definition: Definition,
    kind: PeriodKind,
    as_of: dt.date,
    known_at: dt.datetime,
    wanted: Wanted,
) -> Sequence[ComputedCell]:
    span = period(kind, as_of)
    contribute(connection, definition, span, known_at)
    query = statement("indicators/at", cells=cells_sql(definition))
    bound = {**cells_parameters(definition), **vars(wanted), "period_end": span.end, "indicator": definition.indicator}
    return [_cell(definition, span, known_at, row) for row in connection.execute(query, bound).mappings()]


def _cell(definition: Definition, span: Period, known_at: dt.datetime, row: sa.RowMapping) -> ComputedCell:
    return ComputedCell(
        as_of=span.end,
        known_at=known_at,
        indicator=definition.indicator,
        indicator_code=definition.code,
        indicator_name=definition.name.zh,
        definition_version=definition.version,
        unit=definition.unit,
        period_kind=span.kind,
        period_start=span.start,
        period_end=span.end,
        **row,
    )
