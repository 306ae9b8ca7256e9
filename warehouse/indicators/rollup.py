"""From contributions to cells, written once for all indicators."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, ProgrammingError

from schemas.errors import DefinitionError
from schemas.province import province
from warehouse.database.statements import statement, text_of
from warehouse.indicators.catalogue import Definition, PeriodKind

LEVELS = ("province", "city", "county")
COLUMNS = (
    "record_type", "record_id", "unit", "insurer_id", "region_code", "business_date", "domain_code", "numerator",
    "denominator", "exclusion",
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """A span of days, both ends included; ``end`` is the as-of day."""

    kind: PeriodKind
    start: dt.date
    end: dt.date


def period(kind: PeriodKind, as_of: dt.date) -> Period:
    """The period of a kind that ends on the as-of day."""
    starts = {
        "as_of": as_of,
        "month": as_of.replace(day=1),
        "ytd": as_of.replace(month=1, day=1),
        "rolling12": _year_before(as_of) + dt.timedelta(days=1),
    }
    return Period(kind, starts[kind], as_of)


def snapshot(connection: sa.Connection, known_at: dt.datetime) -> None:
    """Prepares the temporary tables that contributions read, for the rest of the transaction."""
    connection.execute(statement("indicators/snapshot"), {"known_at": known_at})


def contribute(connection: sa.Connection, definition: Definition, span: Period, known_at: dt.datetime) -> None:
    """Fills the temporary table ``contribution`` with one definition's records of one period.

    Needs ``snapshot`` in the same transaction. Raises DefinitionError when the database refuses the SQL.
    """
    connection.execute(sa.text("truncate contribution"))
    query = statement("indicators/resolve", contributions=definition.contributions_sql)
    try:
        connection.execute(query, {**_moments(span, known_at), "province_code": province().code})
    except ProgrammingError as error:
        raise refused(definition, error) from error
    connection.execute(sa.text("analyze contribution"))


def roll_up(connection: sa.Connection, definition: Definition, span: Period, publication_id: int) -> int:
    """Stores cells and exclusions of the current contributions; how many cells. Needs table ``expected_feed``."""
    shared = {"publication_id": publication_id, "indicator": definition.indicator, "period_kind": span.kind}
    stored = connection.execute(
        statement("indicators/rollup", cells=cells_sql(definition)),
        {
            **shared,
            **cells_parameters(definition),
            "definition_version": definition.version,
            "period_start": span.start,
            "period_end": span.end,
        },
    )
    connection.execute(statement("indicators/exclusions"), shared)
    return stored.rowcount


def cells_sql(definition: Definition) -> str:
    """The select that makes cells of the current contributions; ``roll_up`` stores it, ``at`` only reads it."""
    return text_of("indicators/cells", **_dimension_sql(definition, grouping_sets(definition)))


def month_cells_sql(definition: Definition) -> str:
    """The select of the cells that a month-end series keeps: all areas, and the province by sector and by insurer."""
    kept = [
        columns
        for columns in grouping_sets(definition)
        if len(columns) == 1 or (len(columns) == 2 and columns[0] == "province_code")
    ]
    return text_of("indicators/cells", **_dimension_sql(definition, kept))


def cells_parameters(definition: Definition) -> dict[str, Any]:
    """What ``cells_sql`` is bound to."""
    return {
        "province_code": province().code,
        "is_distinct": definition.is_distinct,
        "unit": definition.unit,
        "scale": 100 if definition.unit == "percent" else 1,
        "feeds": list(definition.feeds),
    }


def grouping_sets(definition: Definition) -> list[tuple[str, ...]]:
    """The columns of each kind of cell on which an indicator is meaningful.

    A county cell never has both a domain and an insurer: about one policy a cell is no statistic.
    """
    regions, domains, insurers = _columns(definition)
    return [
        tuple(filter(None, (region, domain, insurer)))
        for region in regions
        for domain in ("", *domains)
        for insurer in ("", *insurers)
        if not (region == "county_code" and domain and insurer)
    ]


def _columns(definition: Definition) -> tuple[list[str], list[str], list[str]]:
    dimensions = definition.dimensions
    regions = [f"{level}_code" for level in LEVELS[: LEVELS.index(dimensions.region) + 1]]
    domains = ["domain_part", "domain_group"] if dimensions.domain else []
    return regions, domains, ["insurer_id"] if dimensions.insurer else []


def _dimension_sql(definition: Definition, sets: Sequence[tuple[str, ...]]) -> dict[str, str]:
    regions, domains, insurers = _columns(definition)
    return {
        "regions": ", ".join(regions),
        "domains": ", ".join(domains) or "null",
        "insurers": ", ".join(insurers) or "null",
        "grouping_sets": ", ".join(f"({', '.join(columns)})" for columns in sets),
    }


def check_queries(connection: sa.Connection, definitions: dict[str, Definition]) -> None:
    """Has the database read every definition's SQL without running it. Raises DefinitionError at the first mistake."""
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    snapshot(connection, moment)
    span = period("ytd", moment.date())
    for definition in definitions.values():
        try:
            empty = statement("indicators/no_contribution", contributions=definition.contributions_sql)
            result = connection.execute(empty, _moments(span, moment))
        except ProgrammingError as error:
            raise refused(definition, error) from error
        if tuple(result.keys()) != COLUMNS:
            problem = f"returns {', '.join(result.keys())}"
            raise DefinitionError(_file(definition), "columns", problem, fix=f"return {', '.join(COLUMNS)}")


def _moments(span: Period, known_at: dt.datetime) -> dict[str, Any]:
    return {"period_start": span.start, "period_end": span.end, "as_of": span.end, "known_at": known_at}


def _year_before(day: dt.date) -> dt.date:
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


def refused(definition: Definition, error: DBAPIError) -> DefinitionError:
    """What the database said of a definition's SQL, as its mistake."""
    message = str(getattr(error.orig, "diag", None) and error.orig.diag.message_primary)  # type: ignore[union-attr]
    if definition.filter is not None:
        return DefinitionError(f"{definition.indicator}.yml", "filter", message, fix="correct the condition")
    return DefinitionError(_file(definition), "select", message, fix="correct the SQL of the contributions")


def _file(definition: Definition) -> str:
    return f"{definition.indicator}.sql"
