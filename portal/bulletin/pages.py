"""The bulletin of a frozen month: its page, and the files that offices print and edit."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from portal.asking import Here, Reader, language, page, record
from portal.bulletin.blocks import Table
from portal.bulletin.document import compose
from portal.bulletin.facts import Bulletin
from portal.bulletin.making import MEDIA_TYPES, make
from portal.bulletin.reading import Wanted, read
from portal.console.scope import ALL, Place
from portal.door import Door
from portal.downloads import download
from portal.look.formats import moment
from portal.look.frame import Column, Crumb
from portal.look.texts import texts
from portal.person import Person
from portal.problems import Problem

router = APIRouter(include_in_schema=False)
Month = Annotated[str, Path(max_length=10)]
Code = Annotated[str | None, Query(max_length=60)]
Revision = Annotated[int | None, Query(ge=0, le=10_000)]


@router.get("/console/bulletin/{month}.{kind}")
def file_of(
    request: Request, here: Here, who: Reader, month: Month, kind: Literal["pdf", "docx"], revision: Revision = None,
    region: Code = None, domain: Code = None, insurer: Code = None,
) -> Response:  # fmt: skip
    """The bulletin as PDF or DOCX; the same figures give the same bytes."""
    wanted = _wanted(here, month, revision, _place(region, domain, insurer))
    bulletin = _read(here, who.person, wanted, language(request))
    record(request, who, "export", f"bulletin {month}", filter={"kind": kind, "region": bulletin.place.region_code})
    return download(make(bulletin, kind, language(request)), f"{bulletin.file_stem}.{kind}", MEDIA_TYPES[kind])


@router.get("/console/bulletin/{month}")
def show(
    request: Request, here: Here, who: Reader, month: Month, revision: Revision = None, region: Code = None,
    domain: Code = None, insurer: Code = None,
) -> HTMLResponse:  # fmt: skip
    """The bulletin as a page, with its files."""
    wanted = _wanted(here, month, revision, _place(region, domain, insurer))
    bulletin = _read(here, who.person, wanted, language(request))
    record(request, who, "read", f"bulletin {month}", filter={"region": bulletin.place.region_code})
    t, query = texts(language(request)), f"?{request.url.query}" if request.url.query else ""
    return page(
        request, "bulletin/bulletin.html", document=compose(bulletin, language(request)), month=month, query=query,
        page_columns=_page_columns,
        crumbs=(Crumb(t("月份与通报", "Months and bulletins"), "/console/months"), Crumb(t("通报", "Bulletin"))),
        data_as_of=f"{bulletin.edition.as_of} · {moment(bulletin.edition.known_at)}",
    )  # fmt: skip


def _page_columns(table: Table) -> list[Column]:
    return [Column(column.label, column.is_number) for column in table.columns]


def _read(here: Door, person: Person, wanted: Wanted, chosen: str) -> Bulletin:
    with here.reading_as(person) as connection:
        return read(connection, wanted, chosen)


def _wanted(here: Door, month: str, revision: int | None, place: Place | None) -> Wanted:
    """Which bulletin. Raises Problem NOT-FOUND for a text that is no month."""
    try:
        day = dt.datetime.strptime(month, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise Problem("NOT-FOUND", "月份写作 write a month like 2026-10") from None
    return Wanted(day, revision, place, here.address)


def _place(region: str | None, domain: str | None, insurer: str | None) -> Place | None:
    return Place(region, domain or ALL, insurer or ALL) if region else None
