"""What stands behind a bulletin's figures: numerators and denominators of areas, what indicators mean, where they come from."""

from __future__ import annotations

from portal.bulletin import words
from portal.bulletin.blocks import Block, Column, Heading, Table
from portal.bulletin.facts import CODES, Bulletin, Figure
from portal.look.formats import moment
from portal.look.texts import texts


def told_codes(bulletin: Bulletin) -> tuple[str, ...]:
    """Indicators that any area below the place has a figure of."""
    return tuple(code for code in CODES if any(part.figure(code) for part in bulletin.parts))


def annexes(bulletin: Bulletin, language: str) -> list[Block]:
    """Numerators and denominators, definitions, sources: the first begins a page."""
    t = texts(language)
    tables = (_of_areas(bulletin, language), _definitions(bulletin, language), _sources(bulletin, language))
    return [Heading(t("附表", "Annex"), is_annex=True), *(table for table in tables if table)]


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
            t(d.name_zh, d.name_en), words.wide(d.numerator_zh), words.wide(d.denominator_zh), words.wide(d.population_zh),
            f"v{d.definition_version}",
        )
        for d in bulletin.definitions
        if d.code in shown
    )  # fmt: skip
    return Table(t("指标口径", "What the indicators mean"), columns, rows)


def _sources(bulletin: Bulletin, language: str) -> Table:
    t, edition = texts(language), bulletin.edition
    targets = [d.target_source for d in bulletin.definitions if d.target_source]
    rows = [
        (t("发布编号", "Publication"), str(edition.publication_id)),
        (t("统计截止", "As of"), edition.as_of.isoformat()),
        (t("数据截止", "Known at"), moment(edition.known_at)),
        (t("固定时间", "Frozen at"), moment(edition.frozen_at)),
        (
            t("规则集、工作日历", "Rules, calendar"),
            f"{edition.ruleset_version or '—'}, {edition.calendar_version or '—'}",
        ),
        *((t("目标依据", "Target"), source) for source in targets),
        (
            t("变动", "Change"),
            t("两个显示值相减，单位为百分点", "difference of the values as shown, in percentage points"),
        ),
        (t("数据摘要（SHA-256）", "Digest (SHA-256)"), bulletin.digest),
        (t("平台地址", "In the portal"), bulletin.address),
    ]
    columns = (Column(t("项目", "Fact")), Column(t("内容", "Content"), 4))
    return Table(t("数据来源", "Sources"), columns, tuple(rows))
