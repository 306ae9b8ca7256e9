"""Indicators for programs: the main ones with their cells, months, records behind them, and why they moved."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request

from portal.api.answers import BIGGEST, MOST_ROWS, PAGE_ROWS, Page, next_page, problems
from portal.api.answers import router as part
from portal.api.figures import (
    CellView,
    IndicatorView,
    LeftOutView,
    MonthView,
    MovementView,
    PartView,
    RecordLine,
    address_of,
    cell_view,
    definition_of,
    indicator_view,
    is_of,
    line_view,
    moved_view,
    words_of,
)
from portal.asking import Here, Reader, record
from portal.console import behind, cells, figures, movement, publications
from portal.console.address import Asked, opened, reading
from portal.console.behind_pages import behind_of
from portal.console.indicator_pages import by_reason, cell_of
from portal.console.movement_pages import sides
from portal.console.publications import Moment
from portal.problems import Problem

router = part()
Short = Annotated[str, Query(max_length=60, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Path(max_length=20, examples=["I1"])]
Id = Annotated[int | None, Query(ge=1, le=BIGGEST)]
Cursor = Annotated[str | None, Query(max_length=600)]
Rows = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Rows of a page.")]


def asked(
    region: Short = "", domain: Short = "", insurer: Short = "", period: Short = "", publication: Id = None,
    as_of: dt.date | None = None, known_at: dt.datetime | None = None,
) -> Asked:  # fmt: skip
    """The figure that a program asks for; without a place its own, without a moment the newest publication."""
    if known_at is not None and known_at.tzinfo is None:
        raise Problem("REQUEST-INVALID", "known_at: 请带时区 with a time zone, like 2026-11-21T09:30:00+08:00")
    return Asked(region, domain, insurer, period, Moment(publication, as_of, known_at))


Address = Annotated[Asked, Depends(asked)]


@router.get(
    "/indicators", summary="Main indicators with their cells", tags=["indicators"], responses=problems("NOT-FOUND")
)
def indicators(
    request: Request, here: Here, who: Reader, wanted: Address, all_codes: bool = False, cursor: Cursor = None,
    limit: Rows = PAGE_ROWS,
) -> Page[IndicatorView]:  # fmt: skip
    """The main indicators, or with ``all_codes`` their variants too, each with its cells of a place: one a period."""
    with reading(here, who.person) as connection:
        if not publications.publications(connection, limit=1):
            return Page(items=[], total=0, next=None)
        view = opened(connection, wanted)
        known = [d for d in figures.definitions(connection, view.publication) if all_codes or d.variant_of is None]
        found = figures.figures(connection, view.publication, view.place, [d.code for d in known])
        earlier = publications.before(connection, view.publication)
    shown = [d for d in known if cursor is None or d.code > cursor][:limit]
    record(request, who, "read", "indicators", filter=view.query, row_count=len(shown))
    items = [indicator_view(view, d, [f for f in found if is_of(f, d.code, wanted.period)], earlier) for d in shown]
    more = shown[-1].code if shown and shown[-1] is not known[-1] else None
    return Page(items=items, total=len(known), next=next_page(request, more))


@router.get("/indicators/{code}", summary="One indicator", tags=["indicators"], responses=problems("NOT-FOUND"))
def indicator(request: Request, here: Here, who: Reader, wanted: Address, code: Code) -> IndicatorView:
    """What it means, and its cells of a place."""
    with reading(here, who.person) as connection:
        view = opened(connection, wanted)
        definition = definition_of(figures.definitions(connection, view.publication), code)
        found = figures.figures(connection, view.publication, view.place, [code])
        earlier = publications.before(connection, view.publication)
    record(request, who, "read", f"indicator {code}", filter=view.query, row_count=len(found))
    return indicator_view(view, definition, [f for f in found if is_of(f, code, wanted.period)], earlier)


@router.get("/indicators/{code}/cells", summary="Its cells", tags=["indicators"], responses=problems("NOT-FOUND"))
def all_cells(
    request: Request,
    here: Here,
    who: Reader,
    wanted: Address,
    code: Code,
    cursor: Cursor = None,
    limit: Rows = PAGE_ROWS,
) -> Page[CellView]:
    """Every cell that the account may see: of all areas, sectors, insurers and periods, or of those asked for."""
    with reading(here, who.person) as connection:
        view = opened(connection, wanted)
        definition = definition_of(figures.definitions(connection, view.publication), code)
        only = cells.Only(wanted.region, wanted.domain, wanted.insurer, wanted.period)
        total, found, more = cells.cells(connection, view.publication, code, only, after=cursor, limit=limit)
    record(request, who, "read", f"cells of {code}", filter=view.query, row_count=len(found))
    return Page(items=[cell_view(view, definition, f) for f in found], total=total, next=next_page(request, more))


@router.get("/indicators/{code}/trend", summary="Its months", tags=["indicators"], responses=problems("NOT-FOUND"))
def trend(
    request: Request,
    here: Here,
    who: Reader,
    wanted: Address,
    code: Code,
    months: Annotated[int, Query(ge=1, le=24)] = 12,
) -> list[MonthView]:
    """The months that are over, and the one that runs; empty where no months are kept of the place."""
    with reading(here, who.person) as connection:
        cell = cell_of(connection, wanted, code)
        found = figures.trend(connection, cell.view.place, code, cell.period, months=months)
    record(request, who, "read", f"trend of {code}", filter=cell.view.query, row_count=len(found))
    return [
        MonthView(**{**vars(m), "period": m.period_kind, "value_text": m.shown_text, "source": m.source}) for m in found
    ]


@router.get(
    "/indicators/{code}/records", summary="Records behind it", tags=["indicators"], responses=problems("NOT-FOUND")
)
def records(
    request: Request, here: Here, who: Reader, wanted: Address, code: Code, counted: bool | None = None,
    cursor: Cursor = None, limit: Rows = PAGE_ROWS,
) -> Page[RecordLine]:  # fmt: skip
    """Records that count in a figure, the largest first; ``counted`` true: in its numerator, false: not in it."""
    show: Literal["all", "in", "out"] = "all" if counted is None else "in" if counted else "out"
    with reading(here, who.person) as connection:
        cell = cell_of(connection, wanted, code)
        found = behind_of(connection, cell, show, None, after=cursor, limit=limit).page
    record(request, who, "read", f"records of {code}", filter=cell.view.query, row_count=len(found.rows))
    return Page(items=[line_view(r) for r in found.rows], total=found.total, next=next_page(request, found.next_cursor))


@router.get(
    "/indicators/{code}/left-out", summary="What it left out", tags=["indicators"], responses=problems("NOT-FOUND")
)
def left_out(request: Request, here: Here, who: Reader, wanted: Address, code: Code) -> list[LeftOutView]:
    """Counts by reason; of the whole province, or of the caller's insurer."""
    with reading(here, who.person) as connection:
        cell = cell_of(connection, wanted, code)
        found = by_reason(behind.left_out(connection, cell.view.publication, code, cell.period))
    record(request, who, "read", f"left out of {code}", filter=cell.view.query, row_count=len(found))
    return [
        LeftOutView(
            reason=r.reason, reason_zh=r.zh, reason_en=r.en, record_count=r.record_count, insurer_count=r.insurer_count,
            links={"records": address_of(cell, "/left-out/records", reason=r.reason)},
        )
        for r in found
    ]  # fmt: skip


