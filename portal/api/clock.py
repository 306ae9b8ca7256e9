"""The clock for programs: what is due, expected, owed, on time and extended, and the freshness of one record."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from portal.api.answers import BIGGEST, PAGE_ROWS, Limit, Page, next_page, problems
from portal.api.answers import router as part
from portal.asking import Here, Reader, record
from portal.clock import lists
from portal.clock.list_pages import Narrowing
from portal.clock.lists import Narrowed, OwedList
from portal.console import records
from portal.console.address import reading
from portal.console.freshness import freshness
from portal.console.paging import Row
from portal.problems import Problem
from portal.signing_in.sessions import Identity
from warehouse.publishing.on_time import CUTS, rates

router = part()
Cursor = Annotated[str | None, Query(max_length=2000)]


class OwedPage(BaseModel):
    """What every list of the clock says: as of which day, as known when it is asked."""

    total: int = Field(description="Rows of the whole list.")
    next: str | None = Field(description="Address of the next page; null on the last.")
    as_of: dt.date


class DueView(BaseModel):
    """A record that an event of another one lets be expected, not here yet: a forecast by a rule, no verdict."""

    insurer_id: str
    expected_record_type: str
    deadline_on: dt.date
    record_type: str = Field(description="Of the known record whose event it is.")
    record_key: str
    version_id: int
    policy_no: str | None
    region_code: str | None
    domain_code: str | None
    event_on: dt.date
    rule_no: str
    reason: str | None
    links: dict[str, str]


class DueRows(OwedPage):
    """A page of what is due soon."""

    items: list[DueView]


class FeedView(BaseModel):
    """An expected feed: `state` is `silent`, `paused` or `heard`; a nil return is no data, and ends a silence."""

    insurer_id: str
    record_type: str
    state: str
    channel: str | None
    schedule: str | None = Field(description="Cron, Asia/Shanghai.")
    last_success_at: dt.datetime | None
    last_nil_return_at: dt.datetime | None
    working_days_without: int | None = Field(description="Null past the published calendar.")
    allowed_working_days: int | None
    paused_until: dt.date | None
    expected_since: dt.date
    valid_to: dt.date | None
    source: str | None


class FeedRows(OwedPage):
    """A page of expected feeds, the silent ones first."""

    items: list[FeedView]


class ObligationView(BaseModel):
    """A service that an insurer owes: `state` is `due`, `overdue`, `done` or `open` (its window has not begun)."""

    insurer_id: str
    obligation_no: str
    duty_code: str
    title_zh: str
    state: str
    policy_no: str
    insured_credit_code: str | None
    region_code: str | None
    domain_code: str | None
    window_start_date: dt.date
    window_end_date: dt.date
    required_count: int
    done_count: int
    rule_no: str
    source: str


class ObligationRows(OwedPage):
    """A page of obligations; without a state those that are due or overdue."""

    items: list[ObligationView]


class ExtensionView(BaseModel):
    """An extension that a named person granted; `record_type` null: of all."""

    extension_no: str
    state: str
    insurer_id: str
    record_type: str | None
    region_code: str | None
    events_from: dt.date | None
    events_to: dt.date | None
    record_key_count: int | None
    extra_days: int | None
    until_on: dt.date | None
    reason: str
    granted_by: str
    granted_at: dt.datetime
    revoked_at: dt.datetime | None
    revoked_by: str | None


class ExtensionRows(OwedPage):
    """A page of extensions, the newest first."""

    items: list[ExtensionView]


class DayView(BaseModel):
    """A day of a count: `counted` working days until and with it, of the event's own day 0."""

    model_config = ConfigDict(from_attributes=True)

    day: dt.date
    is_working_day: bool
    note: str | None
    counted: int


class MilestoneView(BaseModel):
    """One business event of a record: deadline, first receipt, verdict; `basis` names rule, extension and credit."""

    model_config = ConfigDict(from_attributes=True)

    milestone: str
    event_on: dt.date
    deadline_on: dt.date | None
    first_received_at: dt.datetime
    timeliness: str | None
    calendar_version: str
    basis: str
    days: tuple[DayView, ...]


class FreshnessView(BaseModel):
    """The clock of one record."""

    record_type: str
    record_key: str
    insurer_id: str
    version_id: int
    milestones: list[MilestoneView]
    links: dict[str, str]


class RateView(BaseModel):
    """Records of one group of the year to date; what they are not told apart by is null."""

    insurer_id: str | None
    record_type: str | None
    city_code: str | None
    due_month: dt.date | None
    due_count: int
    on_time_count: int
    late_count: int
    undetermined_count: int
    on_time_ratio: Decimal | None = Field(description="6 decimals; null where nothing was due.")


@router.get("/due-soon", summary="What is due soon", tags=["clock"])
def due_soon(
    request: Request, here: Here, who: Reader, asked: Narrowing, cursor: Cursor = None, limit: Limit = PAGE_ROWS
) -> DueRows:
    """Records that events of others let be expected within `within` working days, by deadline."""
    found, common = _page(request, here, who, lists.DUE, asked, cursor, limit)
    of_insurer = who.person.is_of_insurer
    items = [
        DueView(**_told(DueView, row), links={"known_record": _record(row), **_page_of(of_insurer, row)})
        for row in found
    ]
    return DueRows(items=items, **common)


