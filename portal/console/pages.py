"""The first page of the console: how are we, what is missing, what needs me."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from portal.asking import Here, Regulator, language, page, record
from portal.console import drawing, figures, overview, publications
from portal.console.address import Address, View, opened, reading
from portal.console.exporting import Sheet, export
from portal.console.figures import Figure, MonthFigure
from portal.console.overview import Headline, Need, Overview, Timeliness
from portal.console.scope import ALL
from portal.console.targets import Target, targets
from portal.console.words import Texts, said
from portal.look import frame
from portal.look.texts import texts
from portal.submissions.words import record_name
from schemas.yaml_files import Words

router = APIRouter(include_in_schema=False)
Code = Annotated[str, Query(max_length=20)]
#: Insurers and gaps that the first page has room for; the rest is counted and stands on pages of its own.
ROOM = 7
#: Told by insurer on the first page itself, so it has no card.
TIMELINESS = "T1"


@dataclass(frozen=True)
class First:
    """What the first page is made of."""

    view: View
    found: Overview
    trends: Mapping[str, tuple[MonthFigure, ...]]
    chosen: Headline
    parts: tuple[Figure, ...]
    targets: Mapping[str, Target]


@router.get("/console")
def first_page(request: Request, here: Here, who: Regulator, wanted: Address, indicator: Code = "") -> HTMLResponse:
    """The overview of a place; ``indicator`` chooses what the tiles show."""
    with reading(here, who.person) as connection:
        if not publications.publications(connection, limit=1):
            return page(request, "console/unpublished.html")
        first = _read(connection, opened(connection, wanted), indicator)
    record(request, who, "read", "overview", filter=first.view.query, row_count=len(first.found.headlines))
    return page(request, "console/overview.html", **_context(request, first), data_as_of=first.view.stamp)


@router.get("/console/missing")
def missing(request: Request, here: Here, who: Regulator, wanted: Address) -> HTMLResponse:
    """Everything that a publication lacks."""
    with reading(here, who.person) as connection:
        view = opened(connection, wanted)
        lacks = overview.missing(connection, view.publication)
    rows = _missing_rows(lacks, language(request))
    record(request, who, "read", "missing", filter=view.query, row_count=len(rows))
    return page(
        request, "console/missing.html", view=view, rows=rows, lacks=lacks, data_as_of=view.stamp,
        crumbs=crumbs(request, view, "缺什么", "What is missing"),
        export_link=lambda kind: view.link(f"/console/missing.{kind}"),
    )  # fmt: skip


@router.get("/console/missing.{kind}")
def missing_file(request: Request, here: Here, who: Regulator, wanted: Address, kind: str) -> Response:
    """The same as a file."""
    with reading(here, who.person) as connection:
        view = opened(connection, wanted)
        rows = _missing_rows(overview.missing(connection, view.publication), "zh")
    sheet = Sheet(
        "缺报清单", ("类别", "机构或指标", "内容"), rows, len(rows), (("说明", "发布时尚未收到或与申报数不一致的数据"),)
    )
    return export(request, who, view, sheet, kind)


def crumbs(request: Request, view: View, zh: str, en: str, *between: frame.Crumb) -> tuple[frame.Crumb, ...]:
    """From the overview of the same place and publication to this page."""
    t = texts(language(request))
    return (frame.Crumb(t("总览", "Overview"), view.link("/console")), *between, frame.Crumb(t(zh, en)))


def _read(connection: sa.Connection, view: View, indicator: str) -> First:
    found = overview.overview(connection, view.publication, view.scope, view.place)
    heads = [head for head in found.headlines if head.definition.code != TIMELINESS]
    chosen = next((h for h in heads if h.definition.code == indicator), heads[0])
    trends = {h.definition.code: _months(connection, view, h.figure) for h in heads if h.figure}
    period = chosen.figure.period_kind if chosen.figure else None
    parts = figures.parts_below(connection, view.publication, view.place, chosen.definition.code, str(period))
    return First(view, found, trends, chosen, parts, targets(connection, view.publication, view.place))


def _months(connection: sa.Connection, view: View, figure: Figure) -> tuple[MonthFigure, ...]:
    series = figures.trend(connection, view.place, figure.indicator_code, str(figure.period_kind))
    return figures.until(series, view.publication, figure)


def _context(request: Request, first: First) -> dict[str, Any]:
    t, view = texts(language(request)), first.view
    code = first.chosen.definition.code
    drawn = None
    if any(part.value is not None for part in first.parts):
        target = first.targets.get(code)
        drawn = drawing.tiles(first.chosen.definition, first.parts, target, _to_area(view, code), language(request))
    return {
        "view": view, "cards": [_card(first, head, t) for head in first.found.headlines if head.definition.code != TIMELINESS],
        "chosen": first.chosen.definition, "choices": _choices(first, t), "drawn": drawn, "parts_count": len(first.parts),
        "place_name": _place_name(first), "timeliness": timely(first.found.timeliness), "room": ROOM,
        "missing": first.found.missing, "needs": [_need(view, each, t) for each in first.found.needs],
        "type_name": lambda name: record_name(name, language(request)), "floor": first.chosen.definition,
        "permalink": view.link("/console", indicator=code), "home_links": home_links(first.view, "/console"),
    }  # fmt: skip


def home_links(view: View, path: str) -> list[tuple[str, bool]]:
    """The caller's own places, for an account that has several."""
    return [
        (view.link(path, region=each.region_code, domain=each.domain_code), each == view.place) for each in view.homes
    ]


