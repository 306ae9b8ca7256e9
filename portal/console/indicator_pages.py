"""An indicator of a place: the figure, twelve months, what it is made of, what it means, what was left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from portal.asking import Here, Regulator, language, page, record
from portal.console import drawing, figures
from portal.console.address import Address, Asked, View, opened, reading
from portal.console.behind import LeftOut, left_out
from portal.console.errors import NotShown
from portal.console.exporting import Sheet, export
from portal.console.figures import Definition, Figure, MonthFigure
from portal.console.pages import crumbs, place_name
from portal.console.scope import ALL
from portal.console.targets import Target, targets
from portal.console.words import NO_VALUE, PERIODS, SOURCES, Texts, bounds_text, of_text, said, share, value_and_unit
from portal.look import frame
from portal.look.texts import texts

router = APIRouter(include_in_schema=False)
Code = Annotated[str, Path(max_length=20)]


@dataclass(frozen=True)
class Cell:
    """One figure of an indicator, where the reader stands."""

    view: View
    definition: Definition
    figure: Figure
    periods: tuple[str, ...]
    """The periods that the place has figures of."""

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def period(self) -> str:
        return str(self.figure.period_kind)

    @property
    def base(self) -> str:
        """The address of the indicator's page."""
        return f"/console/indicators/{self.code}"

    def link(self, path: str = "", **changes: object) -> str:
        """An address below the indicator's, with period, place and publication."""
        return self.view.link(f"{self.base}{path}", **{"period": self.period, **changes})


@dataclass(frozen=True)
class Parts:
    """What a figure is made of."""

    below: tuple[Figure, ...]
    insurers: tuple[Figure, ...]
    domains: tuple[Figure, ...]


def cell_of(connection: sa.Connection, wanted: Asked, code: str) -> Cell:
    """The figure that an address means; without a period its first one. Raises NotShown, NotPublished."""
    view = opened(connection, wanted)
    definition = next((d for d in figures.definitions(connection, view.publication) if d.code == code), None)
    if definition is None:
        raise NotShown(f"no indicator {code}")
    found = [f for f in figures.figures(connection, view.publication, view.place, [code]) if f.period_kind]
    figure = next((f for f in found if wanted.period in ("", f.period_kind)), None)
    if figure is None:
        raise NotShown(f"no cell {code} {wanted.period} {view.place}")
    return Cell(view, definition, figure, tuple(str(f.period_kind) for f in found))


def parts_of(connection: sa.Connection, cell: Cell) -> Parts:
    """What a figure is made of; a sector's own sectors and an insurer's own insurer are none."""
    asked = (connection, cell.view.publication, cell.view.place, cell.code, cell.period)
    below = [f for f in figures.parts_below(*asked) if f.period_kind]
    insurers = figures.parts_by_insurer(*asked) if cell.view.place.insurer_id == ALL else ()
    domains = figures.parts_by_domain(*asked) if cell.view.place.domain_code == ALL else ()
    return Parts(tuple(below), insurers, domains)


@router.get("/console/indicators/{code}")
def indicator(request: Request, here: Here, who: Regulator, wanted: Address, code: Code) -> HTMLResponse:
    """One figure with everything that belongs to it."""
    with reading(here, who.person) as connection:
        cell = cell_of(connection, wanted, code)
        parts = parts_of(connection, cell)
        series = _months(connection, cell)
        lacking = left_out(connection, cell.view.publication, code, cell.period)
        goal = targets(connection, cell.view.publication, cell.view.place).get(code)
    record(request, who, "read", f"indicator {code}", filter={**cell.view.query, "period": cell.period}, row_count=1)
    return page(
        request, "console/indicator.html", cell=cell, card=_card(cell, goal, texts(language(request))),
        **_drawings(request, cell, (parts, series, goal)), lacking=by_reason(lacking), series=series, sources=SOURCES,
        **frame_of(request, cell), is_whole=cell.view.scope.sees_all_areas,
    )  # fmt: skip


@router.get("/console/indicators/{code}/parts.{kind}")
def parts_file(request: Request, here: Here, who: Regulator, wanted: Address, code: Code, kind: str) -> Response:
    """Areas, insurers and sectors of a figure as a file."""
    with reading(here, who.person) as connection:
        cell = cell_of(connection, wanted, code)
        parts = parts_of(connection, cell)
    named = (("合计", (cell.figure,)), ("地区", parts.below), ("机构", parts.insurers), ("行业", parts.domains))
    rows = [(word, *_row(each)) for word, group in named for each in group]
    columns = ("分组", "地区", "行业领域", "机构", "数值", "分子", "分母", "标记", "数据完整度")
    sheet = Sheet(f"{cell.definition.name_zh}分组", columns, rows, len(rows), facts_of(cell))
    return export(request, who, cell.view, sheet, kind)


@router.get("/console/indicators/{code}/trend.{kind}")
def trend_file(request: Request, here: Here, who: Regulator, wanted: Address, code: Code, kind: str) -> Response:
    """The months of a figure as a file."""
    with reading(here, who.person) as connection:
        cell = cell_of(connection, wanted, code)
        series = _months(connection, cell)
    rows = [
        (f"{m.month:%Y-%m}", str(m.as_of), m.shown_text, m.numerator, m.denominator, SOURCES[m.source].zh, m.known_at)
        for m in series
    ]
    columns = ("月份", "统计截止日", "数值", "分子", "分母", "来源", "数据截止时刻")
    return export(
        request, who, cell.view, Sheet(f"{cell.definition.name_zh}趋势", columns, rows, len(rows), facts_of(cell)), kind
    )


