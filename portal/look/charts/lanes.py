"""A strip of time, one lane a record type: covers as spans, services and claims as marks, each a link to its record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from portal.look.charts.drawing import Pen, Sheet, svg, text_width
from portal.look.charts.tabular import ChartTable
from portal.look.frame import Column
from portal.look.texts import texts

_TOP, _ROW, _SIDE = 26, 22, 16


@dataclass(frozen=True)
class Happening:
    """One record: a mark on ``begins``, or a span to the end of ``ends``. ``tone``: plain, warn or bad; each has a shape."""

    label: str
    begins: dt.date
    ends: dt.date | None = None
    href: str | None = None
    tone: str = "plain"
    remark: str = ""


@dataclass(frozen=True)
class Lane:
    """One record type."""

    label: str
    happenings: tuple[Happening, ...]


@dataclass(frozen=True)
class Lanes:
    """From the first to the last day shown. What lies outside stands at the edge; the table tells its days."""

    chart_id: str
    title: str
    lanes: tuple[Lane, ...]
    first_day: dt.date
    last_day: dt.date
    as_of: dt.date | None = None
    width: int = 1060


def draw_lanes(chart: Lanes, *, language: str = "zh", standalone: bool = False) -> Markup:
    """The strip; what overlaps in a lane lies in rows of it."""
    pen = Pen(standalone)
    left = 16 + max((text_width(lane.label) for lane in chart.lanes), default=0)
    marks, y = list[Markup](), _TOP
    for lane in chart.lanes:
        drawn, height = _lane(chart, pen, lane, (left, y))
        marks, y = marks + drawn, y + height
    sheet = Sheet(
        chart.chart_id, chart.title, _description(chart, language), chart.width, y + 4,
        has_links=any(each.href for lane in chart.lanes for each in lane.happenings), classes="chart-wide chart-latest",
    )  # fmt: skip
    return svg(pen, sheet, [*_years(chart, pen, (left, y)), *marks, *_today(chart, pen, (left, y), language)])


def lanes_table(chart: Lanes, *, language: str = "zh") -> ChartTable:
    """Record type, record, first and last day, remark: lane by lane, by day."""
    t = texts(language)
    columns = tuple(
        Column(t(*pair))
        for pair in (("类型", "Type"), ("记录", "Record"), ("起", "From"), ("止", "To"), ("说明", "Remark"))
    )
    rows = tuple(
        (
            lane.label,
            each.label,
            each.begins.isoformat(),
            each.ends.isoformat() if each.ends else "—",
            each.remark or "—",
        )
        for lane in chart.lanes
        for each in sorted(lane.happenings, key=lambda each: each.begins)
    )
    return ChartTable(chart.title, columns, rows)


def _lane(chart: Lanes, pen: Pen, lane: Lane, corner: tuple[float, int]) -> tuple[list[Markup], int]:
    left, top = corner
    placed = _rows(chart, left, lane.happenings)
    height = _ROW * max((row + 1 for row, _ in placed), default=1)
    ground = pen.shape("rect", "c-lane", x=left, y=top + 1, width=chart.width - left, height=height - 2, rx=3)
    label = pen.text(lane.label, x=left - 10, y=top + 15, text_anchor="end")
    return [ground, label, *(_mark(chart, pen, each, (left, top + row * _ROW)) for row, each in placed)], height


def _rows(chart: Lanes, left: float, happenings: Sequence[Happening]) -> list[tuple[int, Happening]]:
    """Each with the first row of its lane that is free there."""
    ends: list[float] = []
    placed = []
    for each in sorted(happenings, key=lambda each: (each.begins, each.label)):
        begin, end = _reach(chart, left, each)
        row = next((number for number, taken in enumerate(ends) if taken <= begin), len(ends))
        ends[row : row + 1] = [end + 2]
        placed.append((row, each))
    return placed


def _reach(chart: Lanes, left: float, each: Happening) -> tuple[float, float]:
    begin = _x(chart, left, each.begins)
    if each.ends is None:
        return begin - _SIDE / 2, begin + _SIDE / 2
    return begin, max(_x(chart, left, each.ends + dt.timedelta(1)), begin + 6)


def _mark(chart: Lanes, pen: Pen, each: Happening, corner: tuple[float, int]) -> Markup:
    left, y = corner
    begin, end = _reach(chart, left, each)
    days = f"{each.begins.isoformat()}{f'–{each.ends.isoformat()}' if each.ends else ''}"
    said = " ".join(filter(None, (each.label, days, each.remark)))
    hit = pen.shape("rect", "c-hit", x=begin, y=y + 2, width=end - begin, height=_ROW - 4, rx=3)
    return pen.link(each.href, said, *(_span if each.ends else _event)(pen, each, (begin, end, y)), hit)


def _span(pen: Pen, each: Happening, place: tuple[float, float, float]) -> list[Markup]:
    begin, end, y = place
    tone = "" if each.tone == "plain" else f" c-span-{each.tone}"
    marks = [
        pen.shape("rect", f"c-mark c-span{tone}", x=begin + 0.5, y=y + 3.5, width=end - begin - 1, height=15, rx=3)
    ]
    if text_width(each.label, 11) + 10 <= end - begin:
        marks.append(pen.text(each.label, "c-small", x=begin + 6, y=y + 15))
    return marks


def _event(pen: Pen, each: Happening, place: tuple[float, float, float]) -> list[Markup]:
    """A circle; a square on its corner where something is to be noted, a triangle where something is wrong."""
    x, y = (place[0] + place[1]) / 2, place[2] + 11
    if each.tone == "plain":
        return [pen.shape("circle", "c-mark c-event", cx=x, cy=y, r=5.5)]
    shape = f"M{x:.1f} {y - 7}l7 7l-7 7l-7-7z" if each.tone == "warn" else f"M{x:.1f} {y - 7}l7.5 13h-15z"
    return [pen.shape("path", f"c-mark c-event c-event-{each.tone}", d=shape)]


def _years(chart: Lanes, pen: Pen, corner: tuple[float, int]) -> list[Markup]:
    """A line and a name at each quarter's first day; the year at January's."""
    left, bottom = corner
    quarters = (
        dt.date(year, month, 1)
        for year in range(chart.first_day.year, chart.last_day.year + 1)
        for month in (1, 4, 7, 10)
    )
    marks = []
    for day in quarters:
        if chart.first_day <= day <= chart.last_day:
            x = _x(chart, left, day)
            name = f"{day:%Y-%m}" if day.month == 1 else f"{day:%m}"
            marks.append(pen.shape("path", "c-grid", d=f"M{x:.1f} 20V{bottom}"))
            marks.append(pen.text(name, "c-muted c-small", x=x + 2, y=13))
    return marks


def _today(chart: Lanes, pen: Pen, corner: tuple[float, int], language: str) -> list[Markup]:
    if chart.as_of is None or not chart.first_day <= chart.as_of <= chart.last_day:
        return []
    x, words = _x(chart, corner[0], chart.as_of), texts(language)("截止日", "as of")
    end = "end" if x + text_width(words, 11) + 4 > chart.width else "start"
    name = pen.text(words, "c-small c-strong", x=x + (-4 if end == "end" else 4), y=24, text_anchor=end)
    return [pen.shape("path", "c-target", d=f"M{x:.1f} 16V{corner[1]}"), name]


def _x(chart: Lanes, left: float, day: dt.date) -> float:
    """Where a day begins, px; days outside lie at the edge."""
    total = (chart.last_day - chart.first_day).days + 1
    passed = min(max((day - chart.first_day).days, 0), total)
    return left + _SIDE / 2 + passed / total * (chart.width - left - _SIDE)


def _description(chart: Lanes, language: str) -> str:
    t = texts(language)
    return t("；", "; ").join(f"{lane.label} {len(lane.happenings)} {t('条', 'records')}" for lane in chart.lanes)
