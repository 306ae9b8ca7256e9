"""One record for programs, and what was published when: publications and months."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import BaseModel

from pipeline.judging.places import SourceRow
from portal.api.answers import BIGGEST, PAGE_ROWS, Limit, Page, next_page, problems
from portal.api.answers import router as part
from portal.api.figures import page_link
from portal.asking import Here, Reader, record
from portal.console import months as monthly
from portal.console import publications as published
from portal.console import records
from portal.console.address import reading
from portal.console.publications import Moment, Publication
from portal.console.records import FieldValue, Version

router = part()
PublicationId = Annotated[int, Path(ge=1, le=BIGGEST)]
#: More publications than a province has in decades.
ALL = 100_000


class FieldView(BaseModel):
    """A field of a record; ``in_words`` of a code or area; not shown: personal, only that there is such a field is told."""

    field: str
    field_name: str
    value: str | None
    in_words: str | None
    is_shown: bool


class VersionView(BaseModel):
    """A version of a record, and the delivery's row that wrote it; row 0: the hub itself wrote it."""

    version_id: int
    batch_id: int
    row_no: int
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None
    is_withdrawn: bool
    first_received_at: dt.datetime
    deadline_on: dt.date | None
    timeliness: str | None
    links: dict[str, str]


class SourceCellView(BaseModel):
    """A source column of a row as it was received, and the field that it became; personal cells are ``***``."""

    column: str
    raw: str | None
    field: str | None
    value: str | None


class ReceivedRow(BaseModel):
    """The delivery's row as it was received."""

    file: str
    sha256: str
    place: str
    cells: list[SourceCellView]


class RecordView(BaseModel):
    """One version of a record: fields, versions, and its row as it was received, if that can be read."""

    record_type: str
    record_key: str
    insurer_id: str
    version_id: int
    fields: list[FieldView]
    versions: list[VersionView]
    received: ReceivedRow | None
    links: dict[str, str]


class PublicationView(BaseModel):
    """A publication: of which day, knowing what until when, and what was missing."""

    publication_id: int
    as_of: dt.date
    known_at: dt.datetime
    published_at: dt.datetime
    is_provisional: bool
    expected_count: int
    delivered_count: int
    missing_feeds: list[str]
    imbalanced_feeds: list[str]
    ruleset_version: str
    calendar_version: str
    links: dict[str, str]


class MonthView(BaseModel):
    """A month: where its figures come from, and whether it is frozen and revised."""

    month: dt.date
    source: str
    publication_id: int | None
    as_of: dt.date
    known_at: dt.datetime
    is_complete: bool
    frozen_at: dt.datetime | None
    revision_count: int | None


@router.get(
    "/records/{record_type}/{version_id}", summary="One record", tags=["records"], responses=problems("NOT-FOUND")
)
def one_record(
    request: Request,
    here: Here,
    who: Reader,
    record_type: Annotated[str, Path(max_length=60)],
    version_id: PublicationId,
) -> RecordView:
    """One version of a record, with the row of the delivery that it came in."""
    with reading(here, who.person) as connection:
        found = records.record(connection, record_type, version_id)
        row = records.received(connection, here.hub, record_type, version_id).row
    key = found.version.record_key
    record(request, who, "read", f"record {record_type} {version_id}", identifiers={"record_key": key}, row_count=1)
    return RecordView(
        record_type=record_type, record_key=key, insurer_id=found.version.insurer_id, version_id=version_id,
        fields=[_field(each) for each in found.fields], versions=[_version(record_type, v) for v in found.versions],
        received=_row(row) if isinstance(row, SourceRow) else None,
        links={
            "self": _address(record_type, version_id), "freshness": f"{_address(record_type, version_id)}/freshness",
            **page_link(who.person.is_of_insurer, f"/console/records/{record_type}/{version_id}"),
        },
    )  # fmt: skip


@router.get("/publications", summary="Publications, newest first", tags=["indicators"])
def publications(
    request: Request, here: Here, who: Reader, as_of: dt.date | None = None,
    cursor: Annotated[int | None, Query(ge=0, le=ALL)] = None, limit: Limit = PAGE_ROWS,
) -> Page[PublicationView]:  # fmt: skip
    """Every publication, or those of a day."""
    with reading(here, who.person) as connection:
        found = published.publications(connection, Moment(as_of=as_of), limit=ALL)
    begin = cursor or 0
    more = begin + limit if begin + limit < len(found) else None
    items = [_publication(each) for each in found[begin : begin + limit]]
    return Page(items=items, total=len(found), next=next_page(request, more))


@router.get(
    "/publications/{publication_id}", summary="One publication", tags=["indicators"], responses=problems("NOT-FOUND")
)
def publication(here: Here, who: Reader, publication_id: PublicationId) -> PublicationView:
    """What it knew, and what was missing."""
    with reading(here, who.person) as connection:
        return _publication(published.chosen(connection, Moment(publication_id)))


@router.get("/months", summary="Months, newest first", tags=["indicators"])
def months(here: Here, who: Reader) -> list[MonthView]:
    """Every month with figures."""
    with reading(here, who.person) as connection:
        return [MonthView(**{n: getattr(m, n) for n in MonthView.model_fields}) for m in monthly.months(connection)]


def _field(each: FieldValue) -> FieldView:
    return FieldView(**vars(each))


def _version(record_type: str, each: Version) -> VersionView:
    told = {name: getattr(each, name) for name in VersionView.model_fields if name != "links"}
    return VersionView(**told, links={"self": _address(record_type, each.version_id)})


def _row(row: SourceRow) -> ReceivedRow:
    cells = [SourceCellView(column=c.column, raw=c.raw, field=c.field, value=c.value) for c in row.cells]
    return ReceivedRow(file=row.file, sha256=row.sha256, place=row.place, cells=cells)


def _publication(each: Publication) -> PublicationView:
    told = {name: getattr(each, name) for name in PublicationView.model_fields if name != "links"}
    number = each.publication_id
    links = {"self": f"/api/v1/publications/{number}", "indicators": f"/api/v1/indicators?publication={number}"}
    return PublicationView(**told, links=links)


def _address(record_type: str, version_id: int) -> str:
    return f"/api/v1/records/{record_type}/{version_id}"
