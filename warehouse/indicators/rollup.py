"""From contributions to cells, written once for all indicators."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, ProgrammingError

from schemas.errors import DefinitionError
from schemas.province import province
from warehouse.database.statements import statement, text_of
from warehouse.indicators.catalogue import Definition, PeriodKind

LEVELS = ("province", "city", "county")
DOMAINS = ("domain_part", "domain_group")
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


def contribute_by_period(
    connection: sa.Connection, definition: Definition, as_of: dt.date, known_at: dt.datetime
) -> Iterator[Period]:
    """Each period of a definition, the longest first, while ``contribution`` holds its records; as ``contribute``.

    Of nested periods only the longest is computed: the shorter ones are cut out of it.
    """
    spans = sorted((period(kind, as_of) for kind in definition.periods), key=lambda span: span.start)
    for span in spans:
        if span is spans[0] or not definition.is_nested:
            contribute(connection, definition, span, known_at)
        else:
            connection.execute(statement("indicators/narrow"), {"period_start": span.start})
        yield span


def roll_up(
    connection: sa.Connection, definition: Definition, span: Period, publication_id: int, schema: str = "mart"
) -> int:
    """Stores cells and exclusions of the current contributions; how many cells. Needs table ``expected_feed``.

    ``schema``: of the tables that take them.
    """
    shared = {"publication_id": publication_id, "indicator": definition.indicator, "period_kind": span.kind}
    stored = connection.execute(
        statement("indicators/rollup", cells=cells_sql(definition), schema=schema),
        {
            **shared,
            **cells_parameters(definition),
            "definition_version": definition.version,
            "period_start": span.start,
            "period_end": span.end,
        },
    )
    connection.execute(statement("indicators/exclusions", schema=schema), shared)
    return stored.rowcount


def cells_sql(definition: Definition) -> str:
    """The select that makes cells of the current contributions; ``roll_up`` stores it, ``at`` only reads it."""
    return _cells(definition, grouping_sets(definition))


def month_cells_sql(definition: Definition) -> str:
    """The select of the cells that a month-end series keeps: all areas, and the province by sector and by insurer."""
    kept = [
        columns
        for columns in grouping_sets(definition)
        if len(columns) == 1 or (len(columns) == 2 and columns[0] == "province_code")
    ]
    return _cells(definition, kept)


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
    dimensions = definition.dimensions
    return [
        tuple(filter(None, (f"{level}_code", domain, insurer)))
        for level in LEVELS[: LEVELS.index(dimensions.region) + 1]
        for domain in ("", *(DOMAINS if dimensions.domain else ()))
        for insurer in ("", *(["insurer_id"] if dimensions.insurer else ()))
        if not (level == "county" and domain and insurer)
    ]


def _cells(definition: Definition, sets: Sequence[tuple[str, ...]]) -> str:
    """Cells of counties from the rows of counties, those above from the fewer rows of cities, the same added up."""
    counted = text_of("indicators/counted_once" if definition.is_distinct else "indicators/counted")
    by_county = [columns for columns in sets if columns[0] == "county_code"]
    above = [columns for columns in sets if columns[0] != "county_code"]
    by_city = f"({text_of('indicators/by_city')}) as by_city"
    levels = [_level(rows, kept) for rows, kept in (("counted", by_county), (by_city, above)) if kept]
    return text_of("indicators/cells", counted=counted, levels="\nunion all\n".join(levels))


def _level(rows: str, sets: Sequence[tuple[str, ...]]) -> str:
    used = {column for columns in sets for column in columns}
    regions, domains, insurers = (
        ", ".join(column for column in columns if column in used) or "null"
        for columns in ([f"{level}_code" for level in LEVELS], DOMAINS, ["insurer_id"])
    )
    return text_of(
        "indicators/level", rows=rows, regions=regions, domains=domains, insurers=insurers,
        grouping_sets=", ".join(f"({', '.join(columns)})" for columns in sets),
    )  # fmt: skip


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
