"""Small multiples: the same trend for many cities or insurers, on one scale, each a link."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from portal.look.charts.drawing import Pen, Sheet, svg
from portal.look.charts.sparkline import spark_marks
from portal.look.charts.tabular import ChartTable, remark
from portal.look.charts.trend import Point
from portal.look.frame import Column
from portal.look.texts import texts

_HEIGHT = 74


@dataclass(frozen=True)
class Small:
    """One of the trends; all have the same months."""

    label: str
    points: tuple[Point, ...]
    href: str | None = None


@dataclass(frozen=True)
class Multiples:
    """In the order given; ``columns`` beside each other."""

    chart_id: str
    title: str
    smalls: tuple[Small, ...]
    columns: int = 4
    width: int = 512


def draw_multiples(chart: Multiples, *, language: str = "zh", standalone: bool = False) -> Markup:
    """Name, last month's value and line of each; the scale of all is the same, so that they can be compared."""
    pen = Pen(standalone)
    marks = [_small(chart, pen, place, language) for place in enumerate(chart.smalls)]
    rows = -(-len(chart.smalls) // chart.columns)
    sheet = Sheet(
        chart.chart_id, chart.title, _description(chart, language), chart.width, rows * _HEIGHT,
        has_links=any(small.href for small in chart.smalls), classes="chart-wide",
    )  # fmt: skip
    return svg(pen, sheet, marks)


def multiples_table(chart: Multiples, *, language: str = "zh") -> ChartTable:
    """One row each, one column a month."""
    t = texts(language)
    months = chart.smalls[0].points if chart.smalls else ()
    columns = (Column(t("名称", "Name")), *(Column(p.full_label or p.label, is_number=True) for p in months))
    rows = tuple((small.label, *(_in_full(p, language) for p in small.points)) for small in chart.smalls)
    return ChartTable(chart.title, columns, rows)


def _small(chart: Multiples, pen: Pen, place: tuple[int, Small], language: str) -> Markup:
    index, small = place
    width = chart.width / chart.columns
    x, y = index % chart.columns * width, index // chart.columns * _HEIGHT
    last = _last(small, language)
    values = tuple(map(_value, small.points))
    box = (x + 2, y + 24, width - 12, _HEIGHT - 32)
    return pen.link(
        small.href, f"{small.label} {last} {_remark(small, language)}".strip(),
        pen.shape("rect", "c-lane", x=x + 2, y=y + 24, width=width - 12, height=_HEIGHT - 32, rx=3),
        pen.text(small.label, "c-label", x=x + 3, y=y + 17),
        pen.text(last, "c-strong", x=x + width - 11, y=y + 17, text_anchor="end"),
        *spark_marks(pen, values, box, _reach(chart)),
        pen.shape("rect", "c-hit", x=x + 1, y=y + 2, width=width - 9, height=_HEIGHT - 8, rx=3),
    )  # fmt: skip


def _reach(chart: Multiples) -> tuple[Decimal, Decimal] | None:
    known = [value for small in chart.smalls for point in small.points if (value := _value(point)) is not None]
    return (min(known), max(known)) if known else None


def _last(small: Small, language: str) -> str:
    return _shown(small.points[-1], language) if small.points else "—"


def _shown(point: Point, language: str) -> str:
    if point.is_below_floor:
        return texts(language)("样本不足", "too few")
    if point.value is None:
        return "—"
    return point.shown_text


def _in_full(point: Point, language: str) -> str:
    note = remark(language, is_provisional=point.is_provisional and _value(point) is not None)
    shown = _shown(point, language)
    return texts(language)(f"{shown}（{note}）", f"{shown} ({note})") if note else shown


def _remark(small: Small, language: str) -> str:
    return remark(language, is_provisional=bool(small.points) and small.points[-1].is_provisional)


def _value(point: Point) -> Decimal | None:
    return None if point.is_below_floor else point.value


def _description(chart: Multiples, language: str) -> str:
    return texts(language)("；", "; ").join(f"{small.label} {_last(small, language)}" for small in chart.smalls)