def _card(first: First, head: Headline, t: Texts) -> tuple[frame.Figure, object]:
    code, view = head.definition.code, first.view
    period = head.figure.period_kind if head.figure else None
    base = f"/console/indicators/{code}"
    links = (
        view.link(base, period=period), view.link(f"{base}/records", period=period),
        view.link(f"{base}/movement", period=period, **{"from": _before_id(head), "to": view.publication.publication_id}),
    )  # fmt: skip
    made = drawing.card(head, first.targets.get(code), links, t)
    return made, drawing.spark(code, made.label, first.trends.get(code, ()), t)


def _before_id(head: Headline) -> int | None:
    return head.month_before.publication_id if head.month_before else None


def _choices(first: First, t: Texts) -> list[tuple[str, str, bool]]:
    return [
        (t(h.definition.name_zh, h.definition.name_en), first.view.link("/console", indicator=h.definition.code), h is first.chosen)
        for h in first.found.headlines
        if h.definition.code != TIMELINESS
    ]  # fmt: skip


def _to_area(view: View, code: str) -> drawing.Link:
    return lambda part: view.link(f"/console/indicators/{code}", region=part.region_code, period=part.period_kind)


def _place_name(first: First) -> str | None:
    figure = next((h.figure for h in first.found.headlines if h.figure), None)
    return place_name(figure) if figure else None


def place_name(figure: Figure) -> str:
    """A place in words: area, and sector and insurer where it is one of them."""
    more = [
        figure.domain_name if figure.domain_code != ALL else "",
        figure.insurer_name if figure.insurer_id != ALL else "",
    ]
    return " · ".join([figure.region_name, *filter(None, more)])


def timely(rows: Sequence[Timeliness]) -> dict[str, Any]:
    """All insurers together, and those with something late, by name; nobody is ranked."""
    total = next((row for row in rows if row.insurer_id == ALL), None)
    each = [row for row in rows if row.insurer_id != ALL]
    late = [row for row in each if row.late_count]
    return {"total": total, "late": late, "count": len(each)}


def _need(view: View, need: Need, t: Texts) -> tuple[str, int | None, str]:
    """What it is, how many, and the list of them."""
    href = view.link(f"/console/lists/{need.code}") if need.has_list else f"/submissions/history?state={need.code}"
    href = "/alerts?state=open" if need.code == "alerts" else href
    return said(need.words, t), need.count, href


_KINDS = {
    "feeds": Words(zh="未收到", en="not received"),
    "imbalanced": Words(zh="与申报数不一致", en="does not balance"),
    "gap": Words(zh="指标未发布", en="not published"),
}


def _missing_rows(lacks: overview.Missing, spoken: str) -> list[tuple[str, str, str]]:
    t = texts(spoken)
    feeds = [
        (kind, *row[1:]) for kind, rows in (("feeds", lacks.feeds), ("imbalanced", lacks.imbalanced)) for row in rows
    ]
    told = [
        (said(_KINDS[kind], t), name, "、".join(record_name(each, spoken) for each in types))
        for kind, name, types in feeds
    ]
    return told + [(said(_KINDS["gap"], t), gap.indicator_name, gap.reason) for gap in lacks.gaps]
