"""How the API writes figures, records behind them and movements: models, and how they are made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, Field

from portal.api.answers import Page
from portal.console import behind
from portal.console.address import View
from portal.console.figures import Definition, Figure
from portal.console.indicator_pages import Cell
from portal.console.paging import Row
from portal.console.publications import Publication
from portal.look import formats
from portal.problems import Problem
from schemas.yaml_files import Words


class CellView(BaseModel):
    """A published figure: value as text, numerator and denominator, where, whose, which period, how complete, of which publication."""

    code: str
    name_zh: str
    name_en: str
    value: Decimal | None
    value_text: str
    numerator: Decimal | None
    denominator: Decimal | None
    numerator_text: str | None
    denominator_text: str | None
    null_reason: str | None
    region_code: str
    region_name: str
    domain_code: str
    domain_name: str
    insurer_id: str
    insurer_name: str
    period: str
    period_text: str | None
    completeness: Decimal | None
    is_provisional: bool | None
    shown_low: Decimal | None = Field(
        description="Of a provisional figure: it is not below this once everything is in."
    )
    shown_high: Decimal | None = Field(description="Nor above this; both null where no interval was published.")
    is_small_sample: bool
    publication_id: int
    links: dict[str, str]


class IndicatorView(BaseModel):
    """An indicator: what it means in words, and its cells of the place that was asked for."""

    code: str
    indicator: str
    name_zh: str
    name_en: str
    unit: str
    direction: str
    numerator_zh: str
    denominator_zh: str
    population_zh: str
    source_document: str
    valid_from: dt.date
    min_denominator: Decimal | None
    denominator_unit: str | None
    publication_id: int
    as_of: dt.date
    known_at: dt.datetime
    cells: list[CellView]
    links: dict[str, str]


class MonthView(BaseModel):
    """An indicator of one month, and where the figure comes from: frozen, published or computed for the month's end."""

    month: dt.date
    as_of: dt.date
    known_at: dt.datetime
    source: Literal["frozen", "published", "computed"]
    publication_id: int | None
    is_complete: bool
    period: str
    numerator: Decimal
    denominator: Decimal | None
    value: Decimal | None
    value_text: str
    is_provisional: bool | None


class RecordLine(BaseModel):
    """A record behind a figure: its part in numerator and denominator, and where it came from; ``exclusion``: why it does not count."""

    record_type: str | None
    version_id: int | None
    record_key: str | None
    insurer_id: str | None
    unit: str | None
    business_date: dt.date | None
    numerator: Decimal
    denominator: Decimal
    exclusion: str | None
    exclusion_zh: str | None
    batch_id: int | None
    row_no: int | None
    received_at: dt.datetime | None
    channel: str | None
    file_names: list[str]
    links: dict[str, str]


class LeftOutView(BaseModel):
    """How many records an indicator left out for one reason, in the province or of the caller's insurer."""

    reason: str
    reason_zh: str
    reason_en: str
    record_count: int
    insurer_count: int
    links: dict[str, str]


class PartView(BaseModel):
    """What one cause adds to numerator and denominator; the parts add up to the whole difference."""

    cause: str
    cause_zh: str
    cause_en: str
    record_count: int
    numerator: Decimal
    denominator: Decimal


class MovedLine(BaseModel):
    """A record whose part in the figure changed."""

    cause: str
    record_type: str | None
    version_id: int | None
    record_key: str | None
    insurer_id: str | None
    unit: str | None
    numerator: Decimal
    denominator: Decimal
    links: dict[str, str]


class MovementView(BaseModel):
    """A figure in two publications, the parts of its difference, and a page of the records that moved."""

    before: CellView
    after: CellView
    parts: list[PartView]
    records: Page[MovedLine]


def is_of(figure: Figure, code: str, period: str) -> bool:
    """Whether a figure is of an indicator, and of the period where one is asked for."""
    return figure.indicator_code == code and figure.period_kind is not None and period in ("", figure.period_kind)


