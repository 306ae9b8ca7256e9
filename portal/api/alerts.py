"""Alerts for programs: the inbox, one alert, and the steps that a person takes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import AfterValidator, BaseModel, Field

from portal.api.answers import PAGE_ROWS, Limit, Page, next_page, problems
from portal.api.answers import router as part
from portal.asking import Here, Reader, plain, record
from portal.clock import alerts
from portal.clock.alerts import Shown, Wanted
from portal.console.address import reading

router = part()
AlertNo = Annotated[str, Path(max_length=60), AfterValidator(plain)]
Short = Annotated[str | None, Query(max_length=60)]
Cursor = Annotated[str | None, Query(max_length=2000)]


class AlertView(BaseModel):
    """An alert: one a cause. Counts and words speak of the records that this account sees."""

    alert_no: str
    kind: str
    title_zh: str
    level: str = Field(description="critical, warning or notice.")
    owner_kind: str = Field(description="insurer, city or province.")
    owner: str | None
    insurer_id: str | None
    region_code: str | None
    state: str = Field(description="open, acknowledged, snoozed or closed.")
    opened_at: dt.datetime
    updated_at: dt.datetime
    snoozed_until: dt.datetime | None
    record_count: int
    reason: str
    remedy: str
    links: dict[str, str]


class AlertRecordView(BaseModel):
    """A record that stands in an alert, and what is wrong with it."""

    insurer_id: str | None
    region_code: str | None
    record_type: str
    record_key: str
    deadline_on: dt.date | None
    message: str
    entered_at: dt.datetime


class AlertEventView(BaseModel):
    """A step of an alert's life; person and words are null for an account that sees only a part of it."""

    event: str
    at: dt.datetime
    person: str | None
    comment: str | None
    until_at: dt.datetime | None
    to_role: str | None
    entered_count: int | None
    left_count: int | None


class OneAlert(AlertView):
    """One alert with its records, the newest first, and its history."""

    basis: str
    label: str
    closed_at: dt.datetime | None
    records: list[AlertRecordView]
    events: list[AlertEventView]


class Acknowledgement(BaseModel):
    """Who is at it, until when: 2 to 500 characters."""

    comment: str = Field(max_length=1000)


class Snooze(Acknowledgement):
    """Why it is left alone, and until the end of which day (2026-12-31)."""

    until: str = Field("", max_length=20)


@router.get("/alerts", summary="Alerts, the gravest first", tags=["alerts"])
def inbox(
    request: Request, here: Here, who: Reader, kind: Short = None, level: Short = None, owner: Short = None,
    state: Short = None, insurer: Short = None, region: Short = None, cursor: Cursor = None, limit: Limit = PAGE_ROWS,
) -> Page[AlertView]:  # fmt: skip
    """Alerts of which the account sees a record; without a state those that are not closed."""
    wanted = Wanted(*(each or None for each in (kind, level, owner, state, insurer, region)))
    with reading(here, who.person) as connection:
        found = alerts.inbox(connection, wanted, after=cursor, limit=limit)
    told = {name: value for name, value in vars(wanted).items() if value}
    record(request, who, "read", "alerts", filter=told, row_count=len(found.rows))
    names = [name for name in AlertView.model_fields if name not in ("alert_no", "insurer_id", "region_code", "links")]
    items = [
        AlertView(
            **{name: row.values[name] for name in names}, alert_no=row.row_key, insurer_id=row.insurer_id,
            region_code=row.region_code, links=_links(row.row_key),
        )
        for row in found.rows
    ]  # fmt: skip
    return Page(items=items, total=found.total, next=next_page(request, found.next_cursor))


@router.get("/alerts/{alert_no}", summary="One alert", tags=["alerts"], responses=problems("NOT-FOUND"))
def one(request: Request, here: Here, who: Reader, alert_no: AlertNo) -> OneAlert:
    """Why, which records, what to do, and what became of it."""
    with reading(here, who.person) as connection:
        found = alerts.shown(connection, alert_no)
    record(request, who, "read", f"alert {alert_no}", row_count=len(found.records))
    return _one(found)


@router.post(
    "/alerts/{alert_no}/acknowledgements", status_code=201, summary="Acknowledge an alert", tags=["alerts"],
    responses=problems("NOT-FOUND"),
)  # fmt: skip
def acknowledge(request: Request, here: Here, who: Reader, alert_no: AlertNo, asked: Acknowledgement) -> OneAlert:
    """Take an alert on; it stays until its records pass. An insurer's account speaks for its own part."""
    alerts.acknowledge(here, who, alert_no, asked.comment)
    record(request, who, "write", f"alert {alert_no}", filter={"step": "acknowledged"}, row_count=1)
    return one(request, here, who, alert_no)


@router.post(
    "/alerts/{alert_no}/snoozes", status_code=201, summary="Snooze an alert", tags=["alerts"],
    responses=problems("NOT-FOUND"),
)  # fmt: skip
def snooze(request: Request, here: Here, who: Reader, alert_no: AlertNo, asked: Snooze) -> OneAlert:
    """Leave an alert alone until the end of a day; it wakes by itself."""
    alerts.snooze(here, who, alert_no, asked.comment, asked.until)
    record(request, who, "write", f"alert {alert_no}", filter={"step": "snoozed", "until": asked.until}, row_count=1)
    return one(request, here, who, alert_no)


def _one(found: Shown) -> OneAlert:
    names = [name for name in OneAlert.model_fields if name not in ("records", "events", "links")]
    return OneAlert(
        **{name: getattr(found.alert, name) for name in names}, links=_links(found.alert.alert_no),
        records=[AlertRecordView(**vars(each)) for each in found.records],
        events=[AlertEventView(**{n: getattr(each, n) for n in AlertEventView.model_fields}) for each in found.events],
    )  # fmt: skip


def _links(alert_no: str) -> dict[str, str]:
    at = f"/api/v1/alerts/{alert_no}"
    return {
        "self": at,
        "acknowledge": f"{at}/acknowledgements",
        "snooze": f"{at}/snoozes",
        "page": f"/alerts/{alert_no}",
    }
