"""From published figures to what the look draws: cards, tiles, bars, trends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal

from markupsafe import Markup

from portal.console.figures import Definition, Figure, MonthFigure
from portal.console.overview import Headline
from portal.console.targets import Target
from portal.console.words import Texts, bounds_text, change_text, of_text, percentage, share, value_and_unit
from portal.look import frame
from portal.look.charts.bars import Bar, RankedBars, bars_table, draw_bars
from portal.look.charts.places import tile_places
from portal.look.charts.scale import ticks
from portal.look.charts.sparkline import Sparkline, draw_sparkline
from portal.look.charts.tabular import ChartTable
from portal.look.charts.tiles import TileGrid, draw_tiles, tiles_table
from portal.look.charts.trend import Point, Trend, draw_trend, trend_table

Drawn = tuple[Markup, ChartTable]
Link = Callable[[Figure], str | None]
SHADES = 4


def card(head: Headline, target: Target | None, links: tuple[str, str, str | None], t: Texts) -> frame.Figure:
    """A main indicator as a card; ``links``: to its page, to its records, to why it moved."""
    definition, figure = head.definition, head.figure
    named = t(definition.name_zh, definition.name_en)
    if figure is None:
        return frame.Figure(named, None, "", definition.direction)
    value, unit = value_and_unit(figure.shown_text)
    page, records, why = links
    return frame.Figure(
        named, value if figure.value is not None else None, unit, definition.direction, figure.numerator_text or "",
        figure.denominator_text or "", target.text if target else None, meets(figure.value, target),
        share(figure.completeness), change_text(head.change, definition.unit, t), head.is_better,
        is_below_floor=figure.is_small_sample, is_provisional=bool(figure.is_provisional), href=page, why_href=why,
        bounds=bounds_text(figure, definition.unit),
        records_href=records,
    )  # fmt: skip


def meets(value: Decimal | None, target: Target | None) -> bool | None:
    """Whether a value reaches its target; None where one of both is missing."""
    return None if target is None or value is None else value >= target.value


def spark(code: str, name: str, series: Sequence[MonthFigure], t: Texts) -> Markup | None:
    """The months as a line no larger than a word; None where there is nothing to draw."""
    shown = [month for month in series if month.value is not None]
    if len(shown) < 2:
        return None
    words = t("从 {} 到 {}", "from {} to {}").format(shown[0].shown_text, shown[-1].shown_text)
    return draw_sparkline(Sparkline(f"spark-{code}", name, words, tuple(month.value for month in series)))


def tiles(definition: Definition, parts: Sequence[Figure], target: Target | None, link: Link, language: str) -> Drawn:
    """Areas as tiles where the province says where they lie, else as ranked bars."""
    cells = {part.region_code: bar(part, part.region_name, target, link) for part in parts}
    bounds = ticks(
        [b.value for b in cells.values() if not b.is_below_floor], "%" if definition.unit == "percent" else ""
    )
    chart = TileGrid(
        f"tiles-{definition.code}", _title(definition, language), cells, tile_places(), definition.direction,
        bounds[1:-1][-SHADES:] or bounds[-1:], percentage(target.value, definition.unit) if target else None,
        target.text if target else "",
    )  # fmt: skip
    return draw_tiles(chart, language=language), tiles_table(chart, language=language)


def ranked(definition: Definition, parts: Sequence[Figure], target: Target | None, link: Link, language: str) -> Drawn:
    """Areas as bars, in the indicator's own direction."""
    lines = tuple(bar(part, part.region_name, target, link) for part in parts)
    return _bars(definition, ("areas", lines), definition.direction, target, language)


def side_by_side(definition: Definition, parts: Sequence[Figure], named: str, link: Link, language: str) -> Drawn:
    """Insurers or sectors as bars in the order given: beside each other, none before another (rule R33)."""
    lines = tuple(bar(part, getattr(part, f"{named}_name"), None, link) for part in parts)
    return _bars(definition, (named, lines), "neutral", None, language)


def _bars(definition: Definition, named: tuple[str, tuple[Bar, ...]], direction: str, target: Target | None, language: str) -> Drawn:  # fmt: skip
    goal = percentage(target.value, definition.unit) if target else None
    chart = RankedBars(
        f"{named[0]}-{definition.code}", _title(definition, language), named[1], direction, goal, target.text if target else "",
        Decimal(100) if definition.unit == "percent" and _within(named[1]) else None,
    )  # fmt: skip
    return draw_bars(chart, language=language), bars_table(chart, language=language)


def _within(lines: Sequence[Bar]) -> bool:
    return all(line.value is None or line.value <= 100 for line in lines)


def bar(part: Figure, label: str, target: Target | None, link: Link) -> Bar:
    """One area, insurer or sector; charts draw percentages, so a value is times 100."""
    value = part.value * 100 if part.value is not None and part.shown_text.endswith("%") else part.value
    return Bar(
        label, value, part.shown_text, link(part) if part.value is not None else None, of_text(part),
        meets(part.value, target), part.is_small_sample, bool(part.is_provisional),
    )  # fmt: skip


def trend_of(
    definition: Definition, series: Sequence[MonthFigure], target: Target | None, link: Callable[[MonthFigure], str | None],
    language: str,
) -> Drawn:  # fmt: skip
    """Twelve months; a month with a publication of its own leads to it."""
    unit = "%" if definition.unit == "percent" else ""
    points = tuple(_point(definition, each, link, language) for each in series)
    goal = percentage(target.value, definition.unit) if target else None
    chart = Trend(
        f"trend-{definition.code}",
        _title(definition, language),
        points,
        unit,
        goal,
        target.text if target else "",
        width=620,
    )
    return draw_trend(chart, language=language), trend_table(chart, language=language)


def _point(
    definition: Definition, each: MonthFigure, link: Callable[[MonthFigure], str | None], language: str
) -> Point:
    return Point(
        month_label(each.month, language), percentage(each.value, definition.unit), each.shown_text,
        f"{each.month:%Y-%m}", link(each), _of(each), is_provisional=bool(each.is_provisional) or not each.is_complete,
    )  # fmt: skip


def month_label(month: dt.date, language: str) -> str:
    """A month on an axis; January says its year."""
    if month.month == 1:
        return f"{month:%Y}"
    return f"{month:%b}" if language == "en" else f"{month.month}月"


def _of(each: MonthFigure) -> str:
    if each.denominator is None:
        return f"{each.numerator.normalize():,f}"
    return f"{each.numerator.normalize():,f} / {each.denominator.normalize():,f}"


def _title(definition: Definition, language: str) -> str:
    return definition.name_en if language == "en" else definition.name_zh
