"""A bulletin in words, tables and charts, section by section; what it is written as does not matter here."""

from __future__ import annotations

from collections.abc import Callable

from portal.bulletin import annexes, areas, drawing, standing, words
from portal.bulletin.blocks import Block, Column, Document, Heading, Paragraph, Table
from portal.bulletin.facts import CODES, Bulletin, Figure, Moved, months_before
from portal.console.movement import CAUSES
from portal.look.formats import count, moment
from portal.look.texts import texts

Texts = Callable[[str, str], str]
_ORDINALS = "一二三四五六七八九"


def compose(bulletin: Bulletin, language: str = "zh") -> Document:
    """Tell a bulletin in one language. What it does not have figures of has no section."""
    t, month = texts(language), words.month_name(bulletin.edition.month, language)
    sections = (_overall, _trend, areas.areas, standing.deliveries, standing.provisional)
    blocks: list[Block] = [Paragraph(text) for text in standing.opening(bulletin, language)]
    for number, section in enumerate(filter(None, (make(bulletin, language) for make in sections))):
        first, *rest = section
        assert isinstance(first, Heading)
        blocks += [Heading(t(f"{_ORDINALS[number]}、", f"{number + 1}. ") + first.text), *rest]
    return Document(
        title=t("安全生产责任保险运行情况通报", "Work-safety liability insurance: monthly bulletin"),
        subtitle=t(f"（{month}）", month),
        facts=(words.subject(bulletin), revision_name(bulletin, language)),
        blocks=(*blocks, *annexes.annexes(bulletin, language)),
        footer=_footer(bulletin, language),
        author=bulletin.platform_name,
        moment=bulletin.edition.frozen_at,
        language=language,
    )


def revision_name(bulletin: Bulletin, language: str) -> str:
    """首次发布, 第2次修订."""
    number, t = bulletin.edition.revision_no, texts(language)
    return t(f"第{number}次修订", f"Revision {number}") if number else t("首次发布", "First figures")


def _footer(bulletin: Bulletin, language: str) -> tuple[str, str]:
    t, edition = texts(language), bulletin.edition
    first = (
        bulletin.platform_name, words.month_name(edition.month, language), revision_name(bulletin, language),
        t("数据截止 ", "known at ") + moment(edition.known_at), t("摘要 ", "digest ") + bulletin.digest[:16],
    )  # fmt: skip
    return " · ".join(first), bulletin.address


def _overall(bulletin: Bulletin, language: str) -> list[Block]:
    t = texts(language)
    found = [figure for code in CODES if (figure := bulletin.headline(code))]
    told: list[Block] = [Paragraph(words.sentence(bulletin, figure, language)) for figure in found]
    return [Heading(t("总体情况", "Overall")), *told, _indicators(bulletin, language), *_causes(bulletin, language)]


