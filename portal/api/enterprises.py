"""Enterprises by their random names, insurers and agencies, for programs."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path, Query, Request
from pydantic import BaseModel

from portal.api.answers import PAGE_ROWS, Limit, Page, next_page, problems
from portal.api.answers import router as part
from portal.asking import Here, Regulator, record
from portal.console import bodies, names, overview
from portal.console.address import Address, opened, reading
from portal.console.enterprise_codes import credit_code_of
from portal.console.enterprises import covers, enterprise, open_hazards, timeline
from portal.console.paging import Row
from portal.problems import Problem
from schemas.contract import load_contracts

router = part()
Cursor = Annotated[str | None, Query(max_length=2000)]
Code = Annotated[str, Path(max_length=60)]


class Registered(BaseModel):
    """What the register of enterprises that must insure says."""

    enterprise_name: str
    region_code: str
    high_risk_domain_code: str
    address_text: str | None
    is_must_insure: bool
    must_insure_from_date: dt.date | None
    must_insure_to_date: dt.date | None
    operation_status_code: str | None
    employee_count: int | None
    size_code: str | None
    regulator_dept_code: str | None


class Cover(BaseModel):
    """A policy on the publication's day, endorsements included."""

    version_id: int
    insurer_id: str
    policy_no: str
    is_in_force: bool
    is_lead: bool
    cover_start_date: dt.date | None
    last_day: dt.date | None
    insured_person_count: int | None
    employee_count: int | None
    per_person_limit_amount: Decimal | None
    aggregate_limit_amount: Decimal | None


class OpenHazard(BaseModel):
    """A hazard that is not put right."""

    version_id: int
    record_key: str
    insurer_id: str
    policy_no: str | None
    hazard_status_code: str | None
    hazard_level_code: str | None
    rectify_deadline_date: dt.date | None
    is_overdue: bool
    description_text: str | None


class EnterpriseView(BaseModel):
    """An enterprise as of a publication's day; ``registered`` null: in no register, or not this account's to see."""

    id: uuid.UUID
    credit_code: str
    name: str | None
    as_of: dt.date
    registered: Registered | None
    covers: list[Cover]
    open_hazards: list[OpenHazard]
    event_counts: dict[str, int]
    links: dict[str, str]


class Event(BaseModel):
    """Something that happened to an enterprise: one record on its main day; amounts in yuan."""

    record_type: str
    version_id: int
    record_key: str
    insurer_id: str
    policy_no: str | None
    event: str
    event_date: dt.date | None
    code_list: str | None
    code: str | None
    amount: Decimal | None
    text: str | None


class InsurerLine(BaseModel):
    """An insurer by the register, and how timely its records were this year (null: no deadline fell in it)."""

    insurer_id: str
    name: str
    due_count: int | None
    on_time_count: int | None
    late_count: int | None
    missing_record_types: list[str]
    links: dict[str, str]


class BodyFigure(BaseModel):
    """One of an insurer's own published figures; ``value`` is not times 100."""

    indicator_code: str
    period_kind: str
    period_text: str | None
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    shown_text: str
    is_provisional: bool | None


class Feed(BaseModel):
    """How one kind of records of an insurer stands."""

    record_type: str
    due_count: int | None
    on_time_count: int | None
    late_count: int | None
    is_missing: bool
    is_imbalanced: bool


class InsurerView(BaseModel):
    """An insurer with its own figures of a place, its feeds and its last deliveries (none for accounts of an area)."""

    insurer_id: str
    insurer_name: str
    insurer_code: str
    credit_code: str | None
    as_of: dt.date
    figures: list[BodyFigure]
    feeds: list[Feed]
    last_batch_ids: list[int]
    links: dict[str, str]


class Work(BaseModel):
    """Services of an agency for one insurer, by status, among those that the account may see."""

    insurer_id: str
    service_status_code: str | None
    service_count: int
    person_times: int
    last_at: dt.datetime | None


class AgencyView(BaseModel):
    """A technical service agency by the register, with its services."""

    agency_credit_code: str
    agency_name: str
    region_code: str | None
    qualification_list: str | None
    expert_count: int | None
    work: list[Work]
    links: dict[str, str]


@router.get("/enterprises/{name}", summary="One enterprise", tags=["enterprises"], responses=problems("NOT-FOUND"))
def one(request: Request, here: Here, who: Regulator, asked: Address, name: uuid.UUID) -> EnterpriseView:
    """Register, cover, open hazards and how many events there are; found by search or a list, never by credit code."""
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
        code = credit_code_of(connection, name)
        found, events = enterprise(connection, code), timeline(connection, code, limit=1)
        cover, hazards = (
            covers(connection, code, view.publication),
            open_hazards(connection, code, view.publication.as_of),
        )
    record(request, who, "read", "enterprise", identifiers={"credit_code": code}, row_count=events.page.total)
    here_at = f"/api/v1/enterprises/{name}"
    return EnterpriseView(
        id=name, credit_code=code, name=found.name, as_of=view.publication.as_of,
        registered=Registered(**_of(Registered, found.registered)) if found.registered else None,
        covers=[Cover(**vars(each)) for each in cover], open_hazards=[OpenHazard(**vars(each)) for each in hazards],
        event_counts={**events.counts},
        links={"self": here_at, "events": f"{here_at}/events", "page": f"/console/enterprises/{name}"},
    )  # fmt: skip