def definition_of(known: tuple[Definition, ...], code: str) -> Definition:
    """The definition of a code. Raises Problem NOT-FOUND."""
    found = next((d for d in known if d.code == code), None)
    if found is None:
        raise Problem("NOT-FOUND")
    return found


def indicator_view(
    view: View, definition: Definition, found: list[Figure], earlier: Publication | None
) -> IndicatorView:
    """An indicator with its cells; ``earlier``: the publication to compare with, if there is one."""
    told = {name: getattr(definition, name) for name in IndicatorView.model_fields if hasattr(definition, name)}
    publication, here = view.publication, f"/api/v1/indicators/{definition.code}"
    query = view.query if found else {"publication": publication.publication_id}
    names = ("cells", "trend", "records", "left-out") if found else ("cells",)
    moved = ("movement",) if found and earlier else ()
    return IndicatorView(
        **told, publication_id=publication.publication_id, as_of=publication.as_of, known_at=publication.known_at,
        cells=[cell_view(view, definition, f) for f in found],
        links={"self": formats.url(here, query), **{n: formats.url(f"{here}/{n}", _query_of(view, n)) for n in (*names, *moved)}},
    )  # fmt: skip


def _query_of(view: View, name: str) -> Mapping[str, object]:
    return {"publication": view.publication.publication_id} if name == "cells" else view.query


def cell_view(view: View, definition: Definition, f: Figure, publication_id: int | None = None) -> CellView:
    """A cell, of another publication than the view's where its number is given."""
    told: dict[str, Any] = {name: getattr(f, name) for name in CellView.model_fields if hasattr(f, name)}
    publication = publication_id or view.publication.publication_id
    query = {
        "region": f.region_code, "domain": f.domain_code, "insurer": f.insurer_id, "period": f.period_kind,
        "publication": publication,
    }  # fmt: skip
    here = f"/api/v1/indicators/{definition.code}"
    return CellView(
        **told, code=definition.code, name_zh=definition.name_zh, name_en=definition.name_en, value_text=f.shown_text,
        period=str(f.period_kind), publication_id=publication,
        links={
            "self": formats.url(here, query), "records": formats.url(f"{here}/records", query),
            "trend": formats.url(f"{here}/trend", query),
            **page_link(view.scope.is_of_insurer, formats.url(f"/console/indicators/{definition.code}", query)),
        },
    )  # fmt: skip


def page_link(is_of_insurer: bool, address: str) -> dict[str, str]:
    """The page of the console that shows the same; an insurer has no console."""
    return {} if is_of_insurer else {"page": address}


def line_view(row: Row) -> RecordLine:
    """A record behind a figure."""
    named = {name: getattr(row, name) for name in RecordLine.model_fields if hasattr(row, name)}
    own = {name: value for name, value in row.values.items() if name in RecordLine.model_fields}
    reason = own["exclusion"]
    own["file_names"] = own["file_names"] or []
    zh = behind.reason_words(reason).zh if reason else None
    return RecordLine(**named, **own, exclusion_zh=zh, links=_to_record(row))


def moved_view(row: Row) -> MovedLine:
    """A record that moved a figure."""
    named = {name: getattr(row, name) for name in MovedLine.model_fields if hasattr(row, name)}
    own = {name: value for name, value in row.values.items() if name in MovedLine.model_fields}
    return MovedLine(**named, **own, links=_to_record(row))


def _to_record(row: Row) -> dict[str, str]:
    return {"record": f"/api/v1/records/{row.record_type}/{row.version_id}"} if row.version_id else {}


def words_of(name: str, words: Words) -> dict[str, str]:
    """Words as two fields of a model."""
    return {f"{name}_zh": words.zh, f"{name}_en": words.en}


def address_of(cell: Cell, path: str, **more: object) -> str:
    """An address below an indicator's, with its place, period and publication."""
    return formats.url(f"/api/v1/indicators/{cell.code}{path}", {**cell.view.query, "period": cell.period, **more})