def _months(connection: sa.Connection, cell: Cell) -> tuple[MonthFigure, ...]:
    series = figures.trend(connection, cell.view.place, cell.code, cell.period)
    return figures.until(series, cell.view.publication, cell.figure)


def frame_of(request: Request, cell: Cell, page_name: tuple[str, str] | None = None) -> dict[str, Any]:
    """What every page of an indicator says: its name, place, period, crumbs, stamp."""
    t = texts(language(request))
    name = t(cell.definition.name_zh, cell.definition.name_en)
    own = (cell.definition.name_zh, cell.definition.name_en)
    between = (frame.Crumb(name, cell.link()),) if page_name else ()
    return {
        "name": name, "place_name": place_name(cell.figure), "period_text": cell.figure.period_text,
        "crumbs": crumbs(request, cell.view, *(page_name or own), *between), "data_as_of": cell.view.stamp,
        "hidden": {k: v for k, v in {**cell.view.query, "period": cell.period}.items() if k != "publication"},
        "of_text": of_text,
    }  # fmt: skip


def facts_of(cell: Cell) -> tuple[tuple[str, object], ...]:
    """What a figure is, for the second sheet of an export."""
    d = cell.definition
    return (
        ("指标", f"{d.code} {d.name_zh}"), ("分子", d.numerator_zh), ("分母", d.denominator_zh), ("统计范围", d.population_zh),
        ("口径自", str(d.valid_from)), ("依据", d.source_document), ("期间", cell.figure.period_text),
        ("数值", cell.figure.shown_text), ("地区名称", cell.figure.region_name),
    )  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """How many records were left out for one reason."""

    reason: str
    zh: str
    en: str
    record_count: int
    insurer_count: int


def by_reason(lacking: Sequence[LeftOut]) -> list[Reason]:
    """What was left out, one line a reason, the largest first."""
    grouped: dict[str, list[LeftOut]] = {}
    for each in lacking:
        grouped.setdefault(each.reason, []).append(each)
    found = [
        Reason(code, rows[0].words.zh, rows[0].words.en, sum(r.record_count for r in rows), len({r.insurer_id for r in rows}))
        for code, rows in grouped.items()
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-each.record_count, each.reason))


def _card(cell: Cell, goal: Target | None, t: Texts) -> frame.Figure:
    figure = cell.figure
    value, unit = value_and_unit(figure.shown_text)
    return frame.Figure(
        said(PERIODS.get(cell.period), t, cell.period), value if figure.value is not None else None, unit,
        cell.definition.direction, figure.numerator_text or "", figure.denominator_text or "", goal.text if goal else None,
        drawing.meets(figure.value, goal), share(figure.completeness), is_provisional=bool(figure.is_provisional),
        bounds=bounds_text(figure, cell.definition.unit), records_href=cell.link("/records"),
    )  # fmt: skip


def _drawings(
    request: Request, cell: Cell, made: tuple[Parts, tuple[MonthFigure, ...], Target | None]
) -> dict[str, Any]:
    parts, series, goal = made
    spoken, t = language(request), texts(language(request))
    definition = cell.definition
    areas = drawing.ranked(definition, parts.below, goal, _narrowed(cell, "region"), spoken) if parts.below else None
    sides = {
        named: drawing.side_by_side(definition, rows, named, _narrowed(cell, named), spoken) if rows else None
        for named, rows in (("insurer", parts.insurers), ("domain", parts.domains))
    }
    return {
        "areas": areas, "insurers": sides["insurer"], "domains": sides["domain"],
        "trend": drawing.trend_of(definition, series, goal, lambda m: _of_month(cell, m), spoken) if series else None,
        "period_tabs": [(said(PERIODS.get(p), t, p), cell.link(period=p), p == cell.period) for p in cell.periods],
        "no_value": said(NO_VALUE.get(cell.figure.null_reason or ""), t, cell.figure.null_reason),
        "steps": _steps(cell),
    }  # fmt: skip


def _narrowed(cell: Cell, by: str) -> Callable[[Figure], str | None]:
    """To the same figure of a part; of one that is a row of another page, to its page."""
    names = {"region": "region_code", "insurer": "insurer_id", "domain": "domain_code"}
    return lambda part: cell.link(**{by: getattr(part, names[by])})


def _of_month(cell: Cell, month: MonthFigure) -> str | None:
    return cell.link(publication=month.publication_id) if month.publication_id else None


def _steps(cell: Cell) -> list[tuple[str, str]]:
    """Ways to undo what the reader narrowed to: (what, address)."""
    place, figure = cell.view.place, cell.figure
    narrowed = (("domain", place.domain_code, figure.domain_name), ("insurer", place.insurer_id, figure.insurer_name))
    own = cell.view.homes[0] if cell.view.homes else place
    kept = {"domain": own.domain_code, "insurer": own.insurer_id}
    return [(name, cell.link(**{by: kept[by]})) for by, code, name in narrowed if code != kept[by]]


def _row(part: Figure) -> tuple[object, ...]:
    return (
        part.region_name, part.domain_name or "全部", part.insurer_name if part.insurer_id != ALL else "全部", part.shown_text,
        part.numerator, part.denominator, part.mark_text, share(part.completeness),
    )  # fmt: skip