@router.get(
    "/enterprises/{name}/events", summary="What happened to it", tags=["enterprises"], responses=problems("NOT-FOUND")
)
def events(
    request: Request, here: Here, who: Regulator, name: uuid.UUID,
    record_type: Annotated[str | None, Query(max_length=60)] = None, cursor: Cursor = None, limit: Limit = PAGE_ROWS,
) -> Page[Event]:  # fmt: skip
    """Records of its policies and of what hangs on them, the newest first."""
    if record_type and record_type not in load_contracts():
        raise Problem("REQUEST-INVALID", "record_type")
    with reading(here, who.person) as connection:
        code = credit_code_of(connection, name)
        found = timeline(connection, code, record_type=record_type, after=cursor, limit=limit).page
    record(request, who, "read", "enterprise", identifiers={"credit_code": code}, row_count=len(found.rows))
    return Page(
        items=[_event(row) for row in found.rows], total=found.total, next=next_page(request, found.next_cursor)
    )


@router.get("/insurers", summary="Insurers", tags=["insurers"])
def insurers(request: Request, here: Here, who: Regulator, asked: Address) -> Page[InsurerLine]:
    """Every insurer by name, with its timeliness of the year."""
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
        known = names.insurers(connection)
        timely = {each.insurer_id: each for each in overview.timeliness(connection, view.publication)}
    record(request, who, "read", "insurers", row_count=len(known))
    missing = view.publication.missing_feeds
    lines = [_line(i, name, timely.get(i), missing) for i, name in sorted(known.items(), key=lambda each: each[1])]
    return Page(items=lines, total=len(lines), next=None)


@router.get("/insurers/{insurer_id}", summary="One insurer", tags=["insurers"], responses=problems("NOT-FOUND"))
def insurer(request: Request, here: Here, who: Regulator, asked: Address, insurer_id: Code) -> InsurerView:
    """Its own figures in a place, its feeds and last deliveries; nothing compares its business with others'."""
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
        found = bodies.insurer(connection, view.publication, insurer_id, view.place.region_code)
    record(request, who, "read", f"insurer {insurer_id}", row_count=1)
    return InsurerView(
        **_of(InsurerView, found, but=("figures", "feeds")), as_of=view.publication.as_of,
        figures=[BodyFigure(**_of(BodyFigure, each)) for each in found.figures if each.period_kind],
        feeds=[Feed(**_of(Feed, each)) for each in found.feeds],
        last_batch_ids=[each.batch_id for each in found.deliveries],
        links={"self": f"/api/v1/insurers/{insurer_id}", "submissions": f"/api/v1/submissions?insurer_id={insurer_id}",
               "page": f"/console/insurers/{insurer_id}"},
    )  # fmt: skip


@router.get("/agencies/{code}", summary="One agency", tags=["insurers"], responses=problems("NOT-FOUND"))
def agency(request: Request, here: Here, who: Regulator, code: Code) -> AgencyView:
    """A technical service agency by its credit code, as the public register has it."""
    with reading(here, who.person) as connection:
        found = bodies.agency(connection, code)
    record(request, who, "read", f"agency {code}", row_count=1)
    return AgencyView(
        **_of(AgencyView, found, but=("work",)), work=[Work(**vars(each)) for each in found.work],
        links={"self": f"/api/v1/agencies/{code}", "page": f"/console/agencies/{code}"},
    )  # fmt: skip


def _line(insurer_id: str, name: str, timely: overview.Timeliness | None, missing: tuple[str, ...]) -> InsurerLine:
    lacking = [feed.partition("/")[2] for feed in missing if feed.startswith(f"{insurer_id}/")]
    counts = ("due_count", "on_time_count", "late_count")
    return InsurerLine(
        insurer_id=insurer_id, name=name, missing_record_types=lacking,
        links={"self": f"/api/v1/insurers/{insurer_id}"}, **{each: getattr(timely, each, None) for each in counts},
    )  # fmt: skip


def _event(row: Row) -> Event:
    own: dict[str, Any] = {name: row.values[name] for name in Event.model_fields if name in row.values}
    return Event(**own, **{name: getattr(row, name) for name in Event.model_fields if name not in own})


def _of(model: type[BaseModel], found: object, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """Those values of an object that a model has."""
    return {name: getattr(found, name) for name in model.model_fields if hasattr(found, name) and name not in but}