@router.get(
    "/indicators/{code}/left-out/records", summary="Records that it left out", tags=["indicators"],
    responses=problems("NOT-FOUND"),
)  # fmt: skip
def left_out_records(
    request: Request, here: Here, who: Reader, wanted: Address, code: Code, reason: Short = "", cursor: Cursor = None,
    limit: Rows = PAGE_ROWS,
) -> Page[RecordLine]:  # fmt: skip
    """Records that do not count, for one reason or all."""
    with reading(here, who.person) as connection:
        cell = cell_of(connection, wanted, code)
        found = behind_of(connection, cell, "left_out", reason or None, after=cursor, limit=limit).page
    record(request, who, "read", f"left out of {code}", filter=cell.view.query, row_count=len(found.rows))
    return Page(items=[line_view(r) for r in found.rows], total=found.total, next=next_page(request, found.next_cursor))


@router.get("/indicators/{code}/movement", summary="Why it moved", tags=["indicators"], responses=problems("NOT-FOUND"))
def moved(
    request: Request, here: Here, who: Reader, wanted: Address, code: Code,
    earlier: Annotated[int | None, Query(alias="from", ge=1, le=BIGGEST)] = None,
    later: Annotated[int | None, Query(alias="to", ge=1, le=BIGGEST)] = None,
    cause: Short = "", cursor: Cursor = None, limit: Rows = PAGE_ROWS,
) -> MovementView:  # fmt: skip
    """Between two publications: without ``from`` the newest one of an earlier day."""
    with reading(here, who.person) as connection:
        cell, first = sides(connection, wanted, code, earlier, later)
        if first is None:
            raise Problem("NOT-FOUND", "没有更早的发布可以比较 no earlier publication to compare with")
        asked_for = (connection, first, cell.view.publication, cell.view.place, code, cell.period)
        made = movement.movement(*asked_for)
        found = movement.moved_records(*asked_for, cause=cause or None, after=cursor, limit=limit)
    record(request, who, "read", f"movement of {code}", filter=cell.view.query, row_count=len(found.rows))
    parts = [PartView(**vars(p), **words_of("cause", movement.CAUSES[p.cause])) for p in made.parts]
    lines = [moved_view(row) for row in found.rows]
    return MovementView(
        before=cell_view(cell.view, cell.definition, made.before, first.publication_id),
        after=cell_view(cell.view, cell.definition, made.after), parts=parts,
        records=Page(items=lines, total=found.total, next=next_page(request, found.next_cursor)),
    )  # fmt: skip
