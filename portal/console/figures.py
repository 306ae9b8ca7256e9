"""Published figures of a publication: one place, the parts below it, the insurers, the months before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.console.publications import Publication
from portal.console.scope import Place
from portal.sql_text import statement, text_of

#: What stands in the slot of statements that choose among the cells of a publication.
PUBLISHED_CELLS = "console/published_cells"


@dataclass(frozen=True)
class Definition:
    """What an indicator means, as published."""

    indicator: str
    code: str
    name_zh: str
    name_en: str
    unit: str
    """percent, count, days or yuan."""
    direction: str
    """higher_is_better, lower_is_better or neutral."""
    variant_of: str | None
    numerator_zh: str
    denominator_zh: str
    population_zh: str
    confidence: str
    source_document: str
    valid_from: dt.date
    min_denominator: Decimal | None
    """Below it a figure is a small sample, on the publication's day; None where the register says no floor."""
    denominator_unit: str | None


@dataclass(frozen=True)
class Figure:
    """One published cell in words; all values empty where the publication has no such cell or it is not the caller's."""

    region_code: str
    region_name: str
    domain_code: str
    domain_name: str
    insurer_id: str
    insurer_name: str
    indicator_code: str
    period_kind: str | None
    period_text: str | None
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    """Not times 100."""
    comparable_value: Decimal | None
    """The value where it may be ranked: None for a small sample."""
    shown_text: str
    numerator_text: str | None
    denominator_text: str | None
    null_reason: str | None
    is_small_sample: bool
    is_provisional: bool | None
    completeness: Decimal | None
    """Share of the expected insurers whose deliveries had come, 0-1."""
    mark_text: str
    shown_low: Decimal | None = None
    """Of a provisional figure, in the indicator's shown unit: what it is not below once everything is in, and not above."""
    shown_high: Decimal | None = None


@dataclass(frozen=True)
class MonthFigure:
    """A figure of one month, as known at its own moment."""

    month: dt.date
    as_of: dt.date
    known_at: dt.datetime
    source: str
    """frozen, published or computed."""
    publication_id: int | None
    is_complete: bool
    period_kind: str
    numerator: Decimal
    denominator: Decimal | None
    value: Decimal | None
    shown_text: str
    is_provisional: bool | None
    """None where it was computed after the month: who was missing then is not known."""


def definitions(connection: sa.Connection, publication: Publication) -> tuple[Definition, ...]:
    """Every indicator that can be published, by code; those with ``variant_of`` None are the main ones."""
    rows = connection.execute(statement("console/definitions"), {"day": publication.as_of}).mappings()
    return tuple(Definition(**row) for row in rows)


def figures(
    connection: sa.Connection, publication: Publication, place: Place, codes: Sequence[str] = ()
) -> tuple[Figure, ...]:
    """Figures of one place, one a code and period, in the order of code and of how much a period says; all, without codes."""
    wanted = {**_cell(place), "publication_id": publication.publication_id, "codes": list(codes)}
    return _figures(connection, "console/figures", wanted)


def parts_below(
    connection: sa.Connection, publication: Publication, place: Place, code: str, period_kind: str
) -> tuple[Figure, ...]:
    """An indicator in each area below a place (cities of the province, counties of a city), areas without a figure too."""
    wanted = {**_cell(place), "as_of": publication.as_of, "code": code}
    return _figures(connection, "console/parts_below", wanted | _asked(publication, code, period_kind))


def parts_by_insurer(
    connection: sa.Connection, publication: Publication, place: Place, code: str, period_kind: str
) -> tuple[Figure, ...]:
    """An indicator of each insurer in a place, by name; none where the indicator is not split by insurer."""
    wanted = {**_cell(place), **_asked(publication, code, period_kind)}
    return _figures(connection, "console/parts_by_insurer", wanted)


def parts_by_domain(
    connection: sa.Connection, publication: Publication, place: Place, code: str, period_kind: str
) -> tuple[Figure, ...]:
    """An indicator of each high-risk sector in a place, by code."""
    wanted = {**_cell(place), **_asked(publication, code, period_kind)}
    return _figures(connection, "console/parts_by_domain", wanted)


def trend(
    connection: sa.Connection, place: Place, code: str, period_kind: str, *, months: int = 12
) -> tuple[MonthFigure, ...]:
    """An indicator by month, the last ``months`` that are over and the one that runs.

    Kept are all areas over all sectors and insurers, and the province by sector and by insurer: none for other places.
    """
    wanted = {**_cell(place), "code": code, "period_kind": period_kind, "months": months}
    return tuple(MonthFigure(**row) for row in connection.execute(statement("console/trend"), wanted).mappings())


def until(series: Sequence[MonthFigure], publication: Publication, figure: Figure) -> tuple[MonthFigure, ...]:
    """A trend that ends with a publication's own figure, so that the same address ends alike after later ones.

    Months before are as known now: each says when. No months are kept of some places: then there is no trend.
    """
    if not series:
        return ()
    this, next_day = publication.as_of.replace(day=1), publication.as_of + dt.timedelta(days=1)
    own = MonthFigure(
        this, publication.as_of, publication.known_at, "published", publication.publication_id, next_day.day == 1,
        str(figure.period_kind), figure.numerator or Decimal(0), figure.denominator, figure.value, figure.shown_text,
        figure.is_provisional,
    )  # fmt: skip
    return (*(month for month in series if month.month < this), own)


def _cell(place: Place) -> dict[str, Any]:
    return {"region_code": place.region_code, "domain_code": place.domain_code, "insurer_id": place.insurer_id}


def _asked(publication: Publication, code: str, period_kind: str) -> dict[str, Any]:
    return {"publication_id": publication.publication_id, "codes": [code], "period_kind": period_kind}


def _figures(connection: sa.Connection, name: str, wanted: Mapping[str, Any]) -> tuple[Figure, ...]:
    return tuple(
        Figure(**row) for row in connection.execute(statement(name, cells=text_of(PUBLISHED_CELLS)), wanted).mappings()
    )
