"""Months and publications: what was published when, what is frozen, what was revised since."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from portal.asking import Here, Regulator, language, page, record
from portal.console import months, publications
from portal.console.address import Address, opened, reading
from portal.console.exporting import Sheet, export
from portal.console.pages import crumbs
from portal.console.words import PERIODS, SOURCES, plain, said
from portal.look import frame
from portal.look.texts import texts
from portal.problems import Problem

router = APIRouter(include_in_schema=False)
MonthText = Annotated[str, Path(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
PUBLICATIONS = 200


@router.get("/console/months")
def all_months(request: Request, here: Here, who: Regulator, wanted: Address) -> HTMLResponse:
    """Every month with figures, and the publications."""
    with reading(here, who.person) as connection:
        view = opened(connection, wanted)
        found, published = months.months(connection), publications.publications(connection, limit=PUBLICATIONS)
    record(request, who, "read", "months", row_count=len(found))
    return page(
        request, "console/months.html", view=view, months=found, publications=published, sources=SOURCES,
        most=PUBLICATIONS, crumbs=crumbs(request, view, "月份与发布", "Months and publications"), data_as_of=view.stamp,
    )  # fmt: skip


@router.get("/console/months/{month}.{kind}")
def month_file(request: Request, here: Here, who: Regulator, wanted: Address, month: MonthText, kind: str) -> Response:
    """The figures of a frozen month as a file."""
    with reading(here, who.person) as connection:
        view = opened(connection, wanted)
        revisions = months.revisions(connection, month_of(month))
        found = months.frozen_figures(connection, month_of(month), view.place)
    columns = (
        "指标",
        "名称",
        "期间",
        "首次数值",
        "首次分子",
        "首次分母",
        "最新数值",
        "最新分子",
        "最新分母",
        "是否修订",
    )
    rows = [
        (f.indicator_code, f.indicator_name, f.period_text, f.first_text, f.first_numerator, f.first_denominator,
         f.latest_text, f.latest_numerator, f.latest_denominator, "是" if f.is_revised else "否")
        for f in found
    ]  # fmt: skip
    facts = (("月份", month), ("固定于", revisions[0].frozen_at), ("修订次数", len(revisions) - 1))
    return export(request, who, view, Sheet(f"{month}固定指标", columns, rows, len(rows), facts), kind)


@router.get("/console/months/{month}")
def one_month(request: Request, here: Here, who: Regulator, wanted: Address, month: MonthText) -> HTMLResponse:
    """A frozen month of a place: its figures as they were first, and as they are now."""
    with reading(here, who.person) as connection:
        view = opened(connection, wanted)
        revisions = months.revisions(connection, month_of(month))
        found = months.frozen_figures(connection, month_of(month), view.place)
    record(request, who, "read", f"month {month}", filter=view.query, row_count=len(found))
    t = texts(language(request))
    between = frame.Crumb(t("月份与发布", "Months and publications"), "/console/months")
    return page(
        request, "console/month.html", view=view, month=month, revisions=revisions, figures=found, plain=plain,
        period=lambda each: said(PERIODS.get(each), t, each), place_name=found[0].region_name if found else None,
        export_link=lambda kind: view.link(f"/console/months/{month}.{kind}"), data_as_of=view.stamp,
        crumbs=crumbs(request, view, month, month, between),
    )  # fmt: skip


def month_of(text: str) -> dt.date:
    """The first day of a month. Raises Problem NOT-FOUND for a year that no calendar has."""
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Problem("NOT-FOUND") from None
