"""A trend of months: line with points that are links, target, provisional months dashed, gaps left open."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from portal.look.charts.drawing import Pen, Sheet, path, runs, svg, text_width
from portal.look.charts.scale import Scale, Tick, ticks
from portal.look.charts.tabular import ChartTable, remark
from portal.look.frame import Column
from portal.look.texts import texts

_TOP, _BOTTOM = 34, 26


@dataclass(frozen=True)
class Point:
    """One month. ``label`` stands on the axis, ``full_label`` in words and table; ``value`` None is a gap."""

    label: str
    value: Decimal | None
    shown_text: str = ""
    full_label: str = ""
    href: str | None = None
    of_text: str = ""
    is_provisional: bool = False
    is_below_floor: bool = False


@dataclass(frozen=True)
class Trend:
    """``unit`` is written behind the axis' values; ``from_zero`` draws the axis from zero."""

    chart_id: str
    title: str
    points: tuple[Point, ...]
    unit: str = "%"
    target: Decimal | None = None
    target_text: str = ""
    from_zero: bool = False
    width: int = 512
    height: int = 210


def draw_trend(chart: Trend, *, language: str = "zh", standalone: bool = False) -> Markup:
    """The line. A month below the floor has no point and breaks the line, like one without a value."""
    pen = Pen(standalone)
    axis = ticks([*map(_value, chart.points), chart.target], chart.unit, from_zero=chart.from_zero)
    plan = _plan(chart, axis)
    marks = [
        pen.hatch(f"{chart.chart_id}-hatch", "c-hatch-soft"),
        *_bands(chart, pen, plan, language),
        *_axis(chart, pen, plan, axis),
        *_target(chart, pen, plan, language),
        *_line(chart, pen, plan),
        *(_point(chart, pen, plan, (index, language)) for index in range(len(chart.points))),
    ]
    sheet = Sheet(
        chart.chart_id, chart.title, _description(chart, language), chart.width, chart.height,
        has_links=any(point.href for point in chart.points), classes="chart-latest",
    )  # fmt: skip
    return svg(pen, sheet, marks)


def trend_table(chart: Trend, *, language: str = "zh") -> ChartTable:
    """Month, value, numerator / denominator, remark."""
    t = texts(language)
    columns = (
        Column(t("月份", "Month")), Column(t("数值", "Value"), is_number=True),
        Column(t("分子 / 分母", "Of"), is_number=True), Column(t("说明", "Remark")),
    )  # fmt: skip
    rows = tuple(
        (_name(point), _shown(point, language), point.of_text or "—", _remark(point, language) or "—")
        for point in chart.points
    )
    return ChartTable(chart.title, columns, rows)


@dataclass(frozen=True)
class _Plan:
    """Where values lie, and the px from month to month, the first one in the middle of its own."""

    scale: Scale
    left: float
    right: float
    step: float

    def x(self, index: int) -> float:
        return self.left + (index + 0.5) * self.step


def _plan(chart: Trend, axis: tuple[Tick, ...]) -> _Plan:
    left = 8 + max(text_width(tick.text, 11) for tick in axis)
    right = chart.width - 4
    scale = Scale(axis[0].value, axis[-1].value, chart.height - _BOTTOM, _TOP)
    return _Plan(scale, left, right, (right - left) / max(len(chart.points), 1))


def _bands(chart: Trend, pen: Pen, plan: _Plan, language: str) -> list[Markup]:
    """Hatching behind the provisional months, named once."""
    found = [index for index, point in enumerate(chart.points) if point.is_provisional]
    fill = f"url(#{chart.chart_id}-hatch)"
    height = chart.height - _BOTTOM - _TOP
    marks = [
        pen.shape("rect", x=plan.left + index * plan.step, y=_TOP, width=plan.step, height=height, fill=fill)
        for index in found
    ]
    words = texts(language)("暂定", "provisional")
    middle = plan.x(found[0]) / 2 + plan.x(found[-1]) / 2 if found else 0
    middle = min(middle, chart.width - text_width(words, 11) / 2 - 2)
    named = [pen.text(words, "c-muted c-small", x=middle, y=11, text_anchor="middle")]
    return marks + (named if found else [])


