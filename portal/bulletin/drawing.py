"""The charts of a bulletin, standing alone: trends of twelve months, and the areas by coverage."""

from __future__ import annotations

import datetime as dt

from portal.bulletin import words
from portal.bulletin.blocks import Chart, Charts
from portal.bulletin.facts import CODES, Bulletin, Figure, MonthFigure, Part
from portal.look.charts.bars import Bar, RankedBars, bars_table, draw_bars
from portal.look.charts.trend import Point, Trend, draw_trend, trend_table
from portal.look.texts import texts

#: Of which kind of period twelve months are drawn: one that does not begin anew each January.
_TREND_PERIODS = ("as_of", "rolling12")


def trend_figures(bulletin: Bulletin) -> tuple[Figure, ...]:
    """The month's figure of each indicator that trends end with."""
    found = [f for code in CODES for f in bulletin.figures if f.code == code and f.period_kind in _TREND_PERIODS]
    return tuple(found)


def trends(bulletin: Bulletin, language: str) -> Charts:
    """A line for each indicator, two beside each other."""
    return Charts(tuple(_trend(bulletin, figure, language) for figure in trend_figures(bulletin)), across=2)


def coverage_bars(bulletin: Bulletin, language: str) -> Charts | None:
    """The areas below by coverage; those below the least denominator without a rank. None where there is no such figure."""
    cells = [_bar(bulletin, part, figure) for part in bulletin.parts if (figure := part.figure("I1"))]
    if not cells:
        return None
    target = bulletin.definition("I1").target
    chart = RankedBars(
        "coverage", words.short_name("I1", language), tuple(cells), bulletin.definition("I1").direction,
        target=None if target is None else target * 100, target_text="" if target is None else f"{target * 100:f}%",
        width=700,
    )  # fmt: skip
    table = bars_table(chart, language=language)
    title = texts(language)(f"各地{chart.title}", f"{chart.title} by area")
    return Charts((Chart(title, draw_bars(chart, language=language, standalone=True), _told(table.rows)),))


def _bar(bulletin: Bulletin, part: Part, figure: Figure) -> Bar:
    target = bulletin.definition("I1").target
    return Bar(
        label=part.region_name, value=figure.shown_pct, shown_text=figure.shown_text,
        of_text=f"{figure.numerator_text} / {figure.denominator_text}",
        meets_target=None if target is None or figure.value is None else figure.value >= target,
        is_below_floor=figure.is_small_sample,
    )  # fmt: skip


def _trend(bulletin: Bulletin, figure: Figure, language: str) -> Chart:
    points = [_point(month, known) for month, known in bulletin.series(figure)] + [_last(bulletin, figure)]
    period = words.period_name(figure.period_kind, language)
    name = words.short_name(figure.code, language) + texts(language)(f"（{period}）", f" ({period})")
    chart = Trend(f"trend-{figure.code}", name, tuple(points), width=340, height=156)
    table = trend_table(chart, language=language)
    return Chart(name, draw_trend(chart, language=language, standalone=True), _told(table.rows))


def _point(month: dt.date, known: MonthFigure | None) -> Point:
    if known is None or known.value is None:
        return Point(str(month.month), None, full_label=f"{month:%Y-%m}")
    return Point(
        str(month.month), known.value * 100, known.shown_text, f"{month:%Y-%m}", is_provisional=known.is_provisional
    )


def _last(bulletin: Bulletin, figure: Figure) -> Point:
    month = bulletin.edition.month
    return Point(
        str(month.month), figure.shown_pct, figure.shown_text, f"{month:%Y-%m}",
        is_provisional=figure.is_provisional, is_below_floor=figure.is_small_sample,
    )  # fmt: skip


def _told(rows: tuple[tuple[str, ...], ...]) -> str:
    """What a chart shows, for those who cannot see it: the first columns of its table."""
    return "；".join(" ".join(row[:3]) for row in rows)
