"""Ranked bars: one line a city or an insurer, with the target as a dashed line; each line is a link."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from portal.look.charts.drawing import Pen, Sheet, svg, text_width
from portal.look.charts.scale import Scale
from portal.look.charts.tabular import ChartTable, remark
from portal.look.frame import Column
from portal.look.texts import texts

_ROW, _TOP, _GAP = 24, 22, 14


@dataclass(frozen=True)
class Bar:
    """One line. ``value`` only sets the length, ``shown_text`` is what is read; ``of_text`` is numerator / denominator."""

    label: str
    value: Decimal | None
    shown_text: str
    href: str | None = None
    of_text: str = ""
    meets_target: bool | None = None
    is_below_floor: bool = False
    is_provisional: bool = False


@dataclass(frozen=True)
class RankedBars:
    """``direction`` orders the lines: higher_is_better, lower_is_better, or neutral (as given, without ranks)."""

    chart_id: str
    title: str
    bars: tuple[Bar, ...]
    direction: str = "higher_is_better"
    target: Decimal | None = None
    target_text: str = ""
    longest: Decimal | None = None
    width: int = 512


def ranked(chart: RankedBars) -> tuple[tuple[int | None, Bar], ...]:
    """The lines in order with their ranks; equal values share one. Below the floor, or without a value, there is none."""
    real = [bar for bar in chart.bars if _is_real(bar)]
    rest = [bar for bar in chart.bars if not _is_real(bar)]
    if chart.direction == "neutral":
        return tuple((None, bar) for bar in chart.bars)
    sign = -1 if chart.direction == "higher_is_better" else 1
    real.sort(key=lambda bar: sign * (bar.value or Decimal(0)))
    values = [bar.value for bar in real]
    return (*((values.index(bar.value) + 1, bar) for bar in real), *((None, bar) for bar in rest))


def draw_bars(chart: RankedBars, *, language: str = "zh", standalone: bool = False) -> Markup:
    """Rank, label, value, bar, numerator and denominator; hatched bars are provisional, red and notched ones miss the target."""
    pen, lines = Pen(standalone), ranked(chart)
    plan = _plan(chart, language)
    marks = [pen.hatch(f"{chart.chart_id}-hatch", "c-hatch"), _target(chart, pen, plan, len(lines))]
    marks += [_line(chart, pen, plan, (row, *line)) for row, line in enumerate(lines)]
    height = _TOP + _ROW * len(lines) + 4
    sheet = Sheet(
        chart.chart_id, chart.title, _description(chart, language), chart.width, height,
        has_links=any(bar.href for bar in chart.bars),
    )  # fmt: skip
    return svg(pen, sheet, marks)


def bars_table(chart: RankedBars, *, language: str = "zh") -> ChartTable:
    """Rank, name, value, numerator / denominator, remark: in the order of the chart."""
    t = texts(language)
    columns = (
        Column(t("名称", "Name")), Column(t("排名", "Rank"), is_number=True), Column(t("数值", "Value"), is_number=True),
        Column(t("分子 / 分母", "Of"), is_number=True), Column(t("说明", "Remark")),
    )  # fmt: skip
    rows = tuple(
        (bar.label, str(rank or "—"), _shown(bar, language), bar.of_text or "—", _remark(bar, language) or "—")
        for rank, bar in ranked(chart)
    )
    return ChartTable(chart.title, columns, rows)


@dataclass(frozen=True)
class _Plan:
    """Where the columns end, px, and the language of the words."""

    label: float
    value: float
    scale: Scale
    language: str


def _plan(chart: RankedBars, language: str) -> _Plan:
    label = 26 + max((text_width(bar.label) for bar in chart.bars), default=0)
    value = label + _GAP + max((text_width(_shown(bar, language)) for bar in chart.bars), default=0)
    right = max((text_width(bar.of_text, 11) for bar in chart.bars), default=0)
    known = [bar.value for bar in chart.bars if bar.value is not None and _is_real(bar)]
    high = max([*known, chart.target or Decimal(0), chart.longest or Decimal(0)], default=Decimal(0))
    end = max(chart.width - right - (_GAP if right else 2), value + _GAP + 60)
    return _Plan(label, value, Scale(Decimal(0), high or Decimal(1), value + _GAP, end), language)


def _line(chart: RankedBars, pen: Pen, plan: _Plan, place: tuple[int, int | None, Bar]) -> Markup:
    row, rank, bar = place
    y = _TOP + row * _ROW
    base = y + 16
    said = " ".join(filter(None, (bar.label, _shown(bar, plan.language), bar.of_text, _remark(bar, plan.language))))
    tone = "c-strong" if _is_real(bar) else "c-muted"
    return pen.link(
        bar.href, said,
        pen.shape("rect", "c-hit", x=1, y=y + 1, width=chart.width - 2, height=_ROW - 2, rx=3),
        pen.text(str(rank) if rank else "–", "c-muted", x=18, y=base, text_anchor="end"),
        pen.text(bar.label, "c-label", x=26, y=base),
        pen.text(_shown(bar, plan.language), tone, x=plan.value, y=base, text_anchor="end"),
        *_bar(chart, pen, plan, (y, bar)),
        pen.text(bar.of_text, "c-muted c-small", x=chart.width - 2, y=base, text_anchor="end"),
    )  # fmt: skip


def _bar(chart: RankedBars, pen: Pen, plan: _Plan, place: tuple[int, Bar]) -> list[Markup]:
    y, bar = place
    start, end = plan.scale.start, plan.scale.end
    if bar.value is None or not _is_real(bar):
        return [pen.shape("rect", "c-none", x=start + 0.5, y=y + 6.5, width=end - start - 1, height=11, rx=2)]
    length = max(plan.scale.place(bar.value) - start, 1)
    marks = [pen.shape("rect", "c-track", x=start, y=y + 6, width=end - start, height=12, rx=2)]
    kind = "c-mark c-bar c-bar-behind" if bar.meets_target is False else "c-mark c-bar"
    marks.append(pen.shape("rect", kind, x=start, y=y + 6, width=length, height=12, rx=2))
    if bar.is_provisional:
        fill = f"url(#{chart.chart_id}-hatch)"
        marks.append(pen.shape("rect", x=start, y=y + 6, width=length, height=12, rx=2, fill=fill))
    if bar.meets_target is False:
        marks.append(pen.shape("path", "c-behind", d=f"M{plan.scale.start - 9:.1f} {y + 8}h6l-3 7z"))
    return marks


def _target(chart: RankedBars, pen: Pen, plan: _Plan, line_count: int) -> Markup:
    if chart.target is None:
        return Markup("")
    x = plan.scale.place(chart.target)
    words = f"{texts(plan.language)('目标', 'Target')} {chart.target_text}"
    half = text_width(words, 11) / 2
    line = pen.shape("path", "c-target", d=f"M{x:.1f} 18V{_TOP + _ROW * line_count}")
    middle = min(max(x, half), chart.width - half)
    return line + pen.text(words, "c-muted c-small", x=middle, y=13, text_anchor="middle")


def _description(chart: RankedBars, language: str) -> str:
    t = texts(language)
    target = t(f"目标 {chart.target_text}。", f"Target {chart.target_text}. ") if chart.target is not None else ""
    lines = t("；", "; ").join(f"{bar.label} {_shown(bar, language)}" for _, bar in ranked(chart))
    return target + lines


def _remark(bar: Bar, language: str) -> str:
    t = texts(language)
    missed = t("未达标", "target not met") if bar.meets_target is False and _is_real(bar) else ""
    said = remark(
        language, is_below_floor=bar.is_below_floor, is_provisional=bar.is_provisional, is_missing=bar.value is None
    )
    return t("；", "; ").join(filter(None, (said, missed)))


def _shown(bar: Bar, language: str) -> str:
    t = texts(language)
    if bar.is_below_floor:
        return t("样本不足", "too few")
    return bar.shown_text if bar.value is not None else t("暂无数据", "no data")


def _is_real(bar: Bar) -> bool:
    return bar.value is not None and not bar.is_below_floor
