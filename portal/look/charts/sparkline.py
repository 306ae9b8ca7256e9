"""A sparkline: how a figure went, no larger than a word."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from portal.look.charts.drawing import Pen, Sheet, path, runs, svg
from portal.look.charts.scale import Scale


@dataclass(frozen=True)
class Sparkline:
    """``values`` oldest first, None is a gap; ``description`` says in words what the line shows."""

    chart_id: str
    title: str
    description: str
    values: tuple[Decimal | None, ...]
    width: int = 96
    height: int = 28


def draw_sparkline(chart: Sparkline, *, standalone: bool = False) -> Markup:
    """Its table is that of the trend which it stands for."""
    pen = Pen(standalone)
    sheet = Sheet(chart.chart_id, chart.title, chart.description, chart.width, chart.height, classes="chart-spark")
    return svg(pen, sheet, spark_marks(pen, chart.values, (0, 0, chart.width, chart.height)))


def spark_marks(
    pen: Pen, values: tuple[Decimal | None, ...], box: tuple[float, float, float, float],
    reach: tuple[Decimal, Decimal] | None = None,
) -> list[Markup]:  # fmt: skip
    """The line within a box (x, y, width, height) and its last point; ``reach`` is a scale that several share."""
    x, y, width, height = box
    known = [value for value in values if value is not None]
    if not known:
        return []
    low, high = reach or (min(known), max(known))
    scale = Scale(low, high if high > low else low + 1, y + height - 4, y + 4)
    step = (width - 8) / max(len(values) - 1, 1)
    places = {i: (x + 4 + i * step, scale.place(v)) for i, v in enumerate(values) if v is not None}
    marks = [pen.shape("path", "c-line", d=path(places[i] for i in run)) for run in runs(values) if len(run) > 1]
    alone = [run[0] for run in runs(values) if len(run) == 1]
    dots = sorted({*alone, max(places)})
    return marks + [pen.shape("circle", "c-point", cx=places[i][0], cy=places[i][1], r=2.6) for i in dots]