def _indicators(bulletin: Bulletin, language: str) -> Table:
    t = texts(language)
    columns = [
        Column(t("指标", "Indicator"), 1.6), Column(t("统计期", "Period"), 1.15), Column(t("数值", "Value"), 0.9, True),
        Column(t("上月", "Before"), 0.9, True), Column(t("变动\n百分点", "Change\npp"), 0.85, True),
        Column(t("分子", "Numerator"), 1.65, True), Column(t("分母", "Denominator"), 1.65, True),
        Column(t("说明", "Remark"), 1),
    ]  # fmt: skip
    rows = [
        _indicator(bulletin, figure, language) for code in CODES for figure in bulletin.figures if figure.code == code
    ]
    if not any(row[-1] for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return Table(t("五项指标", "The five indicators"), tuple(columns), _once(rows), _directions(bulletin, language))


def _indicator(bulletin: Bulletin, figure: Figure, language: str) -> tuple[str, ...]:
    before = bulletin.before(figure)
    return (
        words.short_name(figure.code, language), words.period_name(figure.period_kind, language), figure.shown_text,
        before.shown_text if before else "—", words.signed(words.change(figure, before)),
        words.counted(figure.numerator_text, language), words.counted(figure.denominator_text, language),
        words.marks(figure, language),
    )  # fmt: skip


def _once(rows: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Rows of one indicator name it once."""
    names = [row[0] for row in rows]
    return tuple(("" if n and names[n - 1] == row[0] else row[0], *row[1:]) for n, row in enumerate(rows))


def _directions(bulletin: Bulletin, language: str) -> str:
    t = texts(language)
    told = {f.code for f in bulletin.figures}
    by = {d: [words.short_name(x.code, language) for x in bulletin.definitions if x.direction == d and x.code in told]
          for d in ("higher_is_better", "lower_is_better", "neutral")}  # fmt: skip
    sides = {
        "higher_is_better": ("越高越好", "higher is better"), "lower_is_better": ("越低越好", "lower is better"),
        "neutral": ("不以高低论好坏", "neither high nor low is better"),
    }  # fmt: skip
    said = [t("、", ", ").join(names) + t("", ": ") + t(*sides[side]) for side, names in by.items() if names]
    year = t("“本年累计”每年1月重新起算，1月不与上年12月比较。", " Year to date begins anew in January.")
    return t("；", "; ").join(said) + t("。", ".") + year


def _causes(bulletin: Bulletin, language: str) -> list[Block]:
    """Why the first figures moved in a month, cause by cause."""
    t, before = texts(language), words.month_name(months_before(bulletin.edition.month)[-1], language)
    if bulletin.moved is None:
        none = t(
            f"{before}的数据没有固定，或已不能逐条说明，本期不列变动原因。",
            f"{before} is not frozen: no causes are told.",
        )
        return [Paragraph(none)]
    columns = (
        Column(t("指标", "Indicator"), 1.1), Column(t("变动原因", "Cause"), 3.3), Column(t("记录数", "Records"), 0.7, True),
        Column(t("分子变动", "Numerator"), 1.45, True), Column(t("分母变动", "Denominator"), 1.45, True),
    )  # fmt: skip
    rows = [_cause(bulletin, each, language) for each in bulletin.moved]
    note = t("统计期同表1各指标的第一行。各项原因相加，等于两个月分子、分母之差。",
             "Periods are those of the first rows of table 1; the parts add up to the differences.")  # fmt: skip
    title = t(f"与{before}相比的变动原因", f"Why they moved since {before}")
    return [Table(title, columns, _once(rows), note)] if rows else []


def _cause(bulletin: Bulletin, moved: Moved, language: str) -> tuple[str, ...]:
    figure, cause = bulletin.headline(moved.code), CAUSES[moved.cause]
    assert figure
    return (
        words.short_name(moved.code, language), words.wide(cause.zh) if language == "zh" else cause.en,
        count(moved.record_count), words.added(moved.numerator, figure.numerator_text, language),
        words.added(moved.denominator, figure.denominator_text, language),
    )  # fmt: skip


def _trend(bulletin: Bulletin, language: str) -> list[Block]:
    t = texts(language)
    figures = drawing.trend_figures(bulletin)
    if not figures:
        return []
    columns = [Column(t("月份", "Month"), 1.1)]
    columns += [Column(f"{words.short_name(f.code, language)}", is_number=True) for f in figures]
    lines = zip(*(bulletin.series(figure) for figure in figures), strict=True)
    rows = [(f"{line[0][0]:%Y-%m}", *(known.shown_text if known else "—" for _, known in line)) for line in lines]
    rows.append((f"{bulletin.edition.month:%Y-%m}", *(figure.shown_text for figure in figures)))
    note = t(
        "已固定的月份取最新修订，其余月份取现有数据计算的结果，可能随后续报送变化。除投保覆盖率为月末时点外，都是近12个月滚动。",
        "Frozen months show their newest revision, others what is known of them now. Coverage is at the month's end, "
        "the others are of twelve months.",
    )
    table = Table(t("近12个月各月数值", "Twelve months"), tuple(columns), tuple(rows), note)
    return [Heading(t("近12个月走势", "Twelve months")), drawing.trends(bulletin, language), table]
