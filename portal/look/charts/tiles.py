"""A tile grid: one square a city, about where it lies. No boundary is drawn, so no approved map is needed.

Where the tiles lie is the deployer's, in ``tiles.yml`` of the province's folder; without it the cities are ranked bars.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from portal.look.charts.bars import Bar, RankedBars, bars_table, draw_bars
from portal.look.charts.drawing import Pen, Sheet, svg, text_width
from portal.look.charts.scale import Tick
from portal.look.charts.tabular import ChartTable
from portal.look.texts import texts

_WIDTH, _HEIGHT, _LEGEND = 70, 54, 30
Place = tuple[int, int]


@dataclass(frozen=True)
class TileGrid:
    """``cells`` by region code; ``bounds`` are at most four, rising: below the first is the palest shade."""

    chart_id: str
    title: str
    cells: Mapping[str, Bar]
    places: Mapping[str, Place]
    direction: str = "higher_is_better"
    bounds: tuple[Tick, ...] = ()
    target: Decimal | None = None
    target_text: str = ""


def draw_tiles(chart: TileGrid, *, language: str = "zh", standalone: bool = False) -> Markup:
    """The grid; ranked bars where any of the cells has no place."""
    if not chart.cells.keys() <= chart.places.keys():
        return draw_bars(_as_bars(chart), language=language, standalone=standalone)
    pen = Pen(standalone)
    used = [chart.places[code] for code in chart.cells]
    columns, rows = (1 + max((place[side] for place in used), default=0) for side in (0, 1))
    legend = _legend(chart, pen, rows * _HEIGHT, language)
    tiles = [_tile(chart, pen, code, language) for code in sorted(chart.cells, key=lambda c: chart.places[c][::-1])]
    sheet = Sheet(
        chart.chart_id, chart.title, _description(chart, language), columns * _WIDTH, rows * _HEIGHT + _LEGEND,
        has_links=any(cell.href for cell in chart.cells.values()), classes="chart-fit",
    )  # fmt: skip
    return svg(pen, sheet, [pen.hatch(f"{chart.chart_id}-hatch", "c-hatch-soft"), *tiles, *legend])


def tiles_table(chart: TileGrid, *, language: str = "zh") -> ChartTable:
    """The same as of ranked bars: rank, name, value, numerator / denominator, remark."""
    return bars_table(_as_bars(chart), language=language)


def _as_bars(chart: TileGrid) -> RankedBars:
    bars = tuple(chart.cells.values())
    return RankedBars(chart.chart_id, chart.title, bars, chart.direction, chart.target, chart.target_text)


def _tile(chart: TileGrid, pen: Pen, code: str, language: str) -> Markup:
    cell, (column, row) = chart.cells[code], chart.places[code]
    x, y = column * _WIDTH, row * _HEIGHT
    name, shown, *_rest = _row_of(chart, cell, language)
    shade = _shade(chart, cell)
    ink = "c-on-dark-tile" if shade is not None and shade > 2 else "c-on-tile" if shade is not None else "c-muted"
    marks = [_ground(chart, pen, (x, y), shade)]
    if cell.meets_target is False and shade is not None:
        marks.append(pen.shape("path", f"c-notch {ink}", d=f"M{x + _WIDTH - 17} {y + 8}h9l-4.5 8z"))
    said = " ".join(filter(None, (name, shown, cell.of_text, *_rest)))
    return pen.link(
        cell.href, said, *marks,
        pen.text(name, f"c-label {ink}", x=x + 10, y=y + 22),
        pen.text(shown, f"c-strong {ink}" if shade is not None else "c-muted c-small", x=x + 10, y=y + 41),
        pen.shape("rect", "c-hit", x=x + 3, y=y + 3, width=_WIDTH - 6, height=_HEIGHT - 6, rx=3),
    )  # fmt: skip


def _ground(chart: TileGrid, pen: Pen, place: tuple[int, int], shade: int | None) -> Markup:
    def square(classes: str = "", **fill: str) -> Markup:
        x, y = place[0] + 1, place[1] + 1
        return pen.shape("rect", classes, x=x, y=y, width=_WIDTH - 2, height=_HEIGHT - 2, rx=4, **fill)

    if shade is not None:
        return square(f"c-mark c-tile c-tile-{shade}")
    return square(fill=f"url(#{chart.chart_id}-hatch)") + square("c-none")


def _row_of(chart: TileGrid, cell: Bar, language: str) -> tuple[str, str, str]:
    """Name, shown value and remark, in the words of the table."""
    one = bars_table(RankedBars(chart.chart_id, chart.title, (cell,), "neutral"), language=language).rows[0]
    return one[0], one[2], "" if one[4] == "—" else one[4]


def _shade(chart: TileGrid, cell: Bar) -> int | None:
    if cell.value is None or cell.is_below_floor:
        return None
    return sum(cell.value >= bound.value for bound in chart.bounds) if chart.bounds else 1


def _legend(chart: TileGrid, pen: Pen, top: int, language: str) -> list[Markup]:
    marks, x, t = [], 2.0, texts(language)
    names = [b.text for b in chart.bounds]
    words = [f"< {names[0]}", *(f"≥ {name}" for name in names)] if names else []
    for shade, word in enumerate(words):
        marks.append(pen.shape("rect", f"c-tile-{shade}", x=x, y=top + 11, width=13, height=13, rx=2))
        marks.append(pen.text(word, "c-muted c-small", x=x + 17, y=top + 22))
        x += 27 + text_width(word, 11)
    if any(cell.meets_target is False for cell in chart.cells.values()):
        marks.append(pen.shape("path", "c-notch c-muted", d=f"M{x:.1f} {top + 14}h9l-4.5 8z"))
        marks.append(pen.text(t("未达标", "target not met"), "c-muted c-small", x=x + 13, y=top + 22))
    return marks


def _description(chart: TileGrid, language: str) -> str:
    t = texts(language)
    target = t(f"目标 {chart.target_text}。", f"Target {chart.target_text}. ") if chart.target is not None else ""
    rows = (_row_of(chart, cell, language) for cell in chart.cells.values())
    return target + t("；", "; ").join(f"{name} {shown}" for name, shown, _ in rows)