@router.get("/expected", summary="Expected feeds, the silent ones first", tags=["clock"])
def expected(
    request: Request, here: Here, who: Reader, asked: Narrowing, cursor: Cursor = None, limit: Limit = PAGE_ROWS
) -> FeedRows:
    """Who must send what, and how long nothing came; a feed is of no area: accounts of some see none."""
    found, common = _page(request, here, who, lists.EXPECTED, asked, cursor, limit)
    return FeedRows(items=[FeedView(**_told(FeedView, row)) for row in found], **common)


@router.get("/obligations", summary="Services that are owed", tags=["clock"])
def obligations(
    request: Request, here: Here, who: Reader, asked: Narrowing, cursor: Cursor = None, limit: Limit = PAGE_ROWS
) -> ObligationRows:
    """Obligations by rule or agreed plan, the overdue ones first."""
    found, common = _page(request, here, who, lists.OBLIGATIONS, asked, cursor, limit)
    items = [ObligationView(**_told(ObligationView, row), obligation_no=str(row.record_key)) for row in found]
    return ObligationRows(items=items, **common)


@router.get("/extensions", summary="Extensions", tags=["clock"])
def extensions(
    request: Request, here: Here, who: Reader, asked: Narrowing, cursor: Cursor = None, limit: Limit = PAGE_ROWS
) -> ExtensionRows:
    """Extensions of insurers that the account may see; they are granted and revoked by the platform."""
    found, common = _page(request, here, who, lists.EXTENSIONS, asked, cursor, limit)
    items = [ExtensionView(**_told(ExtensionView, row), extension_no=str(row.record_key)) for row in found]
    return ExtensionRows(items=items, **common)


@router.get("/on-time", summary="On-time rates", tags=["clock"])
def on_time(
    request: Request, here: Here, who: Reader,
    by: Annotated[list[str] | None, Query(description=f"What to tell apart by: {', '.join(CUTS)}; default: the insurer.")] = None,
    as_of: dt.date | None = None,
) -> Page[RateView]:  # fmt: skip
    """Records of the year to date that were in time, of what the account may see; every cut adds up to the same records."""
    unknown = [each for each in by or () if each not in CUTS]
    if unknown:
        raise Problem("REQUEST-INVALID", f"by: one of {', '.join(CUTS)}")
    at = lists.now_of(here.hub.now())
    with reading(here, who.person) as connection:
        found = rates(connection, as_of or at.as_of, at.known_at, by or ["insurer_id"])
    record(request, who, "read", "on-time", row_count=len(found))
    items = [RateView(**vars(each), due_count=each.due_count, on_time_ratio=each.on_time_ratio) for each in found]
    return Page(items=items, total=len(items), next=None)


@router.get(
    "/records/{record_type}/{version_id}/freshness", summary="Freshness of one record", tags=["records"],
    responses=problems("NOT-FOUND"),
)  # fmt: skip
def record_freshness(
    request: Request, here: Here, who: Reader, record_type: Annotated[str, Path(max_length=60)],
    version_id: Annotated[int, Path(ge=1, le=BIGGEST)],
) -> FreshnessView:  # fmt: skip
    """Each business event of the record, its deadline, and the verdict that stands now."""
    with reading(here, who.person) as connection:
        versions = records.versions(connection, record_type, version_id)
        version = next(each for each in versions if each.version_id == version_id)
        found = freshness(connection, record_type, version, here.hub.now())
    record(request, who, "read", f"freshness {record_type} {version_id}", row_count=len(found))
    return FreshnessView(
        record_type=record_type, record_key=version.record_key, insurer_id=version.insurer_id, version_id=version_id,
        milestones=[MilestoneView.model_validate(each) for each in found],
        links={"record": f"/api/v1/records/{record_type}/{version_id}"},
    )  # fmt: skip


def _page(
    request: Request, here: Here, who: Identity, owed: OwedList, asked: Narrowed, cursor: str | None, limit: int
) -> tuple[tuple[Row, ...], dict[str, Any]]:
    at = lists.now_of(here.hub.now())
    with reading(here, who.person) as connection:
        found = lists.rows(connection, owed, at, asked, after=cursor, limit=limit)
    told = {name: value for name, value in vars(asked).items() if value and name in request.query_params}
    record(request, who, "read", owed.name, filter=told, row_count=len(found.rows))
    common = {
        "total": found.total,
        "next": next_page(request, found.next_cursor),
        "as_of": at.as_of,
    }
    return found.rows, common


def _told(view: type[BaseModel], row: Row) -> dict[str, Any]:
    """The fields of a view that a row holds."""
    held = {**vars(row), **row.values}
    return {name: held[name] for name in view.model_fields if name in held}


def _record(row: Row) -> str:
    return f"/api/v1/records/{row.record_type}/{row.version_id}"


def _page_of(of_insurer: bool, row: Row) -> dict[str, str]:
    """The page of the known record, where the account has one."""
    return {} if of_insurer else {"page": f"/console/records/{row.record_type}/{row.version_id}"}
