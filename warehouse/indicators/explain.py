"""Lineage of a figure: what was published, and which rows of which file stand behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa

from schemas.contract import load_contract
from schemas.province import province
from warehouse.database.statements import statement
from warehouse.indicators.catalogue import Definition, PeriodKind, load_definition
from warehouse.indicators.rollup import contribute, period, snapshot


@dataclass(frozen=True)
class Place:
    """One cell: an indicator's period and the region, domain and insurer that it speaks of."""

    indicator: str
    period_kind: PeriodKind
    region_code: str = field(default_factory=lambda: province().code)
    domain_code: str = "*"
    insurer_id: str = "*"


@dataclass(frozen=True)
class PublishedCell:
    """One published figure. ``shown_text`` is what a person reads: ``99.77%``, ``987.34 元`` or ``—``."""

    publication_id: int
    as_of: dt.date
    known_at: dt.datetime
    indicator: str
    indicator_code: str
    indicator_name: str
    unit: str
    period_kind: str
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
    shown_text: str
    null_reason: str | None
    completeness: Decimal | None
    is_provisional: bool


@dataclass(frozen=True)
class Exclusion:
    """Records of a reason that were left out, in the whole province or of one insurer."""

    reason: str
    record_count: int
    numerator: Decimal
    denominator: Decimal


@dataclass(frozen=True)
class Record:
    """One record behind a cell, and where it came from: batch, row and the names of the batch's payloads.

    ``unit``: what a distinct definition counts once, however many records it has; else of no meaning.
    """

    record_type: str
    version_id: int
    insurer_id: str | None
    record_key: str
    unit: str | None
    batch_id: int
    row_no: int
    files: tuple[str, ...]
    business_date: dt.date
    numerator: Decimal
    denominator: Decimal
    exclusion: str | None


@dataclass(frozen=True)
class Explanation:
    """A cell with its definition, the sums computed again from records, and the first of those records."""

    definition: Definition
    cell: PublishedCell
    numerator: Decimal
    denominator: Decimal | None
    record_count: int
    records: tuple[Record, ...]
    exclusions: tuple[Exclusion, ...]

    @property
    def agrees(self) -> bool:
        """Whether the sums computed again equal the published ones."""
        return (self.numerator, self.denominator) == (self.cell.numerator, self.cell.denominator)


def show(
    connection: sa.Connection,
    *,
    indicators: Iterable[str] | None = None,
    period_kind: str | None = None,
    region_code: str | None = None,
    region_level: str | None = None,
    domain_code: str | None = "*",
    insurer_id: str | None = "*",
    publication_id: int | None = None,
) -> list[PublishedCell]:
    """Published cells of one publication (the latest by default); None takes every value of a dimension."""
    names = None if indicators is None else [load_definition(name).indicator for name in indicators]
    wanted = {
        "indicators": names,
        "period_kind": period_kind,
        "region_code": region_code,
        "region_level": region_level,
        "domain_code": domain_code,
        "insurer_id": insurer_id,
        "publication_id": publication_id,
    }
    return [PublishedCell(**row) for row in connection.execute(statement("indicators/show"), wanted).mappings()]


def explain(
    connection: sa.Connection, place: Place, *, publication_id: int | None = None, limit: int = 100
) -> Explanation:
    """Computes one published cell again from its records, as known at the publication's moment.

    Needs a transaction and the right to temporary tables. Raises LookupError when the cell was not published,
    DefinitionError for an unknown indicator.
    """
    definition, cell = _pick(connection, place, publication_id, is_excluded=False)
    sums = connection.execute(statement("indicators/explain_sums"), {"is_distinct": definition.is_distinct}).one()
    return Explanation(
        definition=definition,
        cell=cell,
        numerator=sums.numerator,
        denominator=None if definition.unit == "count" else sums.denominator,
        record_count=sums.record_count,
        records=_records(connection, limit),
        exclusions=_exclusions(connection, place.insurer_id),
    )


def excluded_records(
    connection: sa.Connection, place: Place, *, publication_id: int | None = None, limit: int = 100
) -> tuple[Record, ...]:
    """Records of an indicator and period that were left out, of the place's insurer (``*`` = all)."""
    _pick(connection, place, publication_id, is_excluded=True)
    return _records(connection, limit)


def _pick(
    connection: sa.Connection, place: Place, publication_id: int | None, *, is_excluded: bool
) -> tuple[Definition, PublishedCell]:
    """Fills the temporary tables ``contribution`` and ``behind`` for a published cell."""
    definition = load_definition(place.indicator)
    cell = _published(connection, definition, place, publication_id)
    snapshot(connection, cell.known_at)
    contribute(connection, definition, period(place.period_kind, cell.as_of), cell.known_at)
    dimensions = {
        "region_code": place.region_code,
        "domain_code": place.domain_code,
        "insurer_id": place.insurer_id,
        "is_excluded": is_excluded,
    }
    connection.execute(sa.text("drop table if exists pg_temp.behind"))
    connection.execute(statement("indicators/explain_pick"), dimensions)
    return definition, cell


def _published(
    connection: sa.Connection, definition: Definition, place: Place, publication_id: int | None
) -> PublishedCell:
    found = show(
        connection,
        indicators=[definition.indicator],
        period_kind=place.period_kind,
        region_code=place.region_code,
        domain_code=place.domain_code,
        insurer_id=place.insurer_id,
        publication_id=publication_id,
    )
    if not found:
        where = f"{place.region_code} × {place.domain_code} × {place.insurer_id}"
        raise LookupError(f"{definition.indicator} ({place.period_kind}) has no published cell {where}")
    return found[0]


def _records(connection: sa.Connection, limit: int) -> tuple[Record, ...]:
    """The largest picked contributions of each record type, with the row and file that each came from."""
    record_types = connection.execute(sa.text("select distinct record_type from behind order by 1")).scalars().all()
    return tuple(record for record_type in record_types for record in _traced(connection, record_type, limit))


def _traced(connection: sa.Connection, record_type: str, limit: int) -> list[Record]:
    key = ", ".join(f"v.{name}" for name in load_contract(record_type).key)
    query = statement("indicators/explain_records", record_type=record_type, key=key)
    rows = connection.execute(query, {"record_type": record_type, "row_limit": limit}).mappings()
    return [Record(**{**row, "files": tuple(row["files"])}) for row in rows]


def _exclusions(connection: sa.Connection, insurer_id: str) -> tuple[Exclusion, ...]:
    rows = connection.execute(statement("indicators/explain_exclusions"), {"insurer_id": insurer_id}).mappings()
    return tuple(Exclusion(**row) for row in rows)
