"""What stands behind a bulletin's figures: numerators and denominators of areas, what indicators mean, where they come from."""

from __future__ import annotations

from portal.bulletin import words
from portal.bulletin.blocks import Block, Column, Heading, Paragraph, Table
from portal.bulletin.facts import CODES, Bulletin, Figure
from portal.look.formats import moment
from portal.look.texts import texts


def told_codes(bulletin: Bulletin) -> tuple[str, ...]:
    """Indicators that any area below the place has a figure of."""
    return tuple(code for code in CODES if any(part.figure(code) for part in bulletin.parts))


def annexes(bulletin: Bulletin, language: str) -> list[Block]:
    """Numerators and denominators, definitions, sources: the first begins a page."""
    t = texts(language)
    tables = [table for table in (_of_areas(bulletin, language), _definitions(bulletin, language)) if table]
    return [
        Heading(t("附表", "Annex"), is_annex=True),
        *tables,
        Heading(t("数据说明", "Sources")),
        *_sources(bulletin, language),
    ]


def _of_areas(bulletin: Bulletin, language: str) -> Table | None:
    told = told_codes(bulletin)
    if not told:
        return None
    t = texts(language)
    columns = [Column(t("地区", "Area"), 0.8)]
    columns += [Column(words.short_name(code, language), 1.25 if code in ("I2", "I5") else 0.8, True) for code in told]
    rows = [(part.region_name, *(_of(part.figure(code), language) for code in told)) for part in bulletin.parts]
    title = t("各地分子与分母（上为分子，下为分母）", "Numerators, and denominators below them")
    return Table(title, tuple(columns), tuple(rows))


def _of(figure: Figure | None, language: str) -> str:
    if figure is None:
        return "—"
    return f"{words.counted(figure.numerator_text, language)}\n{words.counted(figure.denominator_text, language)}"


def _definitions(bulletin: Bulletin, language: str) -> Table:
    t, shown = texts(language), {figure.code for figure in bulletin.figures}
    columns = (
        Column(t("指标", "Indicator"), 1.2), Column(t("分子", "Numerator"), 2), Column(t("分母", "Denominator"), 2),
        Column(t("统计范围", "Scope"), 2.2), Column(t("口径", "Version"), 0.6),
    )  # fmt: skip
    rows = tuple(
        (
            t(d.name_zh, d.name_en), _wide(d.numerator_zh), _wide(d.denominator_zh), _wide(d.population_zh),
            f"v{d.definition_version}",
        )
        for d in bulletin.definitions
        if d.code in shown
    )  # fmt: skip
    return Table(t("指标口径", "What the indicators mean"), columns, rows)


def _sources(bulletin: Bulletin, language: str) -> list[Block]:
    t, edition = texts(language), bulletin.edition
    targets = [d.target_source for d in bulletin.definitions if d.target_source]
    told = [
        t(f"发布编号 {edition.publication_id}，固定于 {moment(edition.frozen_at)}；规则集 {edition.ruleset_version or '—'}，"
          f"工作日历 {edition.calendar_version or '—'}。",
          f"Publication {edition.publication_id}, frozen at {moment(edition.frozen_at)}; rules {edition.ruleset_version or '—'}, "
          f"calendar {edition.calendar_version or '—'}."),
        t(f"数据摘要（SHA-256）{bulletin.digest}", f"Digest of the figures (SHA-256) {bulletin.digest}"),
        t(f"在平台上查看同一份数据：{bulletin.address}", f"The same figures in the portal: {bulletin.address}"),
        *(t(f"目标依据：{source}", f"Target: {source}") for source in targets),
        t("各项指标的变动用显示值相减得到。", "Changes are differences of the values as shown."),
    ]  # fmt: skip
    return [Paragraph(text, is_item=True) for text in told]


def _wide(text: str) -> str:
    """Chinese punctuation of a register, as Chinese print has it."""
    return text.translate(str.maketrans(",;():", "，；（）："))