def _axis(chart: Trend, pen: Pen, plan: _Plan, axis: tuple[Tick, ...]) -> list[Markup]:
    marks = []
    for tick in axis:
        y = plan.scale.place(tick.value)
        marks.append(pen.shape("path", "c-grid", d=f"M{plan.left:.1f} {y:.1f}H{plan.right:.1f}"))
        marks.append(pen.text(tick.text, "c-muted c-small", x=plan.left - 6, y=y + 4, text_anchor="end"))
    months = enumerate(chart.points)
    base = chart.height - 9
    marks += [pen.text(p.label, "c-muted c-small", x=plan.x(i), y=base, text_anchor="middle") for i, p in months]
    return marks


def _target(chart: Trend, pen: Pen, plan: _Plan, language: str) -> list[Markup]:
    if chart.target is None:
        return []
    y = plan.scale.place(chart.target)
    words = f"{texts(language)('目标', 'Target')} {chart.target_text}"
    line = pen.shape("path", "c-target", d=f"M{plan.left:.1f} {y:.1f}H{plan.right:.1f}")
    return [line, pen.text(words, "c-muted c-small", x=plan.left + 4, y=y - 5)]


def _line(chart: Trend, pen: Pen, plan: _Plan) -> list[Markup]:
    """Segment by segment: one that ends in a provisional month is dashed."""
    values = [_value(point) for point in chart.points]
    places = [(plan.x(i), plan.scale.place(v)) if v is not None else (0.0, 0.0) for i, v in enumerate(values)]
    marks = []
    for run in runs(values):
        firm = [i for i in run if not chart.points[i].is_provisional]
        loose = [i for i in run if chart.points[i].is_provisional or i == max(firm, default=-1)]
        marks += [pen.shape("path", "c-line", d=path(places[i] for i in firm))] if len(firm) > 1 else []
        marks += (
            [pen.shape("path", "c-line c-line-provisional", d=path(places[i] for i in loose))] if len(loose) > 1 else []
        )
    return marks


def _point(chart: Trend, pen: Pen, plan: _Plan, place: tuple[int, str]) -> Markup:
    index, language = place
    point = chart.points[index]
    value, x = _value(point), plan.x(index)
    said = " ".join(filter(None, (_name(point), _shown(point, language), point.of_text, _remark(point, language))))
    hit = pen.shape(
        "rect", "c-hit", x=x - plan.step / 2 + 1, y=_TOP, width=plan.step - 2, height=chart.height - _TOP - 2, rx=3
    )
    if value is None:
        floor = chart.height - _BOTTOM - 7
        return pen.link(point.href, said, hit, pen.shape("circle", "c-none", cx=x, cy=floor, r=4))
    y = plan.scale.place(value)
    kind = "c-mark c-point c-point-provisional" if point.is_provisional else "c-mark c-point"
    marks = [hit, pen.shape("circle", kind, cx=x, cy=y, r=3.5)]
    if index == _last(chart):
        marks.append(pen.text(point.shown_text, "c-strong", x=min(x, chart.width - 22), y=y - 10, text_anchor="middle"))
    return pen.link(point.href, said, *marks)


def _last(chart: Trend) -> int:
    return max((i for i, point in enumerate(chart.points) if _value(point) is not None), default=-1)


def _description(chart: Trend, language: str) -> str:
    t = texts(language)
    target = t(f"目标 {chart.target_text}。", f"Target {chart.target_text}. ") if chart.target is not None else ""
    return target + t("；", "; ").join(f"{_name(point)} {_shown(point, language)}" for point in chart.points)


def _remark(point: Point, language: str) -> str:
    return remark(
        language, is_below_floor=point.is_below_floor, is_provisional=point.is_provisional,
        is_missing=point.value is None,
    )  # fmt: skip


def _name(point: Point) -> str:
    return point.full_label or point.label


def _shown(point: Point, language: str) -> str:
    if point.is_below_floor:
        return texts(language)("样本不足", "too few")
    return point.shown_text if point.value is not None else texts(language)("暂无数据", "no data")


def _value(point: Point) -> Decimal | None:
    return None if point.is_below_floor else point.value
